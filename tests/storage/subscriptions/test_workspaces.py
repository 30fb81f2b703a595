"""Workspaces come, change, leave and are forgotten; channels may get another identity."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.cards.models import Card
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DeliveryKey
from bot.domain.follows import Follow
from bot.domain.papers import Paper
from bot.domain.people import Person
from bot.domain.preferences import Preferences
from bot.ports.deliveries import DigestRecord, Draft
from bot.ports.stores import Stores
from bot.ports.workspaces import Workspace
from bot.reasons.reason import to_reason

DAY = timedelta(days=1)
LAB = Workspace("slack", "T1", "Lab", "Europe/Berlin", ("U1",), {"follows": 25}, "E1", "admins")
ROOM = Channel("slack", "T1", "C1", name="papers")
ELSEWHERE = replace(ROOM, workspace="T2")
ANA = Person("U1", "Ana")
DIRECT = Channel("slack", "T1", "U1", ChannelKind.DIRECT)


async def test_a_workspace_is_replaced(stores: Stores, now: datetime) -> None:
    assert await stores.workspaces.get("slack", "T1") is None
    await stores.workspaces.save(LAB)
    assert await stores.workspaces.get("slack", "T1") == LAB
    newer = Workspace("slack", "T1", "Lab 2", "UTC", ("U1", "U2"), left_at=now)
    await stores.workspaces.save(newer)
    assert await stores.workspaces.get("slack", "T1") == newer


async def test_the_workspaces_of_an_organization_are_listed(stores: Stores) -> None:
    await stores.workspaces.save(LAB)
    await stores.workspaces.save(replace(LAB, id="T2"))
    await stores.workspaces.save(replace(LAB, id="T3", organization="E2"))
    assert [workspace.id for workspace in await stores.workspaces.list_for_organization("slack", "E1")] == ["T1", "T2"]


async def test_those_that_left_are_listed(stores: Stores, now: datetime) -> None:
    await stores.workspaces.save(LAB)
    await stores.workspaces.save(replace(LAB, id="T2", left_at=now))
    await stores.workspaces.save(replace(LAB, id="T3", left_at=now - 30 * DAY))
    assert [workspace.id for workspace in await stores.workspaces.list_left_before(now)] == ["T3"]


async def test_those_of_a_platform_are_listed_unless_they_left(stores: Stores, now: datetime) -> None:
    for name, platform, left in (("T2", "slack", None), ("T1", "slack", None), ("T3", "slack", now), ("1", "x", None)):
        await stores.workspaces.save(replace(LAB, id=name, platform=platform, left_at=left))
    assert [workspace.id for workspace in await stores.workspaces.list_for_platform("slack")] == ["T1", "T2"]


async def test_those_of_an_organization_are_listed(stores: Stores, now: datetime) -> None:
    for name, platform, organization in (("T2", "slack", "E1"), ("T3", "slack", ""), ("T4", "slack", "E2")):
        await stores.workspaces.save(replace(LAB, id=name, platform=platform, organization=organization))
    await stores.workspaces.save(replace(LAB, left_at=now))
    await stores.workspaces.save(replace(LAB, id="T5", platform="discord"))
    assert [workspace.id for workspace in await stores.workspaces.list_for_organization("slack", "E1")] == ["T1", "T2"]


async def test_a_forgotten_workspace_leaves_nothing_and_others_alone(stores: Stores, now: datetime) -> None:
    await stores.workspaces.save(LAB)
    await stores.papers.add([Paper("2602.00001", "Graphs")], now)
    for channel in (ROOM, ELSEWHERE, DIRECT):
        standing = await stores.channels.get_or_create(channel, now)
        key = DeliveryKey(channel, "digest", "2026-11-24")
        drafts = (Draft(key, Card("one"), ("2602.00001",)), Draft(replace(key, part=1), Card("two"), (), key))
        edition = DigestRecord(standing, date(2026, 11, 24), "posted", None, {date(2026, 11, 23): None}, drafts)
        assert await stores.digests.commit_digests([edition], now)
        await stores.follows.add(Follow(channel, '"graphs"', ANA, now))
        await stores.mutes_and_saves.mute(channel, "topic", '"robot"', ANA, now)
        await stores.mutes_and_saves.save(channel, "2602.00001", now)
        await stores.mutes_and_saves.record_seen(channel, ["2602.00001"], now)
        await stores.audit.record_change(channel, ANA, "follow", to_reason("follows graphs"), now, before={}, after={})
    assert await stores.workspaces.delete("slack", "T1") == 2
    assert await stores.workspaces.get("slack", "T1") is None
    assert await stores.channels.list_for_workspace("slack", "T1") == []
    assert [standing.channel for standing in await stores.channels.list_for_workspace("slack", "T2")] == [ELSEWHERE]
    assert [follow.channel for follow in await stores.follows.list_all()] == [ELSEWHERE]
    assert await stores.follows.count_by_topic() == {'"graphs"': 1}
    assert await stores.digests.list_past_digests(ELSEWHERE)
    assert await stores.workspaces.delete("slack", "T1") == 0


async def test_a_channel_keeps_what_it_has_under_its_new_id(stores: Stores, now: datetime) -> None:
    new = Channel("slack", "T1", "C9", name="reading")
    await stores.channels.save_preferences(ROOM, Preferences(on=True, number=7), now)
    await stores.follows.add(Follow(ROOM, '"graphs"', ANA, now))
    assert await stores.channels.move_identity(ROOM, new)
    assert (await stores.channels.get_or_create(new, now)).preferences.number == 7
    assert [follow.channel for follow in await stores.follows.list_for_channel(new)] == [new]
    assert not await stores.channels.move_identity(ROOM, new)
    await stores.channels.get_or_create(ROOM, now)
    assert not await stores.channels.move_identity(ROOM, new)
