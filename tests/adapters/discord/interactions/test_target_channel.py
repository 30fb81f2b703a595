"""Threads that serve a channel: in a forum's post and below a digest people mean the forum and the channel."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.channels import Channel, ChannelKind
from bot.domain.follows import Follow
from bot.domain.people import Person
from tests.adapters.discord.bot_harness import ANAS_DIRECT_MESSAGES, PAPERS_CHANNEL, BotHarness, list_labels
from tests.servers.discord import Shown, rights

FORUM = Channel("discord", "10", "23", ChannelKind.FORUM, "reading")
PAPER = "2602.12160"


@pytest.fixture
async def forum(offline: BotHarness) -> AsyncIterator[Shown]:
    """The first paper's post of a forum's digest, while the bot runs."""
    offline.server.channel("23", guild="10", name="reading", kind="forum", tags=(("1", "Papers"),))
    async with offline.run_bot():
        await offline.type("papers-setup digest on", {"channel": "23"}, user="91")
        await offline.type("papers-setup digest now", {"channel": "23"}, user="91")
        await offline.post("23")
        first, *_ = offline.server.threads("23")
        yield offline.server.shown(first.id)[0]


async def muted(harness: BotHarness, channel: Channel) -> list[str]:
    """Return the papers that are muted in a channel."""
    key = (await harness.stores.channels.get_or_create(channel, harness.now)).channel_id
    return [
        value
        for kind, value in (await harness.stores.mutes_and_saves.list_mutes([key])).get(key, ())
        if kind == "paper"
    ]


async def entry(harness: BotHarness) -> Shown:
    """Post a digest with an entry for each paper; return the first."""
    await harness.type("papers-setup digest set", {"entries": True}, user="91")
    await harness.type("papers-setup digest now", user="91")
    await harness.post()
    await harness.post()
    (thread,) = harness.server.threads("20")
    return next(shown for shown in harness.server.shown(thread.id) if "Not for us" in list_labels(shown))


async def test_a_manager_vetoes_in_a_post_what_the_forum_leaves_out(offline: BotHarness, forum: Shown) -> None:
    shown = await offline.press("Not for us", forum, user="91")
    assert "is muted in #reading: digests and alerts leave it out." in shown.plain
    assert len(await muted(offline, FORUM)) == 1
    assert await muted(offline, replace(PAPERS_CHANNEL, id=forum.channel, kind=ChannelKind.THREAD)) == []
    shown = await offline.press("Unmute", shown, user="91")
    assert "is not muted in #reading any more" in shown.plain


async def test_a_post_is_explained_as_the_forums(offline: BotHarness, forum: Shown) -> None:
    shown = await offline.press("Why this paper", forum)
    assert "Posted here 27 February 2026" in shown.plain
    assert "The digest is off here" not in shown.plain


async def test_what_is_typed_in_a_post_is_about_the_forum(offline: BotHarness, forum: Shown) -> None:
    await offline.type("papers-setup digest set", {"number": 3}, channel=forum.channel, user="91")
    assert (await offline.preferences(FORUM)).number == 3
    assert "sets number" in (await offline.type("papers-setup log", channel=forum.channel, user="91")).plain


async def test_rights_in_a_post_are_those_in_its_forum(offline: BotHarness, forum: Shown) -> None:
    mine = rights.overwrite("101", member=True, allow=rights.MANAGE_CHANNELS)
    offline.server.places["23"].overwrites = [mine]
    shown = await offline.press("Not for us", forum)
    assert "for you: digests" in shown.plain, "Ana only reads"
    assert (await muted(offline, FORUM), len(await muted(offline, ANAS_DIRECT_MESSAGES))) == ([], 1)
    shown = await offline.press("Not for us", forum, user="101")
    assert "is muted in #reading" in shown.plain, "Bob manages the forum alone"


async def test_a_manager_vetoes_in_an_entry_what_the_channel_leaves_out(harness: BotHarness) -> None:
    shown = await harness.press("Not for us", await entry(harness), user="91")
    assert "is muted in #papers:" in shown.plain
    assert len(await muted(harness, PAPERS_CHANNEL)) == 1


async def test_an_entry_is_explained_as_the_channels(harness: BotHarness) -> None:
    shown = await harness.press("Why this paper", await entry(harness))
    assert "Posted here 27 February 2026" in shown.plain


async def test_what_is_shared_in_a_thread_is_seen_there(harness: BotHarness) -> None:
    thread = (await entry(harness)).channel
    shown = await harness.type("papers search", {"query": "diffusion"}, channel=thread)
    before = len(harness.server.shown("20"))
    await harness.press("Share", shown)
    assert "Shared by Ana · search: diffusion" in (await harness.post(thread))[-1].plain
    assert len(harness.server.shown("20")) == before


async def test_what_is_completed_in_a_thread_is_what_the_channel_follows(harness: BotHarness) -> None:
    thread = (await entry(harness)).channel
    await harness.stores.follows.add(Follow(PAPERS_CHANNEL, '"diffusion"', Person("91"), harness.now))
    offered = await harness.server.type("papers unfollow", {}, "topic", channel=thread)
    assert [each["value"] for each in offered] == ['"diffusion"']


async def test_a_thread_of_people_in_a_channel_with_a_digest_is_the_channels(harness: BotHarness) -> None:
    await harness.type("papers-setup digest set", {"number": 3}, user="91")
    harness.server.thread("70", "20", "Chat", owner="100")
    await harness.type("papers-setup digest set", {"number": 4}, channel="70", user="91")
    assert (await harness.preferences()).number == 4


async def test_a_thread_with_a_digest_of_its_own_is_itself(harness: BotHarness) -> None:
    thread = (await entry(harness)).channel
    await harness.type("papers-setup digest set", {"channel": thread, "number": 2}, channel=thread, user="91")
    shown = await harness.type("papers-setup digest set", {"number": 4}, channel=thread, user="91")
    own = Channel("discord", "10", thread, ChannelKind.THREAD)
    assert ((await harness.preferences(own)).number, (await harness.preferences()).number) == (4, 5), shown.plain


async def test_a_thread_that_follows_something_itself_is_itself(harness: BotHarness) -> None:
    thread = (await entry(harness)).channel
    own = Channel("discord", "10", thread, ChannelKind.THREAD)
    await harness.stores.follows.add(Follow(own, '"diffusion"', Person("91"), harness.now))
    await harness.type("papers-setup digest set", {"number": 4}, channel=thread, user="91")
    assert ((await harness.preferences(own)).number, (await harness.preferences()).number) == (4, 5)


async def test_a_thread_of_a_channel_without_a_digest_is_itself(harness: BotHarness) -> None:
    harness.server.thread("70", "22", "Chat", owner="100")
    await harness.type("papers-setup digest set", {"number": 4}, channel="70", user="91")
    assert (await harness.preferences(Channel("discord", "10", "70", ChannelKind.THREAD))).number == 4
