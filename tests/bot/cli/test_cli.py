"""The command line as a person meets it: real processes on a temporary DATA_DIR."""

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap import web
from bot.bootstrap.context import VERSION
from bot.ports.sources import Source
from tests.servers.sources import record
from tests.stores import open_stores

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "bot" / "sources" / "sample"


def environment(data: Path, **more: str) -> dict[str, str]:
    """Nothing of the machine's own settings, and no source but a closed port."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TZ", "VIRTUAL_ENV"}}
    closed = "http://127.0.0.1:9"
    return kept | {"DATA_DIR": str(data), "HF_ENDPOINT": closed, "ARXIV_URL": closed, "PYTHONPATH": str(ROOT)} | more


def bot(data: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command in an empty folder, so that no `.env` is near."""
    data.parent.mkdir(parents=True, exist_ok=True)
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        env=environment(data, **more),
        cwd=data.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def told(result: subprocess.CompletedProcess[str]) -> str:
    """The one sentence on stderr; fails when there is a traceback."""
    assert "Traceback" not in result.stderr + result.stdout
    return result.stderr.strip()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("cli") / "data"
    result = bot(data, "import", str(SAMPLE))
    assert result.returncode == 0, result.stderr
    assert "399 papers read, 399 new." in result.stdout
    return data


def as_json(result: subprocess.CompletedProcess[str]) -> Any:
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_the_sample_needs_no_path(sample: Path) -> None:
    assert "399 papers read, 0 new." in bot(sample, "import", "--sample").stdout


def test_the_version_is_said(tmp_path: Path) -> None:
    assert bot(tmp_path / "data", "--version").stdout == f"Broadsheet {VERSION}\n"


def test_importing_again_changes_nothing(sample: Path) -> None:
    assert "399 papers read, 0 new." in bot(sample, "import", str(SAMPLE)).stdout


async def furnished(data: Path) -> None:
    """Give a data directory as a first start leaves it: with the sample, marked as one."""
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    async with open_stores(data, now) as stores:
        await web.prepare_workspace(stores, [Source("sample", "Sample", recordings=SAMPLE)], now)


async def marked(data: Path) -> bool:
    async with open_stores(data, datetime(2026, 11, 23, 13, tzinfo=UTC)) as stores:
        return bool(await stores.key_values.get("sample"))


@pytest.mark.long
@pytest.mark.parametrize(
    ("content", "real"),
    [
        ('{"id": "2611.00001", "title": "A Real One", "abstract": "We do."}\n', True),
        ("nothing that can be used\n", False),
    ],
)
async def test_an_import_of_real_papers_ends_the_sample(tmp_path: Path, content: str, *, real: bool) -> None:
    data = tmp_path / "data"
    await furnished(data)
    for shipped in (SAMPLE, next(SAMPLE.glob("*.gz"))):
        assert bot(data, "import", str(shipped)).returncode == 0
        assert await marked(data)
    (tmp_path / "papers.jsonl").write_text(content, encoding="utf-8")
    assert bot(data, "import", str(tmp_path / "papers.jsonl")).returncode == 0
    assert await marked(data) is not real


def test_search_prints_a_stable_list(sample: Path) -> None:
    found = as_json(bot(sample, "search", "sparse", "attention", "--limit", "3", "--json"))
    assert [set(result) for result in found] == [{"id", "title", "score", "url"}] * 3
    assert found[0]["id"] == "2602.13515"
    assert found[0]["url"] == "https://huggingface.co/papers/2602.13515"
    assert found[0]["score"] >= found[1]["score"] >= found[2]["score"]


def test_search_without_a_hit_prints_an_empty_list(sample: Path) -> None:
    assert as_json(bot(sample, "search", "zzyzx", "--json")) == []


def test_a_digest_prints_its_papers_in_their_order(sample: Path) -> None:
    digest = as_json(bot(sample, "digest", "--date", "2026-02-26", "--format", "json"))
    assert [set(paper) for paper in digest] == [{"id", "title", "votes", "url"}] * 5
    assert [paper["votes"] for paper in digest] == [19, 12, 8, 8, 7]


def test_the_newest_digest_is_readable_as_text(sample: Path) -> None:
    shown = bot(sample, "digest", "--dry-run").stdout
    assert "top 5 of 16 · votes of Fri 27 Feb" in shown
    assert " 1. The Trinity of Consistency" in shown


def test_match_says_why(sample: Path) -> None:
    found = as_json(bot(sample, "match", "world model", "-robot", "--days", "14", "--json"))
    assert set(found) == {"matched", "per_week", "papers"}
    assert found["matched"] == len(found["papers"]) > 3
    assert found["papers"][0]["because"].startswith("“world model” in its ")


def test_match_says_what_a_slip_may_have_meant(sample: Path) -> None:
    found = bot(sample, "match", "reinforcment lerning").stdout
    assert found.startswith("0 papers in ")
    assert found.endswith(" Did you mean “reinforcement learning”?\n")


def test_backup_makes_a_whole_copy(sample: Path) -> None:
    result = bot(sample, "backup", "--verify")
    assert "Verified: whole, 399 papers" in result.stdout
    copies = list((sample / "backups").glob("*.db"))
    assert copies
    assert all(copy.stat().st_mode & 0o077 == 0 for copy in copies)


