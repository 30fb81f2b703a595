"""A paper gets a thread of its own where people can talk about it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from bot.commands.context import CommandContext
from bot.commands.table import build_table
from bot.domain.channels import ChannelKind
from bot.domain.deliveries import DeliveryKey
from tests.bot.commands.conftest import BOB, BOBS, NLP, NOW, PAPERS, Room

PAPER = "2611.23001"


async def test_a_thread_is_opened_once_for_a_paper(room: Room) -> None:
    said = [(await room.card(f"discuss {PAPER}", person=BOB)).text for _ in range(2)]
    name = "A World Model of Minecraft"
    assert said == [f"“{name}” gets a thread in #papers.", f"“{name}” has a thread in #papers already."]
    post = await room.stores.ledger.find_by_key(DeliveryKey(PAPERS, "discuss", PAPER))
    below = await room.stores.ledger.find_by_key(DeliveryKey(PAPERS, "discuss", PAPER, 1, "reply"))
    assert post
    assert below
    assert post.card.text == "Bob would like to talk about this paper; the thread below is for it."
    assert below.card.text.startswith("Earlier work is slow.")


async def test_each_channel_has_its_own(room: Room) -> None:
    for channel in (PAPERS, NLP):
        assert "gets a thread" in (await room.card(f"discuss {PAPER}", channel=channel)).text


@pytest.mark.parametrize(
    "channel", [BOBS, replace(PAPERS, id="t", kind=ChannelKind.THREAD), replace(PAPERS, kind=ChannelKind.FORUM)]
)
async def test_where_there_are_no_threads_that_is_said(room: Room, channel: Any) -> None:
    assert "A thread can be opened in a channel" in (await room.mistake(f"discuss {PAPER}", channel=channel))[0]


async def test_it_is_offered_where_there_are_others(room: Room) -> None:
    assert "discuss" not in [action.command for action in (await room.card(f"show {PAPER}")).actions]
    among = replace(room, table=build_table(CommandContext(room.stores, directories={"web": cast("Any", None)})))
    assert "discuss" in [action.command for action in (await among.card(f"show {PAPER}")).actions]
    assert "discuss" not in [action.command for action in (await among.card(f"show {PAPER}", channel=BOBS)).actions]


async def test_what_is_no_paper_opens_nothing(room: Room) -> None:
    await room.mistake("discuss nothing at all")
    assert await room.stores.ledger.claim(NOW, NOW, 10) == []
