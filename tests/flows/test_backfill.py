"""`backfill` in its own process against a source on loopback: it fetches, stops, and goes on where it was."""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from tests.bot.cli.test_cli import environment
from tests.servers.sources import Sources, record, status

FIRST, LAST = date(2026, 2, 2), date(2026, 2, 13)
WORDS = ("backfill", "--from", FIRST.isoformat(), "--to", LAST.isoformat())
LISTS = "/api/daily_papers"


@pytest.fixture
async def server() -> AsyncIterator[Sources]:
    days = {
        date(2026, 2, day): [record(f"2602.{day:02}00{n}", f"Paper {n} of day {day}") for n in range(3)]
        for day in range(2, 14)
    }
    async with Sources(days) as running:
        yield running


async def bot(data: Path, server: Sources, *words: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *words,
        cwd=data.parent,
        env=environment(data, HF_ENDPOINT=server.url),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def test_lists_are_fetched_once(server: Sources, tmp_path: Path) -> None:
    code, out, _ = await bot(tmp_path / "data", server, *WORDS)
    assert (code, out) == (0, "10 lists fetched; 0 were stored already.\n")
    asked = len(server.asked(LISTS))
    code, out, _ = await bot(tmp_path / "data", server, *WORDS)
    assert out == "1 list fetched; 9 were stored already.\n", "the last list of the span may still grow"
    assert len(server.asked(LISTS)) == asked + 1


@pytest.mark.long
async def test_what_came_before_a_failure_is_kept(server: Sources, tmp_path: Path) -> None:
    code, out, _ = await bot(tmp_path / "data", server, "backfill", "--from", "2026-02-02", "--to", "2026-02-04")
    assert (code, out) == (0, "3 lists fetched; 0 were stored already.\n")
    server.always(LISTS, status(500))
    code, _, err = await bot(tmp_path / "data", server, *WORDS)
    assert code == 1
    assert "run the same command again later" in err
    server.always(LISTS, None)
    _, found, _ = await bot(tmp_path / "data", server, "search", "paper", "--limit", "50", "--json")
    assert found.count('"id"') == 9
