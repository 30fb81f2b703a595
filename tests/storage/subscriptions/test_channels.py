"""Channels: settings, the clock's query, retiring."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from bot.cards.models import Card
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DeliveryKey, DeliveryState
from bot.domain.feed import FeedMode
from bot.domain.preferences import Preferences
from bot.domain.schedules import Cadence, Schedule
from bot.ports.deliveries import Draft
from bot.ports.stores import Stores
from bot.reasons.reason import to_reason
from storage.database import Database
from storage.subscriptions.channels import build_due_query

ROOM = Channel("slack", "T1", "C1", ChannelKind.FORUM, "papers")
ON = Preferences(on=True)


async def test_a_new_channel_has_the_defaults(stores: Stores, now: datetime) -> None:
    standing = await stores.channels.get_or_create(ROOM, now)
    assert (standing.channel, standing.preferences, standing.next_run) == (ROOM, Preferences(), None)
    assert (standing.retired_reason, standing.known_since) == (None, now)
    assert await stores.channels.get_or_create(ROOM, now + timedelta(days=1)) == standing


async def test_a_renamed_channel_gets_its_name(stores: Stores, now: datetime) -> None:
    await stores.channels.get_or_create(ROOM, now)
    assert (await stores.channels.get_or_create(replace(ROOM, name="news"), now)).channel.name == "news"
    assert (await stores.channels.get_or_create(replace(ROOM, name=""), now)).channel.name == "news"


async def test_every_preference_comes_back(stores: Stores, now: datetime) -> None:
    schedule = Schedule(time(17, 30), "Asia/Kolkata", (1, 5), Cadence.WEEKLY)
    wishes = Preferences(
        on=True, schedule=schedule, number=9, min_votes=3, your_topics=False, mode=FeedMode.TRENDING, abstracts=True,
        say_when_empty=True, repeats=True, paused=True,
    )  # fmt: skip
    await stores.channels.save_preferences(ROOM, wishes, now)
    standing = await stores.channels.get_or_create(ROOM, now)
    assert (standing.preferences, standing.next_run, standing.due) == (wishes, now, now)


async def test_only_those_whose_time_has_come_are_due(stores: Stores, now: datetime) -> None:
    rooms = {
        "late": (ON, now - timedelta(hours=1)),
        "due": (ON, now),
        "early": (ON, now + timedelta(seconds=1)),
        "off": (Preferences(), now),
        "paused": (replace(ON, paused=True), now),
        "retired": (ON, now),
        "never": (ON, None),
    }
    for name, (preferences, next_run) in rooms.items():
        await stores.channels.save_preferences(Channel("slack", "T1", name), preferences, next_run)
    await stores.channels.retire(Channel("slack", "T1", "retired"), to_reason("archived"))
    assert [s.channel.id for s in await stores.channels.list_due(now, 10)] == ["late", "due"]
    assert [s.channel.id for s in await stores.channels.list_due(now, 1)] == ["late"]
    assert {s.channel.id for s in await stores.channels.list_enabled()} == {"late", "due", "early", "never"}


async def test_the_clock_reads_the_partial_index(database: Database, now: datetime) -> None:
    query = str(build_due_query(now, 100).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    async with database.begin_read() as connection:
        plan = [row.detail for row in await connection.execute(text(f"EXPLAIN QUERY PLAN {query}"))]
    assert plan == ["SEARCH channels USING INDEX ix_channels_listening (next_run<?)"]


async def test_waiting_sets_the_clock_but_keeps_the_post(stores: Stores, now: datetime) -> None:
    await stores.channels.save_preferences(ROOM, ON, now)
    (standing,) = await stores.channels.list_due(now, 1)
    again = now + timedelta(minutes=10)
    await stores.digests.postpone_digests([(standing, now, again)])
    standing = await stores.channels.get_or_create(ROOM, now)
    assert (standing.due, standing.next_run) == (now, again)


async def test_retiring_gives_up_what_waits(stores: Stores, now: datetime) -> None:
    key = DeliveryKey(ROOM, "digest", "2026-11-24")
    await stores.ledger.add([Draft(key, Card("t"))], now)
    assert await stores.channels.retire(ROOM, to_reason("it was archived"))
    assert not await stores.channels.retire(ROOM, to_reason("again"))
    found = await stores.ledger.find_by_key(key)
    assert found
    assert (found.state, found.reason) == (DeliveryState.DEAD, to_reason("it was archived"))
    await stores.channels.restore(ROOM, now, now)
    standing = await stores.channels.get_or_create(ROOM, now)
    assert (standing.retired_reason, standing.next_run) == (None, now)


async def test_a_workspace_lists_its_own(stores: Stores, now: datetime) -> None:
    for place in (
        ROOM,
        Channel("slack", "T1", "C2", name="a"),
        Channel("slack", "T2", "C3"),
        Channel("web", "T1", "x"),
    ):
        await stores.channels.get_or_create(place, now)
    assert [s.channel.id for s in await stores.channels.list_for_workspace("slack", "T1")] == ["C2", "C1"]


@pytest.mark.parametrize("hostile", ["a:b", "'; DROP TABLE channels", "\N{RIGHT-TO-LEFT OVERRIDE}"])
async def test_odd_names_are_only_names(stores: Stores, now: datetime, hostile: str) -> None:
    await stores.channels.get_or_create(Channel("slack", hostile, hostile, name=hostile), now)
    assert [s.channel.id for s in await stores.channels.list_for_workspace("slack", hostile)] == [hostile]
