"""The oracle can fail: it notices what is there twice, what is gone, and words that are not so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.faults.bot_process import get_error_file, run_bot
from tests.faults.due_digests import list_days, store_due_digests
from tests.faults.oracle import Verdict, check_log, judge
from tests.faults.platforms import SECRETS, get_digest_key, open_platforms

pytestmark = pytest.mark.faults


async def test_what_is_doubled_gone_or_told_wrongly_is_noticed(data: Path) -> None:
    now = datetime.now(UTC)
    async with open_platforms(list_days(now), 2, 1) as platforms:
        day = await store_due_digests(data, platforms.channels, now - timedelta(minutes=1))
        async with run_bot(data, platforms.settings) as bot:
            await bot.wait_until_settled(60)
        assert await judge(platforms, data, day) == Verdict()
        doubled, gone = platforms.slack_channels
        (post,) = platforms.slack.shown(doubled.id)
        platforms.slack.put(replace(post, ts=platforms.slack.clock.ts()))
        platforms.slack.places[gone.id].posts.clear()
        verdict = await judge(platforms, data, day)
        assert verdict.duplicated == (str(get_digest_key(doubled, day)),)
        assert verdict.lost == (str(get_digest_key(gone, day)),)
        # Of the doubled: the attempts, `status`. Of the other: two rows, `status`, and `why` of one paper.
        assert len(verdict.told_wrongly) == 6
        assert all(str(channel.key) in "".join(verdict.told_wrongly) for channel in (doubled, gone))
    with get_error_file(data).open("a", encoding="utf-8") as log:
        log.write(SECRETS[0])
    with pytest.raises(AssertionError):
        check_log(data)
