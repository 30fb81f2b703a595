"""Threads that serve a channel: in a forum's post and below a digest people mean the forum and the channel."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.channels import Channel, ChannelKind
from bot.domain.follows import Follow
from bot.domain.people import Person
from tests.adapters.discord.inbound import ANAS, ROOM, Office, labels
from tests.servers.discord import Shown, rights

FORUM = Channel("discord", "10", "23", ChannelKind.FORUM, "reading")
PAPER = "2602.12160"


@pytest.fixture
async def forum(shut: Office) -> AsyncIterator[Shown]:
    """The first paper's post of a forum's digest, while the bot runs."""
    shut.server.channel("23", guild="10", name="reading", kind="forum", tags=(("1", "Papers"),))
    async with shut.running():
        await shut.type("papers-setup digest on", {"channel": "23"}, user="91")
        await shut.type("papers-setup digest now", {"channel": "23"}, user="91")
        await shut.post("23")
        first, *_ = shut.server.threads("23")
        yield shut.server.shown(first.id)[0]


async def muted(office: Office, channel: Channel) -> list[str]:
    """Return the papers that are muted in a channel."""
    key = (await office.stores.channels.get_or_create(channel, office.now)).channel_id
    return [
        value for kind, value in (await office.stores.mutes_and_saves.list_mutes([key])).get(key, ()) if kind == "paper"
    ]


async def entry(office: Office) -> Shown:
    """Post a digest with an entry for each paper; return the first."""
    await office.type("papers-setup digest set", {"entries": True}, user="91")
    await office.type("papers-setup digest now", user="91")
    await office.post()
    await office.post()
    (thread,) = office.server.threads("20")
    return next(shown for shown in office.server.shown(thread.id) if "Not for us" in labels(shown))


async def test_a_manager_vetoes_in_a_post_what_the_forum_leaves_out(shut: Office, forum: Shown) -> None:
    shown = await shut.press("Not for us", forum, user="91")
    assert "is muted in #reading: digests and alerts leave it out." in shown.plain
    assert len(await muted(shut, FORUM)) == 1
    assert await muted(shut, replace(ROOM, id=forum.channel, kind=ChannelKind.THREAD)) == []
    shown = await shut.press("Unmute", shown, user="91")
    assert "is not muted in #reading any more" in shown.plain


async def test_a_post_is_explained_as_the_forums(shut: Office, forum: Shown) -> None:
    shown = await shut.press("Why this paper", forum)
    assert "Posted here 27 February 2026" in shown.plain
    assert "The digest is off here" not in shown.plain


async def test_what_is_typed_in_a_post_is_about_the_forum(shut: Office, forum: Shown) -> None:
    await shut.type("papers-setup digest set", {"number": 3}, channel=forum.channel, user="91")
    assert (await shut.preferences(FORUM)).number == 3
    assert "sets number" in (await shut.type("papers-setup log", channel=forum.channel, user="91")).plain


async def test_rights_in_a_post_are_those_in_its_forum(shut: Office, forum: Shown) -> None:
    mine = rights.overwrite("101", member=True, allow=rights.MANAGE_CHANNELS)
    shut.server.places["23"].overwrites = [mine]
    shown = await shut.press("Not for us", forum)
    assert "for you: digests" in shown.plain, "Ana only reads"
    assert (await muted(shut, FORUM), len(await muted(shut, ANAS))) == ([], 1)
    shown = await shut.press("Not for us", forum, user="101")
    assert "is muted in #reading" in shown.plain, "Bob manages the forum alone"


async def test_a_manager_vetoes_in_an_entry_what_the_channel_leaves_out(office: Office) -> None:
    shown = await office.press("Not for us", await entry(office), user="91")
    assert "is muted in #papers:" in shown.plain
    assert len(await muted(office, ROOM)) == 1


async def test_an_entry_is_explained_as_the_channels(office: Office) -> None:
    shown = await office.press("Why this paper", await entry(office))
    assert "Posted here 27 February 2026" in shown.plain


async def test_what_is_shared_in_a_thread_is_seen_there(office: Office) -> None:
    thread = (await entry(office)).channel
    shown = await office.type("papers search", {"query": "diffusion"}, channel=thread)
    before = len(office.server.shown("20"))
    await office.press("Share", shown)
    assert "Shared by Ana." in (await office.post(thread))[-1].plain
    assert len(office.server.shown("20")) == before


async def test_what_is_completed_in_a_thread_is_what_the_channel_follows(office: Office) -> None:
    thread = (await entry(office)).channel
    await office.stores.follows.add(Follow(ROOM, '"diffusion"', Person("91"), office.now))
    offered = await office.server.type("papers unfollow", {}, "topic", channel=thread)
    assert [each["value"] for each in offered] == ['"diffusion"']


async def test_a_thread_of_people_in_a_channel_with_a_digest_is_the_channels(office: Office) -> None:
    await office.type("papers-setup digest set", {"number": 3}, user="91")
    office.server.thread("70", "20", "Chat", owner="100")
    await office.type("papers-setup digest set", {"number": 4}, channel="70", user="91")
    assert (await office.preferences()).number == 4


async def test_a_thread_with_a_digest_of_its_own_is_itself(office: Office) -> None:
    thread = (await entry(office)).channel
    await office.type("papers-setup digest set", {"channel": thread, "number": 2}, channel=thread, user="91")
    shown = await office.type("papers-setup digest set", {"number": 4}, channel=thread, user="91")
    own = Channel("discord", "10", thread, ChannelKind.THREAD)
    assert ((await office.preferences(own)).number, (await office.preferences()).number) == (4, 5), shown.plain


async def test_a_thread_that_follows_something_itself_is_itself(office: Office) -> None:
    thread = (await entry(office)).channel
    own = Channel("discord", "10", thread, ChannelKind.THREAD)
    await office.stores.follows.add(Follow(own, '"diffusion"', Person("91"), office.now))
    await office.type("papers-setup digest set", {"number": 4}, channel=thread, user="91")
    assert ((await office.preferences(own)).number, (await office.preferences()).number) == (4, 5)


async def test_a_thread_of_a_channel_without_a_digest_is_itself(office: Office) -> None:
    office.server.thread("70", "22", "Chat", owner="100")
    await office.type("papers-setup digest set", {"number": 4}, channel="70", user="91")
    assert (await office.preferences(Channel("discord", "10", "70", ChannelKind.THREAD))).number == 4
