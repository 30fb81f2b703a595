"""A bot that is killed (SIGKILL) at random moments, or stopped (SIGTERM) while its successor starts."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.faults.bot_process import await_start, launch, run_bot
from tests.faults.conftest import Report
from tests.faults.due_digests import age_rows, list_days, store_due_digests
from tests.faults.oracle import Verdict, count_outcomes, judge
from tests.faults.platforms import Platforms, open_platforms

pytestmark = pytest.mark.faults

LIFE = 3.0
"""Seconds that a bot lives at most before it is killed, from its start or from the moment when it runs."""
START = 2.5
"""Seconds that a start takes, more or less: so far apart are the digests that are due while it is killed."""
NONE = Verdict()


async def kill_again_and_again(data: Path, platforms: Platforms, kills: int) -> None:
    """Start and kill the bot: every fifth time while it still starts, often when posts are on their way.

    Some lines are said in between.
    """
    drawn = random.Random(kills)  # noqa: S311 - the same each time
    for number in range(kills):
        bot = await launch(data, platforms.settings)
        before = platforms.count_posts()
        if number % 5:
            await await_start(bot, data)
        if number % 2:
            with suppress(TimeoutError):
                await platforms.wait(lambda before=before: platforms.count_posts() > before, LIFE)  # type: ignore[misc]
        await asyncio.sleep(drawn.uniform(0, LIFE))  # how long it lives is the point
        await bot.kill()
        platforms.say(2)


@pytest.mark.parametrize(
    ("kills", "latency"),
    [
        pytest.param(3, (0, 2), id="3"),
        pytest.param(20, (0, 5), id="20", marks=pytest.mark.long),
        pytest.param(200, (0, 5), id="200", marks=pytest.mark.long),
        pytest.param(20, (5, 29), id="20-late", marks=pytest.mark.long),
    ],
)
async def test_killed_at_random_moments(data: Path, report: Report, kills: int, latency: tuple[float, float]) -> None:
    now = datetime.now(UTC)
    number = max(8, kills)
    async with open_platforms(list_days(now), number, number) as platforms:
        spacing = timedelta(seconds=START + LIFE / 2) if kills > 3 else timedelta(0)
        first = now - timedelta(minutes=1)
        await store_due_digests(data, platforms.channels, first, spacing=spacing)
        dates = {
            channel: (first + place * spacing).date()
            for channels in (platforms.slack_channels, platforms.discord_channels)
            for place, channel in enumerate(channels)
        }
        platforms.slow(*latency)
        await kill_again_and_again(data, platforms, kills)
        if kills <= 3:
            await asyncio.sleep(latency[1])  # what is on its way arrives
            age_rows(data, timedelta(seconds=31))  # the quarantine of doubt
        async with run_bot(data, platforms.settings) as bot:
            taken = await bot.wait_until_settled(600)
        verdict = await judge(platforms, data, first.date(), dates=dates)
        assert count_outcomes(data).get("found"), "no kill came while a post was on its way"
        report(f"kill -9, requests take {latency[0]:g}-{latency[1]:g} s", verdict, kills, taken)
        assert verdict == NONE
        assert platforms.slack.violations == platforms.discord.violations == []


@pytest.mark.long
async def test_stopped_while_the_successor_starts(data: Path, report: Report) -> None:
    now = datetime.now(UTC)
    async with open_platforms(list_days(now), 6, 6) as platforms:
        day = await store_due_digests(data, platforms.channels, now - timedelta(minutes=1))
        platforms.slow(0.5, 1.5)
        bot = await await_start(await launch(data, platforms.settings), data)
        for _ in range(2):
            await asyncio.sleep(0.5)  # in the midst of the digests
            successor = await launch(data, platforms.settings)
            assert await bot.stop() < 15
            bot = await await_start(successor, data)
        taken = await bot.wait_until_settled(120)
        await bot.stop()
        verdict = await judge(platforms, data, day)
        report("SIGTERM in mid-digest, the successor starts meanwhile", verdict, 2, taken)
        assert verdict == NONE
