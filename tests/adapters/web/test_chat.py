"""The board's troubles, in the words that the ledger understands."""

from __future__ import annotations

from typing import NoReturn

import pytest

from adapters.web.chat import WebChat
from adapters.web.event_feed import EventFeed
from bot.cards.models import Card
from bot.domain.deliveries import DeliveryKey, Operation
from bot.errors import StoreError, TryLater, Uncertain
from bot.ports.chat import Delivery
from tests.fakes import MemoryBoard
from tests.workspace import NOW, PAPERS_CHANNEL


class BrokenBoard(MemoryBoard):
    async def find_by_key(self, key: DeliveryKey) -> NoReturn:
        raise StoreError("The disk is full.")

    async def edit_card(self, *_: object) -> NoReturn:
        raise StoreError("The disk is full.")


def delivery(operation: Operation = "post") -> Delivery:
    return Delivery(
        1, DeliveryKey(PAPERS_CHANNEL, "digest", "2026-11-24", 0, operation), Card(title="One"), parent_message_id="1"
    )


@pytest.mark.parametrize("operation", ["post", "reply", "edit"])
async def test_a_board_that_fails_is_tried_again(operation: Operation) -> None:
    feed = EventFeed("b")
    with pytest.raises(TryLater, match="disk is full") as caught:
        await WebChat(BrokenBoard(), feed).send(delivery(operation), NOW)
    assert caught.value.retry_after > 0
    assert feed.latest_id == "b-0"


async def test_a_board_that_fails_leaves_a_message_uncertain() -> None:
    with pytest.raises(Uncertain):
        await WebChat(BrokenBoard(), EventFeed("b")).find_message(delivery())


async def test_pages_hear_of_a_message_once() -> None:
    feed = EventFeed("b")
    chat = WebChat(MemoryBoard(), feed)
    for _ in range(3):
        await chat.send(delivery(), NOW)
    assert feed.latest_id == "b-1"
