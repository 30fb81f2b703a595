"""Votes of posted digests: edited into the message, never its order or numbers."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.cards import paper_items
from bot.cards.models import Card
from bot.digests import planner
from bot.digests.vote_refresh import refresh_votes
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey, DeliveryState
from bot.ports.deliveries import Draft, Settlement
from bot.ports.stores import Stores
from tests.papers import paper, publish, subscribe
from tests.stores import open_stores

FRIDAY = datetime(2026, 11, 13, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)
PAPERS = Channel("web", "local", "papers", name="papers")
POST = DeliveryKey(PAPERS, "digest", "2026-11-16")


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    """Give a store whose channel got Monday's digest."""
    async with open_stores(tmp_path, FRIDAY) as opened:
        await subscribe(opened, PAPERS, "Europe/Berlin", FRIDAY)
        await publish(opened, date(2026, 11, 13), FRIDAY)
        await planner.plan_due_digests(opened, MONDAY)
        for delivery in await opened.ledger.claim(MONDAY, MONDAY + timedelta(minutes=1), 10):
            await opened.ledger.settle(delivery, Settlement(DeliveryState.SENT, message="m1"), MONDAY)
        yield opened


async def vote(stores: Stores, votes: int, now: datetime) -> None:
    await stores.papers.add([paper("2611.13004", votes=votes, listed=date(2026, 11, 13))], now)


async def test_moved_votes_are_edited_in_with_order_and_numbers_kept(stores: Stores) -> None:
    later = MONDAY + timedelta(hours=6)
    await vote(stores, 500, later)
    assert await refresh_votes(stores, later) == 1
    edit = (await stores.ledger.claim(later, later + timedelta(minutes=1), 10))[0]
    assert edit.key == DeliveryKey(PAPERS, "digest", "2026-11-16", 1, "edit")
    assert edit.parent_message_id == "m1"
    assert [item.votes for item in edit.card.items] == [100, 99, 98, 97, 500]
    assert [item.number for item in edit.card.items] == [1, 2, 3, 4, 5]


async def test_an_edit_is_made_once_for_each_of_two_ages(stores: Stores) -> None:
    await vote(stores, 500, MONDAY)
    assert await refresh_votes(stores, MONDAY + timedelta(hours=1)) == 0, "too early"
    assert await refresh_votes(stores, MONDAY + timedelta(hours=6)) == 1
    assert await refresh_votes(stores, MONDAY + timedelta(hours=7)) == 0
    await vote(stores, 600, MONDAY + timedelta(hours=24))
    assert await refresh_votes(stores, MONDAY + timedelta(hours=24)) == 1
    assert await refresh_votes(stores, MONDAY + timedelta(hours=30)) == 0


async def test_many_digests_of_one_hour_are_all_brought_up_to_date(stores: Stores) -> None:
    """More than are read at once, all sent at the same moment, and the first of them with votes that did not move."""
    rooms = [replace(PAPERS, id=f"room{n}", name=f"room{n}") for n in range(7)]
    still, moved = paper("2611.00001", votes=1), paper("2611.00002", votes=1)
    await stores.papers.add([still, moved], MONDAY)
    for n, room in enumerate(rooms):
        card = Card(items=(paper_items.build_paper_item(moved if n >= 4 else still, number=1),))
        await stores.ledger.add([Draft(replace(POST, channel=room), card)], MONDAY)
    for delivery in await stores.ledger.claim(MONDAY, MONDAY + timedelta(minutes=1), 10):
        await stores.ledger.settle(delivery, Settlement(DeliveryState.SENT, message="m"), MONDAY)
    await stores.papers.add([replace(moved, votes=9)], MONDAY)
    for hour in (6, 7):
        await refresh_votes(stores, MONDAY + timedelta(hours=hour), batch_size=2)
    edits = [await stores.ledger.find_by_key(replace(POST, channel=room, part=1, operation="edit")) for room in rooms]
    assert [[item.votes for item in edit.card.items] if edit else [] for edit in edits] == [[]] * 4 + [[9]] * 3


async def test_votes_that_did_not_move_are_left_alone(stores: Stores) -> None:
    assert await refresh_votes(stores, MONDAY + timedelta(hours=6)) == 0
