"""What a platform refuses for good: one request, the digest is refused and told so, and posted once it is allowed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.channels import Channel
from tests.faults.bot_process import run_bot
from tests.faults.conftest import Report
from tests.faults.due_digests import list_days, store_due_digests
from tests.faults.oracle import Verdict, judge
from tests.faults.platforms import DISCORD_POSTS, SLACK_POSTS, Platforms, open_platforms
from tests.servers.discord import rights
from tests.stores import open_stores

pytestmark = pytest.mark.faults

NONE = Verdict()


def refuse(platforms: Platforms) -> list[Channel]:
    """Take away what posting takes in one channel of each kind of refusal; return those."""
    archived, left = platforms.slack_channels[:2]
    forbidden, hidden = platforms.discord_channels[:2]
    platforms.slack.places[archived.id].archived = True
    platforms.slack.places[left.id].members.discard("UBOT")
    platforms.discord.places[forbidden.id].permissions = rights.ALL & ~rights.SEND
    platforms.discord.places[hidden.id].permissions = rights.ALL & ~rights.VIEW
    return [archived, left, forbidden, hidden]


def allow(platforms: Platforms) -> None:
    for place in platforms.slack.places.values():
        place.archived = False
        place.members.add("UBOT")
    for channel in platforms.discord_channels:
        platforms.discord.places[channel.id].permissions = None


def count_requests(platforms: Platforms, channel: Channel) -> int:
    """Return how often the bot tried to post to a channel."""
    slack_calls = [call for call in platforms.slack.calls if call.method == SLACK_POSTS]
    discord_calls = [call for call in platforms.discord.calls if f"{call.method} {call.route}" == DISCORD_POSTS]
    mine = [call for call in slack_calls if call.arguments.get("channel") == channel.id]
    return len(mine) + len([call for call in discord_calls if f"/{channel.id}/" in call.path])


async def test_refused_for_good_and_allowed_again(data: Path, report: Report) -> None:
    now = datetime.now(UTC)
    async with open_platforms(list_days(now), 4, 4) as platforms:
        day = await store_due_digests(data, platforms.channels, now - timedelta(minutes=1))
        refused = refuse(platforms)
        async with run_bot(data, platforms.settings) as bot:
            await bot.wait_until_settled(60)
        assert [count_requests(platforms, channel) for channel in refused] == [1, 1, 1, 1]
        assert await judge(platforms, data, day, unexpected=refused) == NONE
        async with open_stores(data, now) as stores:
            for channel in refused:
                (digest,) = await stores.digests.list_past_digests(channel)
                assert digest.state == "refused"
        allow(platforms)
        async with run_bot(data, platforms.settings) as bot:
            await platforms.slack.wait(lambda: bool(platforms.slack.sockets))
            for channel in refused:
                await ask_for_digest(platforms, channel)
            taken = await platforms.wait(lambda: all(platforms.count_digests(day).values()), 60)
            await bot.wait_until_settled(60)
        verdict = await judge(platforms, data, day)
        report("refused for good (archived, left, 50013, 50001), then allowed", verdict, len(refused), taken)
        assert verdict == NONE


async def ask_for_digest(platforms: Platforms, channel: Channel) -> None:
    """Turn the digest on as somebody of the channel, who lets the bot in again, and ask for it now."""
    slack, discord = platforms.slack, platforms.discord
    if channel.platform == "slack":
        await slack.command("digest on", channel=channel.id, user="U1")
        await slack.wait(lambda: bool(slack.whispers(channel.id, "U1")))
        await slack.press("Post now", within=slack.whispers(channel.id, "U1")[-1], user="U1")
    else:
        await discord.wait(lambda: bool(discord.commands))
        await (await discord.slash("papers-setup digest now", {}, user="100", channel=channel.id)).settled()
