"""The clock is set while messages are on their way: nothing is posted twice, and what is due comes all the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.faults.bot_process import read_logs, run_bot
from tests.faults.conftest import Report
from tests.faults.due_digests import list_days, store_due_digests
from tests.faults.oracle import Verdict, judge
from tests.faults.platforms import open_platforms
from tests.faults.test_clock import library

__all__ = ["library"]

pytestmark = [pytest.mark.faults, pytest.mark.long]


@pytest.mark.parametrize("steps", [("+3600",), ("-3600",), ("+3600", "+0"), ("-3600", "+0")], ids=" ".join)
async def test_set_with_posts_on_their_way(
    data: Path, tmp_path: Path, library: Path, report: Report, steps: tuple[str, ...]
) -> None:
    now = datetime.now(UTC)
    clock = tmp_path / "clock"
    clock.write_text("+0\n")
    fake = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }
    async with open_platforms(list_days(now), 8, 8) as platforms:
        day = await store_due_digests(data, platforms.channels, now - timedelta(minutes=1))
        platforms.slow(8, 12)
        async with run_bot(data, platforms.settings | fake) as bot:
            await platforms.wait(lambda: platforms.count_posts() >= 4, 60)
            for number, step in enumerate(steps, 1):
                clock.write_text(f"{step}\n")
                await platforms.wait(lambda n=number: read_logs(data).count("The clock was set ") >= 2 * n, 30)  # type: ignore[misc]
            taken = await bot.wait_until_settled(180)
        verdict = await judge(platforms, data, day)
        report(f"the clock is set ({', '.join(steps)} s) with posts on their way", verdict, 1, taken)
        assert verdict == Verdict()
