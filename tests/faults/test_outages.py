"""Platforms that answer with 5xx, or not at all: digests come once it is over, and nobody else waits for them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.faults.bot_process import run_bot
from tests.faults.conftest import Report
from tests.faults.due_digests import age_rows, list_days, move_dates, store_due_digests
from tests.faults.oracle import Verdict, count_outcomes, judge
from tests.faults.platforms import Platforms, get_digest_key, open_platforms
from tests.stores import open_stores

pytestmark = pytest.mark.faults

NONE = Verdict()


def count_tries(data: Path, platforms: Platforms) -> tuple[int, int]:
    """Return how often the bot has tried to post, and how often it looked up whether it had."""
    return platforms.count_posts(), count_outcomes(data).get("absent", 0)


async def pass_outage(data: Path, platforms: Platforms, spans: int, span: timedelta) -> None:
    """Let the bot try, or look up what it tried, in some moments of an outage; between them so much time passes."""
    for _ in range(spans):
        before = count_tries(data, platforms)
        async with run_bot(data, platforms.settings):
            await platforms.wait(lambda before=before: count_tries(data, platforms) != before, 60)  # type: ignore[misc]
        age_rows(data, span)


@pytest.mark.long
@pytest.mark.parametrize("how", [{"status": 500}, {"drop": "before"}], ids=["500", "no-answer"])
async def test_an_outage_of_an_hour(data: Path, report: Report, how: dict[str, Any]) -> None:
    now = datetime.now(UTC)
    async with open_platforms(list_days(now)) as platforms:
        day = await store_due_digests(data, platforms.channels, now - timedelta(minutes=1))
        platforms.fail(**how)
        await pass_outage(data, platforms, 8, timedelta(minutes=8))
        assert set(platforms.count_digests(day).values()) == {0}
        platforms.heal()
        async with run_bot(data, platforms.settings) as bot:
            taken = await bot.wait_until_settled(180)
        verdict = await judge(platforms, data, day)
        report(f"an hour of {'500' if 'status' in how else 'hang-ups'} from both platforms", verdict, 1, taken)
        assert verdict == NONE


@pytest.mark.long
async def test_an_outage_of_more_than_the_grace(data: Path, report: Report) -> None:
    now = datetime.now(UTC)
    async with open_platforms(list_days(now)) as platforms:
        day = await store_due_digests(data, platforms.channels, now - timedelta(minutes=1))
        platforms.fail(status=500)
        await pass_outage(data, platforms, 1, timedelta(hours=5))
        await pass_outage(data, platforms, 1, timedelta(hours=2))
        async with run_bot(data, platforms.settings) as bot:
            await bot.wait_until_settled(120)
        verdict = await judge(platforms, data, day, unexpected=platforms.channels)
        assert verdict == NONE
        async with open_stores(data, now) as stores:
            for channel in platforms.channels:
                (digest,) = await stores.digests.list_past_digests(channel)
                assert digest.state == "failed"
                assert await stores.digests.list_recent_papers(channel, 10) == [], "they are free"
        platforms.heal()
        age_rows(data, timedelta(hours=24 - 7))
        move_dates(data, 1)
        async with run_bot(data, platforms.settings) as bot:
            taken = await bot.wait_until_settled(120)
        verdict = await judge(platforms, data, day)
        report("seven hours of 500: given up, told, in the next digest", verdict, 1, taken)
        assert verdict == NONE


@pytest.mark.parametrize(("number", "hung"), [(30, "slack"), pytest.param(30, "discord", marks=pytest.mark.long)])
async def test_a_platform_that_hangs_delays_no_other(data: Path, report: Report, number: int, hung: str) -> None:
    now = datetime.now(UTC)
    async with open_platforms(list_days(now), number, number) as platforms:
        day = await store_due_digests(data, platforms.channels, now - timedelta(minutes=1))
        others = [get_digest_key(channel, day) for channel in platforms.channels if channel.platform != hung]
        platforms.fail(hung, until=asyncio.Event())
        async with run_bot(data, platforms.settings) as bot:
            taken = await platforms.wait(lambda: all(platforms.count_messages(*others)), 60)
            verdict = Verdict(tuple(platforms.find_duplicates()))
            report(f"{hung} hangs, {number} digests due on each platform: the other's", verdict, number, taken)
            assert verdict == NONE
            await bot.kill()
