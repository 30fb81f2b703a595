"""Replies that are lost after the platform took the message: looked up, or sent again, and told, where nobody may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.deliveries import AttemptOutcome
from tests.faults.bot_process import run_bot
from tests.faults.conftest import Report
from tests.faults.due_digests import age_rows, list_days, store_due_digests
from tests.faults.oracle import Verdict, count_outcomes, judge
from tests.faults.platforms import Platforms, open_platforms
from tests.stores import open_stores

pytestmark = pytest.mark.faults

NONE = Verdict()
QUARANTINE = timedelta(seconds=31)
"""How long an attempt of unknown fate is not looked up, and a little."""


async def lose_first_replies(data: Path, platforms: Platforms, lines: int) -> None:
    """Let the first post in every channel be accepted and its reply be lost; then people say so many lines."""
    seen = set[str]()

    def is_first(call: object) -> bool:
        channel = str(getattr(call, "path", "")) or str(call["channel"])  # type: ignore[index]
        return not (channel in seen or seen.add(channel))  # type: ignore[func-returns-value]

    platforms.fail(drop="after", where=is_first)
    async with run_bot(data, platforms.settings):
        await platforms.wait(lambda: len(seen) == len(platforms.channels), 60)
    platforms.heal()
    platforms.say(lines)
    assert count_outcomes(data).get("unknown") == len(platforms.channels)
    age_rows(data, QUARANTINE)


@pytest.mark.long
@pytest.mark.parametrize(("lines", "place"), [(0, "quiet"), (65, "65 lines later")])
async def test_where_the_history_is_read(data: Path, report: Report, lines: int, place: str) -> None:
    now = datetime.now(UTC)
    async with open_platforms(list_days(now), 4, 4) as platforms:
        day = await store_due_digests(data, platforms.channels, now - timedelta(minutes=1))
        await lose_first_replies(data, platforms, lines)
        async with run_bot(data, platforms.settings) as bot:
            taken = await bot.wait_until_settled(120)
        verdict = await judge(platforms, data, day)
        report(f"reply lost after acceptance, {place}", verdict, len(platforms.channels), taken)
        assert verdict == NONE
        assert count_outcomes(data)["found"] == len(platforms.channels)


@pytest.mark.long
async def test_where_no_history_may_be_read(data: Path, report: Report) -> None:
    now = datetime.now(UTC)
    async with open_platforms(list_days(now), 4, 4, history=False) as platforms:
        day = await store_due_digests(data, platforms.channels, now - timedelta(minutes=1))
        await lose_first_replies(data, platforms, 0)
        async with run_bot(data, platforms.settings) as bot:
            taken = await bot.wait_until_settled(180)
        verdict = await judge(platforms, data, day)
        report("reply lost after acceptance, no history may be read", verdict, len(platforms.channels), taken)
        # The policy: a digest rather twice than not at all, and both `status` and the count of it tell.
        assert set(platforms.count_digests(day).values()) == {2}
        assert (verdict.lost, verdict.told_wrongly) == ((), ())
        assert count_outcomes(data)[AttemptOutcome.RESENT] == len(platforms.channels)
        async with open_stores(data, now) as stores:
            assert await stores.ledger.count_resent(now - timedelta(days=1)) == len(platforms.channels)
            for channel in platforms.channels:
                (digest,) = await stores.digests.list_past_digests(channel)
                assert digest.state == "duplicated"
