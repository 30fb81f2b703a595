"""The benchmarks run, and say what they measured."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks import cold, stage
from benchmarks.__main__ import BENCHMARKS, main
from benchmarks.report import Figure, compute_percentile
from bot.bootstrap.platforms import build_settings_class

ROOT = Path(__file__).parents[1]
Settings = build_settings_class()


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


@pytest.mark.parametrize(("ours", "code"), [(5.0, 0), (5.1, 1), (float("nan"), 1)])
def test_a_missed_goal_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ours: float, code: int
) -> None:
    monkeypatch.setattr(cold, "run", lambda _: iter([Figure("a start", 1, "s"), Figure("a scan", ours, "ms", 5)]))
    assert main(["cold"]) == code
    assert ("MISSED" in capsys.readouterr().out) is bool(code)


def test_percentiles() -> None:
    assert compute_percentile(range(101), 50) == 50
    assert compute_percentile(range(101), 99) == 99


def test_the_operators_settings_reach_no_benchmark(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(name.upper(), "8123" if name.endswith("port") else "theirs")
    given = ("SLACK_BOT_TOKEN=xoxb-1", "SLACK_SIGNING_SECRET=theirs", "PORT=8124", "VAULT_KEYS=theirs")
    (tmp_path / ".env").write_text("\n".join(given))
    monkeypatch.chdir(tmp_path)
    env = stage.build_environment(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.setenv(name.upper(), env[name.upper()])
    changed = {name for name, value in Settings() if value != Settings.model_fields[name].default}
    assert changed == {"data_dir", "hf_endpoint", "arxiv_url", "web_port"}


def test_slack_bolt_reads_nothing_of_the_operators(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-theirs")
    with stage.hide_slack_settings():
        assert "SLACK_BOT_TOKEN" not in os.environ
        assert os.environ["PATH"]
    assert os.environ["SLACK_BOT_TOKEN"] == "xoxb-theirs"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def quick() -> Iterator[Mapping[str, Future[subprocess.CompletedProcess[str]]]]:
    """Run them all, three at a time: what they measure is not looked at here, so they may be in each other's way."""
    with ThreadPoolExecutor(3) as pool:
        yield {name: pool.submit(run, name, "--quick") for name in sorted(BENCHMARKS)}


FIGURES = {
    "ack": ("200 digests", "acknowledging 10 commands a second", "acknowledging 10 commands a second"),
    "cold": ("search on the sample from cold", "the same"),
    "due": (
        "due scan, none of 10,000 due",
        "start: open",
        "memory that this",
        "planning 1,000 digests",
        "lag of",
        "lag of",
    ),
    "fanout": (
        "600 digests",
        "600 channels that are due at once",
        "answering a command meanwhile",
        "most memory meanwhile",
    ),
    "idle": ("idle memory of run", "from nothing to the first answer"),
    "importing": ("importing ", "importing them again, nothing changed"),
    "memory": ("peak memory of importing", "peak memory of rebuilding", "peaks of run"),
    "search": ("search, p50", "search, p99"),
}


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(BENCHMARKS))
def test_a_benchmark_prints_its_figures(
    name: str, quick: Mapping[str, Future[subprocess.CompletedProcess[str]]]
) -> None:
    done = quick[name].result()
    # They are in each other's way, so that a goal may be missed; the exit code says so.
    assert done.returncode == (1 if "MISSED" in done.stdout else 0), done.stderr
    figures = re.findall(r"^  (.+): [\d.,]+ (?:s|ms|MiB)\b", done.stdout, re.MULTILINE)
    assert len(figures) == len(FIGURES[name]), done.stdout
    assert all(figure.startswith(what) for figure, what in zip(figures, FIGURES[name], strict=True)), figures


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(BENCHMARKS))
def test_a_benchmark_has_a_baseline_from_the_same_run(
    name: str, quick: Mapping[str, Future[subprocess.CompletedProcess[str]]]
) -> None:
    assert re.search(r"; (?:1/[\d.,]+ of|[\d.,]+ times) .+ \([\d.,]+ ", quick[name].result().stdout)


def test_an_unknown_benchmark_is_named() -> None:
    done = run("sprint")
    assert done.returncode == 2
    assert "sprint is none of due, importing" in done.stderr


@pytest.mark.long
def test_all_digests_go_out_as_fast_as_discord_takes_them_while_commands_are_answered() -> None:
    """The goals of `fanout`, scaled down: met in one of three runs, for others may use the machine meanwhile."""
    runs: list[str] = []
    while len(runs) < 3:
        done = run("fanout", "--quick")
        runs.append(done.stdout + done.stderr)
        if done.returncode == 0:
            break
    assert "MISSED" not in runs[-1], "\n".join(runs)
    assert re.findall(r"goal ≤ ([\d.]+) met", runs[-1]) == ["13.2", "1000", "300"], runs[-1]
