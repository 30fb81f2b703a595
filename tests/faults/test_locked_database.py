"""A database that another process keeps locked: nothing falls over, and all is caught up afterwards."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.faults.bot_process import read_logs, run_bot
from tests.faults.conftest import Report
from tests.faults.due_digests import list_days, store_due_digests
from tests.faults.oracle import Verdict, judge
from tests.faults.platforms import open_platforms

pytestmark = [pytest.mark.faults, pytest.mark.long]

LOCKED = 30
"""Seconds."""


async def test_locked_for_half_a_minute(data: Path, report: Report) -> None:
    now = datetime.now(UTC)
    async with open_platforms(list_days(now), 8, 8) as platforms:
        day = await store_due_digests(data, platforms.channels, now - timedelta(minutes=1))
        platforms.slow(1, 3)
        async with run_bot(data, platforms.settings) as bot:
            await platforms.wait(lambda: platforms.count_posts() >= 2, 30)
            with closing(sqlite3.connect(data / "broadsheet.db", isolation_level=None, timeout=30)) as other:
                other.execute("BEGIN IMMEDIATE")
                end = time.monotonic() + LOCKED
                while (left := end - time.monotonic()) > 0:  # that the bot answers meanwhile is the point
                    assert (await bot.get_health())["database"] == "ok"
                    with pytest.raises(TimeoutError):
                        await platforms.slack.wait(lambda: False, min(left, 2))
                other.execute("ROLLBACK")
            taken = await bot.wait_until_settled(180)
        assert "The database is busy" in read_logs(data)
        verdict = await judge(platforms, data, day)
        report(f"the database is locked for {LOCKED} s in mid-digest", verdict, 1, taken)
        assert verdict == Verdict()
