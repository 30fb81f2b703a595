"""Sharing: once, within a limit, signed, and what the asker typed as theirs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cards.models import Card
from bot.commands.share import MAX_SHARES
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DeliveryState
from bot.ports.chat import Delivery
from bot.ports.deliveries import Settlement
from tests.bot.commands.conftest import BOB, NLP, PAPERS, Room

THREAD = Channel("web", "local", "thread", ChannelKind.THREAD, "a thread")


async def share(room: Room, line: str, answer_id: str, thread: Channel | None = None) -> str:
    """Press Share in a private answer; return what is said."""
    name, arguments = room.table.parse_line(line)
    request = room.request(name, arguments, share=True, person=BOB, answer_id=answer_id, thread=thread)
    body = (await room.table.answer(request)).body
    assert isinstance(body, Card)
    return body.text


async def posted(room: Room) -> list[Delivery]:
    """Return what was recorded to be posted, and take it."""
    found: list[Delivery] = []
    while some := await room.stores.ledger.claim(room.now, room.now + timedelta(minutes=1), 50):
        found += some
        for each in some:
            await room.stores.ledger.settle(each, Settlement(DeliveryState.SENT, message=str(each.id)), room.now)
    return found


async def test_an_answer_is_shared_once(room: Room) -> None:
    assert await share(room, "search method", "m1") == "It is on its way to #papers."
    assert await share(room, "search method", "m1") == "This is on its way to #papers already; it is posted once."
    assert len(await posted(room)) == 1
    assert await share(room, "search method", "m1") == "You shared this in #papers already; it is not posted again."
    assert await posted(room) == []


async def test_another_page_another_answer_and_another_place_are_others(room: Room) -> None:
    for line, answer_id, thread in (
        ("search method", "m1", None),
        ("search method page:2", "m1", None),
        ("search method", "m2", None),
        ("search method", "m1", THREAD),
    ):
        assert (await share(room, line, answer_id, thread)).startswith("It is on its way")
    assert len(await posted(room)) == 4


async def test_two_presses_at_once_post_once(room: Room) -> None:
    said = await asyncio.gather(*(share(room, "search method", "m1") for _ in range(4)))
    assert sorted(text.startswith("It is on its way") for text in said) == [False, False, False, True]
    assert len(await posted(room)) == 1


async def test_what_did_not_get_through_may_be_shared_again(room: Room) -> None:
    await share(room, "search method", "m1")
    (lost,) = await room.stores.ledger.claim(room.now, room.now + timedelta(minutes=1), 5)
    await room.stores.ledger.settle(lost, Settlement(DeliveryState.DEAD), room.now)
    assert await share(room, "search method", "m1") == "It is on its way to #papers."
    assert len(await posted(room)) == 1


async def test_nobody_fills_a_channel(room: Room) -> None:
    for number in range(MAX_SHARES):
        assert (await share(room, "search method", f"m{number}")).startswith("It is on its way")
    room.later(seconds=30)
    assert await share(room, "search method", "more") == (
        "You shared 5 answers in #papers just now; wait 10 minutes, then share again."
    )
    assert (await share(room, "search method", "m0")).startswith("This is on its way"), "known ones are told as such"
    assert len(await posted(room)) == MAX_SHARES
    name, arguments = room.table.parse_line("search method")
    elsewhere = room.request(name, arguments, share=True, person=BOB, answer_id="more", channel=NLP)
    body = (await room.table.answer(elsewhere)).body
    assert isinstance(body, Card)
    assert body.text == "It is on its way to #nlp-papers."
    room.later(minutes=10)
    assert await share(room, "search method", "more") == "It is on its way to #papers."


@pytest.mark.parametrize("line", ["search method", "preview method", "preview zebras"])
async def test_words_of_the_asker_are_small_print_behind_their_name(room: Room, line: str) -> None:
    command, _, query = line.partition(" ")
    await share(room, line, "m1")
    (delivery,) = await posted(room)
    card = delivery.card
    assert card.folio[:2] == ("Shared by Bob", f"{command}: {query}")
    assert query not in f"{card.title} {card.text} {card.fallback}"
    assert not any("Shared by" in line for line in card.footer)


async def test_what_has_no_words_of_theirs_is_signed_below(room: Room) -> None:
    await share(room, "why 2611.23000", "m1")
    (delivery,) = await posted(room)
    assert delivery.card.footer[-1] == "Shared by Bob."


async def test_what_was_searched_for_is_in_no_key(room: Room) -> None:
    await share(room, "search method", "m1")
    await share(room, "search video", "m1")
    (delivery,) = await posted(room)
    assert delivery.key.subject.startswith("m1:"), "in one private message the words are the same"
    assert replace(delivery.key, subject="").channel == PAPERS
