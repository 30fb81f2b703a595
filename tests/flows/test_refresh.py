"""Votes of posted digests: edited into the message, never its order or numbers."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.digests import planning
from bot.digests.refresh import refresh
from bot.models import Channel, DeliveryKey, DeliveryState
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
        await planning.plan(opened, MONDAY)
        for delivery in await opened.ledger.claim(MONDAY, MONDAY + timedelta(minutes=1), 10):
            await opened.ledger.settle(delivery.id, DeliveryState.SENT, MONDAY, message="m1")
        yield opened


async def vote(stores: Stores, votes: int, now: datetime) -> None:
    await stores.papers.add([paper("2611.13004", votes=votes, listed=date(2026, 11, 13))], now)


async def test_moved_votes_are_edited_in_with_order_and_numbers_kept(stores: Stores) -> None:
    later = MONDAY + timedelta(hours=6)
    await vote(stores, 500, later)
    assert await refresh(stores, later) == 1
    edit = (await stores.ledger.claim(later, later + timedelta(minutes=1), 10))[0]
    assert edit.key == DeliveryKey(PAPERS, "digest", "2026-11-16", 1, "edit")
    assert edit.parent == "m1"
    assert [item.votes for item in edit.card.items] == [100, 99, 98, 97, 500]
    assert [item.number for item in edit.card.items] == [1, 2, 3, 4, 5]


async def test_an_edit_is_made_once_for_each_of_two_ages(stores: Stores) -> None:
    await vote(stores, 500, MONDAY)
    assert await refresh(stores, MONDAY + timedelta(hours=1)) == 0, "too early"
    assert await refresh(stores, MONDAY + timedelta(hours=6)) == 1
    assert await refresh(stores, MONDAY + timedelta(hours=7)) == 0
    await vote(stores, 600, MONDAY + timedelta(hours=24))
    assert await refresh(stores, MONDAY + timedelta(hours=24)) == 1
    assert await refresh(stores, MONDAY + timedelta(hours=30)) == 0


async def test_votes_that_did_not_move_are_left_alone(stores: Stores) -> None:
    assert await refresh(stores, MONDAY + timedelta(hours=6)) == 0
