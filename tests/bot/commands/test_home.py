"""A person's home screen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import cast

import pytest

from bot.cards.models import Card, Page
from bot.commands.table import build_table
from bot.domain.channels import Channel, ChannelKind
from bot.ports.follows import Follows
from bot.reasons.reason import Reason
from tests.bot.commands.conftest import ADAS, BOB, BOBS, NLP, PAPERS, Room


async def home(room: Room, *, channel: Channel = ADAS, visible: Collection[str] = ("papers", "nlp")) -> Page:
    return await room.table.build_home(room.request("help", {}, channel=channel), visible)


async def parts(room: Room, *, visible: Collection[str] = ("papers", "nlp")) -> tuple[Card, Card, Card]:
    follows, channels, saved = (await home(room, visible=visible)).sections
    return follows, channels, saved


async def test_an_empty_home_says_what_to_do(room: Room) -> None:
    follows, channels, saved = await parts(room)
    assert follows.text == "You follow nothing yet. New papers on a topic you follow come as direct messages."
    assert [action.label for action in follows.actions] == ["Follow a topic", "For me", "A digest of your own"]
    assert channels.text == "No channel has a digest yet. Invite the bot to one, and start it there."
    assert saved.text == "Nothing is saved. Every paper has a Save button."


async def test_follows_are_ones_own(room: Room) -> None:
    await room.card("follow diffusion")
    await room.card("follow attention where:here")
    await room.card("mute attention where:me")
    follows, _, _ = await parts(room)
    assert [(item.title, item.section) for item in follows.items] == [
        ("diffusion", "Yours"),
        ('"attention"', "Muted for you"),
    ]
    assert [action.label for action in follows.items[0].actions] == ["Unfollow", "Mute", "Preview"]


async def test_what_others_follow_is_theirs(room: Room) -> None:
    await room.card("follow diffusion")
    page = await room.table.build_home(room.request("help", {}, channel=BOBS, person=BOB), ())
    assert page.sections[0].items == ()


async def test_ones_own_digest_is_told(room: Room) -> None:
    await room.card("digest on start:next", channel=ADAS)
    follows, channels, _ = await parts(room)
    assert follows.text.endswith("Your own digest, by direct message: weekdays 09:00 Europe/Berlin, 5 papers.")
    assert follows.actions[-1].label == "Your digest"
    assert channels.items == ()


async def test_channels_show_their_plan_state_and_last_digest(room: Room) -> None:
    await room.card("digest on start:next")
    await room.card("digest on start:next", channel=NLP)
    await room.card("pause", channel=NLP)
    _, channels, _ = await parts(room)
    nlp, papers = channels.items
    assert (papers.title, nlp.title) == ("#papers", "#nlp-papers")
    assert papers.text.startswith("Next: Wed 25 Nov 09:00")
    assert papers.notes == ("weekdays 09:00 Europe/Berlin, 5 papers", "nothing posted yet")
    assert [(a.label, a.command, a.channel) for a in papers.actions] == [
        ("Settings", "settings", "papers"),
        ("Status", "status", "papers"),
        ("Pause", "pause", "papers"),
    ]
    assert nlp.actions[-1].label == "Resume"


async def test_the_last_digest_is_dated(room: Room) -> None:
    await room.card("digest on start:now")
    _, channels, _ = await parts(room)
    assert channels.items[0].notes[-1] == "nothing posted yet", "it is on its way"
    await room.deliver()
    _, channels, _ = await parts(room)
    assert channels.items[0].notes[-1] == "last on Tue 24 Nov"


async def test_a_channel_that_was_given_up_says_why(room: Room) -> None:
    await room.card("digest on start:next")
    await room.stores.channels.retire(PAPERS, Reason("channel.archived"))
    _, channels, _ = await parts(room)
    assert "the channel was archived" in channels.items[0].text


async def test_channels_that_one_may_not_see_do_not_show(room: Room) -> None:
    await room.card("digest on start:next")
    _, channels, _ = await parts(room, visible=())
    assert channels.items == ()


async def test_at_most_twenty_channels_show(room: Room) -> None:
    standing = await room.stores.channels.get_or_create(PAPERS, room.now)
    for number in range(23):
        there = Channel("web", "local", f"c{number:02}", name=f"c{number:02}")
        await room.stores.channels.get_or_create(there, room.now)
        await room.stores.channels.save_preferences(there, replace(standing.preferences, on=True), None)
    _, channels, _ = await parts(room, visible={f"c{number:02}" for number in range(23)})
    assert len(channels.items) == 20
    assert channels.footer == ("3 more are not shown.",)


async def test_saved_papers_are_the_latest_five(room: Room) -> None:
    for number in range(7):
        await room.card(f"save 2611.2300{number}")
    _, _, saved = await parts(room)
    assert [item.paper for item in saved.items] == [f"2611.2300{n}" for n in (6, 5, 4, 3, 2)]
    assert [action.label for action in saved.actions] == ["Reading list"]


async def test_it_is_the_same_from_wherever_it_is_asked(room: Room) -> None:
    await room.card("follow diffusion")
    assert await home(room, channel=PAPERS) == await home(room, channel=ADAS)
    assert ADAS.kind is ChannelKind.DIRECT


async def test_what_fails_is_told_and_nothing_else(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    desk = replace(room.table.context, stores=replace(room.stores, follows=cast("Follows", None)))
    page = await build_table(desk).build_home(room.request("help", {}), ())
    (card,) = page.sections
    assert card.tone == "failure"
    assert card.text.startswith("Your home can’t be shown now. Reference: ")
    assert card.text.removesuffix(".").split()[-1] in caplog.text
