"""What the tests of faults share: platforms, a DATA_DIR, and the table of what came of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.oracle import Verdict

_HEADINGS = ("fault", "runs", "duplicated", "lost", "told wrongly", "recovery (s)")

Report = Callable[..., None]
"""Puts a row into the table: the fault, the verdict, how often it was done, seconds of recovery."""


@pytest.fixture
def report(record_property: Callable[[str, Any], None]) -> Report:
    def put(fault: str, verdict: Verdict, runs: int, recovery: float) -> None:
        counts = (len(verdict.duplicated), len(verdict.lost), len(verdict.told_wrongly))
        record_property("fault", (fault, runs, *counts, round(recovery, 1)))

    return put


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    reports = [each for key in ("passed", "failed") for each in terminalreporter.stats.get(key, ())]
    rows = [tuple(value) for each in reports for name, value in each.user_properties if name == "fault"]
    if rows:
        terminalreporter.section("faults")
        for row in [_HEADINGS, *sorted(set(rows))]:
            terminalreporter.write_line(f"{row[0]:<66}" + "".join(f"{value!s:>14}" for value in row[1:]))
