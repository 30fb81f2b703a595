"""Papers that a message links to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cards.models import Card
from bot.domain.deliveries import DeliveryKey
from bot.domain.papers import Paper
from bot.ports.deliveries import Draft
from tests.bot.commands.conftest import PAPERS, Hugging, Room

LINK = "https://arxiv.org/abs/2611.23000"


async def asked(room: Room, command: str, **arguments: str) -> Card:
    body = (await room.table.answer(room.request(command, arguments))).body
    assert isinstance(body, Card)
    return body


async def wants_cards(room: Room) -> None:
    standing = await room.stores.channels.get_or_create(PAPERS, room.now)
    await room.stores.channels.save_preferences(PAPERS, replace(standing.preferences, unfurls=True), None)


async def test_these_commands_are_for_buttons_only(room: Room) -> None:
    hidden = {command.name for command in room.table.list_commands() if command.hidden}
    assert {"within", "similar within", "unfurl"} <= hidden
    assert not any("within" in item.title for item in (await room.card("help")).items)


async def test_the_papers_of_a_message_are_listed_once_each(room: Room) -> None:
    card = await asked(room, "within", text=f"{LINK}v2 2611.23001 https://huggingface.co/papers/2611.23000 9999.99999")
    assert [item.paper for item in card.items] == ["2611.23000", "2611.23001"]
    assert card.footer == ("1 more was not found.",)


async def test_one_paper_is_shown_in_full(room: Room) -> None:
    card = await asked(room, "within", text=f"look: <{LINK}|this>")
    assert card.items[0].text.startswith("Earlier work is slow.")


async def test_at_most_eight_are_looked_up(room: Room) -> None:
    card = await asked(room, "within", text=" ".join(f"2611.23{n:03}" for n in range(12)))
    assert len(card.items) == 8
    assert card.footer == ("4 more are not shown.",)


async def test_papers_like_the_first_are_listed(room: Room) -> None:
    await room.stores.search_index.refresh()
    card = await asked(room, "similar within", text=f"{LINK} 2611.19000")
    assert card.title == "Papers like “DreamID-Omni”"


@pytest.mark.parametrize("command", ["within", "similar within"])
async def test_a_message_without_papers_is_told(room: Room, command: str) -> None:
    card = await asked(room, command, text="Lunch at 12.30?")
    assert card.tone == "mistake"
    assert card.text.startswith("There is no arXiv id in this message")


async def test_when_none_is_known_that_is_told(room: Room, hugging: Hugging) -> None:
    hugging.down = True
    card = await asked(room, "within", text="9999.99999 9999.99998")
    assert card.text == "None of the papers in this message could be found."


async def test_a_link_has_a_card_where_the_channel_wants_one(room: Room) -> None:
    assert await asked(room, "unfurl", link=LINK) == Card()
    await wants_cards(room)
    (item,) = (await asked(room, "unfurl", link=LINK)).items
    assert (item.votes, item.actions, item.abstract) == (40, (), "")
    assert [link.label for link in item.links] == ["code"]


async def test_a_paper_has_one_card_in_half_an_hour(room: Room) -> None:
    await wants_cards(room)
    assert (await asked(room, "unfurl", link=LINK)).items
    assert await asked(room, "unfurl", link="https://alphaxiv.org/abs/2611.23000v1") == Card()
    assert (await asked(room, "unfurl", link="https://arxiv.org/abs/2611.23001")).items


async def test_a_paper_that_was_posted_says_when(room: Room) -> None:
    await wants_cards(room)
    key = DeliveryKey(PAPERS, "digest", "2026-11-24")
    await room.stores.ledger.add([Draft(key, Card("x"), ("2611.23000",))], room.now)
    assert await asked(room, "unfurl", link=LINK) == Card()
    await room.deliver()
    room.later(minutes=31)
    assert (await asked(room, "unfurl", link=LINK)).footer == ("Posted here Tue 24 Nov 08:00, in a digest.",)


async def test_what_cannot_be_looked_up_has_no_card(room: Room, hugging: Hugging) -> None:
    await wants_cards(room)
    assert await asked(room, "unfurl", link="https://arxiv.org/list/cs.CL/new") == Card()
    hugging.down = True
    assert await asked(room, "unfurl", link="https://arxiv.org/abs/9999.99999") == Card()


async def test_a_paper_that_is_not_stored_is_asked_for(room: Room, hugging: Hugging) -> None:
    await wants_cards(room)
    hugging.known = {"2611.99999": Paper("2611.99999", "New Today", votes=3)}
    (item,) = (await asked(room, "unfurl", link="https://arxiv.org/abs/2611.99999")).items
    assert item.title == "New Today"