def test_migrate_has_nothing_to_do(sample: Path) -> None:
    assert bot(sample, "migrate").stdout == "The database is up to date.\n"


def test_doctor_names_the_fix(sample: Path) -> None:
    result = bot(sample, "doctor", WEB_PORT="0")
    assert result.returncode == 1
    assert "ok  The database" in result.stdout
    assert "ok  399 papers stored; no real list yet." in result.stdout
    assert "FIX Hugging Face can’t be reached" in result.stdout


def test_doctor_gives_its_findings_as_json(sample: Path) -> None:
    result = bot(sample, "doctor", "--json", WEB_PORT="0", OPERATOR_CHANNEL="slack:T1:C1")
    assert result.returncode == 1, "as without it"
    findings = {finding["name"]: finding for finding in json.loads(result.stdout)}
    assert {tuple(finding) for finding in findings.values()} == {("name", "ok", "sentence", "fix")}
    assert findings["settings"] == {"name": "settings", "ok": True, "sentence": "The settings can be read.", "fix": ""}
    assert findings["operator_channel"] == {
        "name": "operator_channel",
        "ok": False,
        "sentence": "OPERATOR_CHANNEL is on Slack, which is not set up.",
        "fix": "Give it its token, or name another channel.",
    }
    assert findings["sources"]["fix"] == "Check the network, or HF_ENDPOINT."


def test_doctor_tells_of_a_list_that_is_old(tmp_path: Path) -> None:
    (tmp_path / "2026-02-10.json").write_text(json.dumps([record("2602.00001", "Old")]), encoding="utf-8")
    assert bot(tmp_path / "data", "import", str(tmp_path / "2026-02-10.json")).returncode == 0
    found = bot(tmp_path / "data", "doctor", WEB_PORT="0").stdout
    assert "FIX 1 paper stored; the newest list is of 2026-02-10. Run: python -m bot backfill --days 7" in found


@pytest.mark.parametrize("command", ["", "import", "backfill", "search", "digest", "match", "run", "doctor", "backup"])
def test_help_has_an_example(tmp_path: Path, command: str) -> None:
    result = bot(tmp_path / "data", *([command] if command else []), "--help")
    assert result.returncode == 0
    assert "python -m bot" in result.stdout
    assert "Example" in result.stdout or not command
    assert not re.search(r"\w\.\.\.$", result.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["search"], 2, "query"),
        (["search", "x", "--limt", "3"], 2, "No such option: --limt"),
        (["serch", "x"], 2, "No such command 'serch'"),
        (["search", "x", "--limit", "0"], 2, "limit"),
        (["search", "!!!"], 2, "at least one word"),
        (["match", "foo:bar"], 2, "author: and cat: are"),
        (["match", "-robot"], 2, "something to look for"),
        (["digest", "--date", "yesterday"], 2, "“yesterday” is not a date such as 2026-11-24"),
        (["digest", "--date", "2020-01-01"], 2, "There is no list of Wed 1 Jan 2020"),
        (["import"], 2, "nothing to import: name a file or a folder. For example: python -m bot import"),
        (["import", "nowhere.jsonl"], 2, "no file or folder named nowhere.jsonl"),
        (["backfill", "--from", "2026-02-10", "--to", "2026-02-01"], 2, "lies after"),
        (["backfill", "--days", "3"], 1, "run the same command again later"),
    ],
)
def test_a_mistake_is_one_sentence(sample: Path, words: list[str], code: int, sentence: str) -> None:
    result = bot(sample, *words)
    assert result.returncode == code
    assert sentence in told(result)
    assert len([line for line in told(result).splitlines() if "WARNING" not in line]) == 1


def test_nothing_stored_is_said_with_what_to_do(tmp_path: Path) -> None:
    result = bot(tmp_path / "data", "search", "x")
    assert result.returncode == 2
    assert told(result) == "Nothing is stored yet. For example: python -m bot import --sample"


def test_all_faults_of_the_settings_are_listed_at_once(tmp_path: Path) -> None:
    wrong = {"WEB_PORT": "many", "LOG_LEVEL": "loud", "ARXIV_CATEGORIES": "cs.AI #1", "DATABASE_URL": "postgres://x"}
    result = bot(tmp_path / "data", "doctor", **wrong)
    assert result.returncode == 2
    for name in wrong:
        assert f"{name}: " in told(result)


@pytest.mark.parametrize("command", ["run", "doctor"])
def test_a_workspace_open_to_the_network_is_refused(tmp_path: Path, command: str) -> None:
    result = bot(tmp_path / "data", command, WEB_HOST="0.0.0.0", WEB_PORT="0")  # noqa: S104 (refused before it is bound)
    assert result.returncode == 2
    assert told(result).startswith("WEB_HOST: “0.0.0.0” opens the workspace")
    assert "WEB_TRUST_NETWORK=yes" in told(result)
    assert not (tmp_path / "data").exists()


