"""A backup from before the day's digests is put back: what was posted is looked up, and none is posted twice."""

from __future__ import annotations

import asyncio
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.bot.cli.test_cli import environment
from tests.faults.bot_process import run_bot
from tests.faults.conftest import Report
from tests.faults.due_digests import list_days, store_due_digests
from tests.faults.oracle import Verdict, count_outcomes, judge
from tests.faults.platforms import open_platforms

pytestmark = pytest.mark.faults


async def make_backup(data: Path) -> Path:
    """Run `backup`; return its copy."""
    command = (sys.executable, "-m", "bot", "backup")
    process = await asyncio.create_subprocess_exec(*command, env=environment(data), cwd=data.parent)
    assert await asyncio.wait_for(process.wait(), 60) == 0
    (copy,) = (data / "backups").glob("*.db")
    return copy


def restore(data: Path, backup: Path) -> None:
    """Put a backup back, as docs/operating.md tells it."""
    for name in ("broadsheet.db-wal", "broadsheet.db-shm"):
        (data / name).unlink(missing_ok=True)
    shutil.rmtree(data / "index", ignore_errors=True)
    shutil.copy(backup, data / "broadsheet.db")


async def test_restored_from_before_the_digests(data: Path, report: Report) -> None:
    now = datetime.now(UTC)
    async with open_platforms(list_days(now), 4, 4) as platforms:
        await store_due_digests(data, platforms.channels, now + timedelta(hours=1))
        async with run_bot(data, platforms.settings) as bot:
            await bot.wait_until_settled(60)
        day = await store_due_digests(data, platforms.channels, now - timedelta(minutes=1))
        backup = await make_backup(data)
        async with run_bot(data, platforms.settings) as bot:
            await bot.wait_until_settled(60)
        assert await judge(platforms, data, day) == Verdict()
        platforms.say(65)
        restore(data, backup)
        async with run_bot(data, platforms.settings) as bot:
            taken = await bot.wait_until_settled(120)
        verdict = await judge(platforms, data, day)
        report("a backup from before the day's digests is restored", verdict, 1, taken)
        assert verdict == Verdict()
        assert count_outcomes(data)
