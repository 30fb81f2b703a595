"""A channel's mute holds whatever brings the paper."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey
from bot.domain.follows import Follow
from bot.domain.people import Person
from bot.domain.topics.parser import parse_topic
from bot.follows import alerts
from bot.ports.stores import Stores
from tests.papers import paper
from tests.stores import open_stores

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
PAPERS = Channel("web", "local", "papers", name="papers")
OTHER = Channel("web", "local", "games", name="games")
ADA = Person("ada", "Ada")
MINECRAFT, PLAIN = paper("2611.1", "A World Model of Minecraft"), paper("2611.2", "A World Model of Seas")


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    """Give a store in which two channels follow a topic, with alerts."""
    async with open_stores(tmp_path, NOW) as opened:
        for channel in (PAPERS, OTHER):
            await opened.channels.get_or_create(channel, NOW)
            await opened.follows.add(Follow(channel, str(parse_topic("world model")), ADA, NOW, alerts=True))
        yield opened


async def alerted(stores: Stores, channel: Channel) -> list[str]:
    keys = {paper: DeliveryKey(channel, "alert", paper) for paper in (MINECRAFT.id, PLAIN.id)}
    return [paper for paper, key in keys.items() if await stores.ledger.find_by_key(key)]


@pytest.mark.parametrize(("kind", "value"), [("topic", str(parse_topic("minecraft"))), ("paper", MINECRAFT.id)])
async def test_an_alert_that_another_topic_brought_is_left_out(stores: Stores, kind: str, value: str) -> None:
    await stores.mutes_and_saves.mute(PAPERS, kind, value, ADA, NOW)  # type: ignore[arg-type]  # one of the two kinds
    later = NOW + timedelta(minutes=10)
    await stores.papers.add([MINECRAFT, PLAIN], later, queue_matching=True)
    await alerts.record_alerts(stores, later)
    assert await alerted(stores, PAPERS) == [PLAIN.id]
    assert await alerted(stores, OTHER) == [MINECRAFT.id, PLAIN.id], "the mute is the one channel's"
