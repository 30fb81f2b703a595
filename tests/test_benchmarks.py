"""The benchmarks run, and say what they measured."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.report import Figure, percentile

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("figure", "line"),
    [
        (Figure("a scan", 1.234, "ms"), "a scan: 1.23 ms"),
        (Figure("a scan", 1.2, "ms", 5), "a scan: 1.2 ms, goal ≤ 5 met"),
        (Figure("a scan", 5.1, "ms", 5), "a scan: 5.1 ms, goal ≤ 5 MISSED"),
        (Figure("a start", 10, "ms", None, 12_345, "jobs"), "a start: 10 ms; 1/1,230 of jobs (12,300 ms)"),
        (Figure("an import", 3, "s", None, 2, "a loop"), "an import: 3 s; 1.5 times a loop (2 s)"),
    ],
)
def test_a_figure_says_its_goal_and_its_baseline(figure: Figure, line: str) -> None:
    assert str(figure) == line


def test_percentiles() -> None:
    assert percentile(range(101), 50) == 50
    assert percentile(range(101), 99) == 99


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


def test_importing_prints_both_imports() -> None:
    done = run("importing", "--quick")
    assert done.returncode == 0, done.stderr
    assert "an insert and a commit a record" in done.stdout
    assert "nothing changed" in done.stdout


def test_an_unknown_benchmark_is_named() -> None:
    done = run("sprint")
    assert done.returncode == 2
    assert "sprint is none of due, importing" in done.stderr