def test_a_trusted_address_is_served_with_a_warning(tmp_path: Path) -> None:
    # A spelling of loopback that is not known for one, so that the test opens nothing.
    with running(tmp_path / "data", "127.1", WEB_TRUST_NETWORK="yes") as (process, url):
        assert get(f"{url}/healthz")["ok"] is True
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=20)
    assert "WARNING WEB_HOST=127.1 is trusted: whoever reaches the workspace may change everything" in log


def test_a_database_of_a_newer_version_is_left_alone(sample: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(sample / "broadsheet.db", data / "broadsheet.db")
    with sqlite3.connect(data / "broadsheet.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = (data / "broadsheet.db").read_bytes()
    for words in (["run"], ["migrate"], ["import", str(SAMPLE)]):
        result = bot(data, *words, WEB_PORT="0")
        assert result.returncode == 1
        assert "newer version" in told(result)
    assert (data / "broadsheet.db").read_bytes() == before


def test_a_data_dir_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    result = bot(tmp_path / "data", "import", str(SAMPLE))
    assert result.returncode == 1
    assert "can't be used as a folder" in told(result)


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "broadsheet.db").write_text("hello " * 1000)
    result = bot(data, "search", "x")
    assert result.returncode == 1
    assert "not a SQLite database" in told(result)


@contextmanager
def running(data: Path, host: str = "127.0.0.1", **more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start `run` on a free port and wait until it answers; *more* are settings."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data.parent.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        env=environment(data, **{"WEB_HOST": host, "WEB_PORT": str(port)} | more),
        cwd=data.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert f"http://{host}:{port}" in line, process.stderr.read() if process.stderr else line
        yield process, f"http://{host}:{port}"
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.loads(answer.read())


def test_run_posts_the_sample_and_the_others_work_beside_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as (process, url):
        assert get(f"{url}/healthz")["ok"] is True
        deadline = time.monotonic() + 30
        while (
            "DreamID" not in (page := json.dumps(get(f"{url}/api/messages?channel=papers"))) and "Trinity" not in page
        ):
            assert time.monotonic() < deadline, "the sample's digest never came"
        assert as_json(bot(data, "search", "attention", "--json"))
        second = bot(data, "run", "--wait", "0.3", WEB_PORT="0")
        assert second.returncode == 3
        waiting, refusal = told(second).splitlines()
        assert waiting.endswith("it is waited for, 0.3 s at most")
        assert refusal.startswith("Another Broadsheet runs on ")
        assert bot(data, "migrate").returncode == 3
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    assert (data.stat().st_mode & 0o077) == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in data.glob("broadsheet.db*"))


def _flip(file: Path) -> None:
    """Damage a text as a bad disk would, so that SQLite's structure survives."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE papers SET title = CAST(x'7a65627261ff' AS TEXT) WHERE id = 399")


@pytest.mark.parametrize("damage", ["flip", "empty", "missing"])
def test_a_lost_or_damaged_database_is_refused_with_the_way_back(sample: Path, tmp_path: Path, damage: str) -> None:
    data = tmp_path / "data"
    shutil.copytree(sample, data, ignore=shutil.ignore_patterns("backups"))
    assert bot(data, "backup").returncode == 0
    (backup,) = (data / "backups").iterdir()
    if damage == "flip":
        _flip(data / "broadsheet.db")
    else:
        (data / "broadsheet.db").unlink()
    if damage == "empty":
        (data / "broadsheet.db").touch(mode=0o600)
    kept = {path: path.read_bytes() for path in data.rglob("*") if path.is_file() and path.suffix != ".log"}
    refused = bot(data, "run", WEB_PORT="0")
    assert refused.returncode == 2
    sentence = told(refused)
    command = (
        f"rm -rf {data}/broadsheet.db-wal {data}/broadsheet.db-shm {data}/index && cp {backup} {data}/broadsheet.db"
    )
    assert len(sentence.splitlines()) == 1
    assert f"The newest whole backup is {backup.name}; restore it: {command}" in sentence
    assert "zebra" not in sentence
    assert f"FIX {sentence}" in bot(data, "doctor", WEB_PORT="0").stdout.splitlines()
    if damage != "flip":
        assert told(bot(data, "import", str(SAMPLE))) == sentence
    assert {path: path.read_bytes() for path in kept} == kept
    subprocess.run(["/bin/sh", "-c", command], check=True)
    assert as_json(bot(data, "search", "sparse", "attention", "--limit", "3", "--json"))


def test_a_start_that_overlaps_with_a_stop_ends_with_a_running_bot(tmp_path: Path) -> None:
    data = tmp_path / "data"
    command = [sys.executable, "-m", "bot", "run"]
    with running(data) as (first, _):
        second = subprocess.Popen(
            command,
            env=environment(data, WEB_PORT="0"),
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert second.stderr
            assert "it is waited for, 20 s at most" in second.stderr.readline()
            first.send_signal(signal.SIGTERM)
            assert first.wait(timeout=20) == 0
            assert second.stdout
            assert "Broadsheet runs." in second.stdout.readline()
        finally:
            second.send_signal(signal.SIGTERM)
            second.communicate(timeout=30)
    assert second.returncode == 0
