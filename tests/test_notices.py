"""Word to those who can repair something: to one who can be reached, in the language of what it is about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cards import Card
from bot.delivery import Courier
from bot.errors import Gone
from bot.models import Channel, DeliveryKey, Kind, Preferences
from bot.notices import Notices
from bot.ports.ledger import Draft
from bot.ports.places import Workspace
from bot.ports.stores import Stores
from tests.fakes import FakeChat
from tests.stores import open_stores

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
ROOM = Channel("slack", "T1", "C1", name="papers")
LAB = Workspace("slack", "T1", "Lab", managers=("U1", "U2"))
ARCHIVED = "the channel was archived"


def direct(person: str) -> Channel:
    return Channel("slack", "T1", person, Kind.DIRECT)


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    async with open_stores(tmp_path, NOW) as opened:
        await opened.workspaces.put(LAB)
        await opened.channels.set(ROOM, Preferences(on=True, language="de"), NOW + timedelta(days=1))
        yield opened


async def test_the_first_manager_is_told_in_the_language_of_the_channel(stores: Stores) -> None:
    await Notices(stores).stopped(ROOM, ARCHIVED, NOW)
    (notice,) = await stores.ledger.claim(NOW, NOW + timedelta(days=1), 10)
    assert notice.key.channel == direct("U1")
    assert notice.card.language == "de"
    assert "Nothing is posted" not in notice.card.text


async def test_where_one_can_not_be_reached_the_next_is_told_the_same(stores: Stores) -> None:
    chat = FakeChat("slack")
    chat.faults += [Gone("they take none")]
    await Notices(stores).stopped(ROOM, ARCHIVED, NOW)
    await Courier(stores, {"slack": chat}, lambda: NOW).pump()
    assert await chat.board.latest(direct("U1")) == []
    (post,) = await chat.board.latest(direct("U2"))
    assert "papers" in post.card.text


async def test_a_channel_that_falls_silent_again_is_told_of_to_whom_it_reaches(stores: Stores) -> None:
    await stores.channels.open(direct("U1"), NOW)
    await stores.channels.retire(direct("U1"), "they take none")
    await Notices(stores).stopped(ROOM, ARCHIVED, NOW)
    await Notices(stores).stopped(ROOM, ARCHIVED, NOW + timedelta(days=1))
    chat = FakeChat("slack")
    await Courier(stores, {"slack": chat}, lambda: NOW + timedelta(days=1)).pump()
    assert len(await chat.board.latest(direct("U2"))) == 2


async def test_nobody_is_told_of_somebody_elses_direct_messages(stores: Stores) -> None:
    chat = FakeChat("slack")
    chat.faults += [Gone("they take none")]
    await stores.ledger.add([Draft(DeliveryKey(direct("U7"), "alert", "1"), Card("one"))], NOW)
    assert await Courier(stores, {"slack": chat}, lambda: NOW).pump() == 1
    assert not any((await stores.ledger.waiting()).values())


async def test_where_none_is_left_the_log_says_so(stores: Stores, caplog: pytest.LogCaptureFixture) -> None:
    chat = FakeChat("slack")
    chat.faults += [Gone("they take none"), Gone("they take none")]
    await Notices(stores).stopped(ROOM, ARCHIVED, NOW)
    await Courier(stores, {"slack": chat}, lambda: NOW).pump()
    assert "Nobody of slack T1 can be told: slack:T1:C1 2026-11-24T08:00:00" in caplog.text
