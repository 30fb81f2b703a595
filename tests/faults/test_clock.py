"""A running bot whose clock is set: in its own process, under libfaketime, which leaves the monotonic clocks alone."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bot.cli.test_cli import get, running

STEPS = ("-3600", "+0", "+3600")
"""Seconds by which the clock is off: back, right again, forward."""


@pytest.fixture
def library() -> Path:
    """Return libfaketime; a test whose point it is is skipped where there is none, but never in CI."""
    folders = (Path("/usr/lib"), Path("/usr/local/lib"))
    found = next((path for each in folders for path in each.glob("**/faketime/libfaketime.so.1")), None)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("libfaketime is not installed.")
        pytest.skip("libfaketime is not installed (on Debian: faketime), so that no clock was set.")
    return found


def until(met: Callable[[], bool], seconds: float) -> float:
    """Wait until something is so; return how long that took."""
    begun = time.monotonic()
    while not met():
        assert time.monotonic() - begun < seconds, f"nothing happened within {seconds} seconds"
        time.sleep(0.2)
    return time.monotonic() - begun


@pytest.mark.long
def test_jobs_go_on_and_health_is_honest_when_the_clock_is_set(tmp_path: Path, library: Path) -> None:
    clock, log = tmp_path / "clock", tmp_path / "data" / "broadsheet.log"
    clock.write_text("+0\n")
    fake = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }
    with running(tmp_path / "data", **fake) as (_, url):

        def age(job: str) -> int:
            return int(get(f"{url}/healthz")["jobs"].get(job, 1_000))

        until(lambda: age("tick") < 1_000, 30)
        for times, step in enumerate(STEPS, 1):
            clock.write_text(f"{step}\n")
            until(lambda: log.read_text().count("The clock was set ") == times, 10)  # noqa: B023 - asked in this turn
            until(lambda: age("tick") >= 3, 10)
            until(lambda: age("tick") < 3 and age("deliver web") < 3, 20)
            report = get(f"{url}/healthz")
            assert report["ok"] is True
            assert set(report["jobs"].values()) <= set(range(600)), "ages are those that passed"
    assert "The clock was set back by 60 min" in log.read_text()
