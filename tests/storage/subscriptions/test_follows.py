"""Follows, matches, and the alerts that are owed."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.cards.models import Card
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey
from bot.domain.follows import Follow
from bot.domain.people import Person
from bot.domain.preferences import Preferences
from bot.ports.deliveries import Draft
from bot.ports.stores import Stores
from bot.reasons.reason import to_reason
from storage.database import Database
from storage.tables import hits, topics
from tests.papers import paper

ROOM = Channel("slack", "T1", "C1", name="papers")
OTHER = Channel("slack", "T1", "C2", name="vision")
ANN = Person("U1", "Ann")
HOUR = timedelta(hours=1)


def _follow(now: datetime, topic: str = "diffusion", channel: Channel = ROOM, *, alerts: bool = True) -> Follow:
    return Follow(channel, topic, ANN, now, alerts)


@pytest.fixture
async def matched(stores: Stores, now: datetime) -> Stores:
    """Stores in which a channel that wants alerts is owed one paper for two topics."""
    await stores.papers.add([paper("1"), paper("2")], now)
    for topic in ("diffusion", "video"):
        await stores.follows.add(_follow(now, topic))
    await stores.follows.record_matches([("diffusion", "1"), ("video", "1")], now + HOUR)
    return stores


async def test_following_twice_only_changes_alerts(stores: Stores, now: datetime) -> None:
    assert await stores.follows.add(_follow(now, alerts=False))
    assert not await stores.follows.add(_follow(now + HOUR))
    assert await stores.follows.list_for_channel(ROOM) == [_follow(now)]


async def test_equal_topics_are_one(stores: Stores, database: Database, now: datetime) -> None:
    await stores.follows.add(_follow(now))
    await stores.follows.add(_follow(now, channel=OTHER))
    await stores.follows.add(_follow(now, "video", OTHER))
    assert await stores.follows.count_by_topic() == {"diffusion": 2, "video": 1}
    assert len(await stores.follows.list_all()) == len(await stores.follows.list_all("slack", "T1")) == 3
    assert await stores.follows.list_all("slack", "T2") == []
    one, two = [(await stores.channels.get_or_create(c, now)).channel_id for c in (ROOM, OTHER)]
    assert await stores.follows.list_topics_by_channel([one, two, 99]) == {
        one: ["diffusion"],
        two: ["diffusion", "video"],
    }


async def test_the_last_unfollow_takes_the_topic_along(matched: Stores, database: Database, now: datetime) -> None:
    assert await matched.follows.remove(ROOM, "unknown") is None
    assert await matched.follows.remove(ROOM, "diffusion") == _follow(now)
    async with database.begin_read() as connection:
        assert [row.text for row in await connection.execute(topics.select())] == ["video"]
        assert len((await connection.execute(hits.select())).all()) == 1


async def test_a_hit_is_new_once(matched: Stores, now: datetime) -> None:
    pairs = [("diffusion", "1"), ("diffusion", "2"), ("nobody", "1"), ("video", "9")]
    assert await matched.follows.record_matches(pairs, now) == 1
    assert await matched.follows.record_matches(pairs, now) == 0
    assert await matched.follows.record_matches([], now) == 0


async def test_owed_is_a_paper_with_all_its_topics(matched: Stores, now: datetime) -> None:
    assert await matched.follows.list_unsent_alerts(now) == {ROOM: [("1", ["diffusion", "video"])]}
    assert await matched.follows.list_unsent_alerts(now + HOUR) == {}


async def test_a_new_follow_starts_now(matched: Stores, now: datetime) -> None:
    await matched.follows.add(_follow(now + HOUR, channel=OTHER))
    assert set(await matched.follows.list_unsent_alerts(now)) == {ROOM}
    await matched.follows.record_matches([("diffusion", "2")], now + 2 * HOUR)
    assert (await matched.follows.list_unsent_alerts(now))[OTHER] == [("2", ["diffusion"])]


async def test_only_alerts_are_owed(matched: Stores, now: datetime) -> None:
    await matched.follows.add(_follow(now, alerts=False))
    assert await matched.follows.list_unsent_alerts(now) == {ROOM: [("1", ["video"])]}


async def test_a_claimed_paper_is_not_owed(matched: Stores, now: datetime) -> None:
    await matched.ledger.add([Draft(DeliveryKey(ROOM, "digest", "x"), Card("t"), ("1",))], now)
    assert await matched.follows.list_unsent_alerts(now) == {}


@pytest.mark.parametrize(("kind", "value", "left"), [("paper", "1", []), ("topic", "video", ["diffusion"])])
async def test_a_mute_is_heeded(matched: Stores, now: datetime, kind: str, value: str, left: list[str]) -> None:
    await matched.mutes_and_saves.mute(ROOM, kind, value, ANN, now)  # type: ignore[arg-type]
    assert await matched.follows.list_unsent_alerts(now) == ({ROOM: [("1", left)]} if left else {})
    await matched.mutes_and_saves.unmute(ROOM, kind, value)  # type: ignore[arg-type]
    assert await matched.follows.list_unsent_alerts(now) == {ROOM: [("1", ["diffusion", "video"])]}


async def test_paused_and_retired_channels_are_owed_nothing(matched: Stores, now: datetime) -> None:
    await matched.channels.save_preferences(ROOM, Preferences(paused=True), None)
    assert await matched.follows.list_unsent_alerts(now) == {}
    await matched.channels.save_preferences(ROOM, replace(Preferences(), paused=False), None)
    assert await matched.follows.list_unsent_alerts(now) != {}
    await matched.channels.retire(ROOM, to_reason("archived"))
    assert await matched.follows.list_unsent_alerts(now) == {}
