"""The directory, asked over sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.slack import directory
from adapters.slack.directory import ChannelDirectory, SlackChannel
from bot.domain.channels import Channel, ChannelKind
from bot.errors import TryLater
from tests.adapters.slack.delivery_harness import PAPERS, MemoryTokens, open_client
from tests.fakes import FakeMonotonic
from tests.servers.slack import Slack


@pytest.fixture
async def ticks() -> FakeMonotonic:
    return FakeMonotonic()


@pytest.fixture
async def rooms(server: Slack, ticks: FakeMonotonic) -> AsyncIterator[ChannelDirectory]:
    async with open_client(server.url, ticks=ticks) as clients:
        yield ChannelDirectory(clients, ticks)


async def test_the_channels_that_the_bot_is_in_are_listed_with_their_purpose(
    server: Slack, rooms: ChannelDirectory
) -> None:
    server.channel("C2", name="elsewhere", members=("U1",))
    server.channel("C3", name="graphs", members=("UBOT",), private=True)
    server.channel("C4", name="attic", members=("UBOT",), archived=True)
    assert await rooms.list_channels("T1") == (
        SlackChannel("C4", "attic", is_archived=True),
        SlackChannel("C3", "graphs", is_private=True),
        SlackChannel("C1", "papers", "Papers that we read"),
    )


async def test_many_channels_come_in_pages(server: Slack, rooms: ChannelDirectory) -> None:
    for number in range(2_000):
        server.channel(f"C1{number:04}", name=f"room-{number:04}", members=("UBOT",))
    assert len(await rooms.list_channels("T1")) == 2_001
    assert len(server.calls) == 3


async def test_the_number_of_pages_is_bounded(
    server: Slack, rooms: ChannelDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "_MAX_PAGES", 2)
    for number in range(2_100):
        server.channel(f"C1{number:04}", members=("UBOT",))
    assert len(await rooms.list_channels("T1")) == 1_998


async def test_what_the_bot_shares_with_somebody_costs_as_little_for_many_channels(
    server: Slack, rooms: ChannelDirectory
) -> None:
    for number in range(30):
        server.channel(f"G1{number:02}", name=f"g-{number:02}", members=("UBOT", "U1"), private=True, purpose="Plans")
    server.channel("G2", name="others", members=("UBOT", "U2"), private=True)
    server.channel("G3", name="theirs", members=("U1",), private=True)
    server.channel("C4", name="attic", members=("UBOT", "U1"), archived=True)
    shared = await rooms.list_shared_channels("T1", "U1")
    assert [room.channel.name for room in shared] == [*(f"g-{number:02}" for number in range(30)), "papers"]
    assert shared[0].purpose == "Plans"
    assert len(server.calls) == 2


async def test_a_list_is_believed_for_a_minute(server: Slack, rooms: ChannelDirectory, ticks: FakeMonotonic) -> None:
    await rooms.list_channels("T1")
    server.channel("C5", name="new", members=("UBOT",))
    assert len(await rooms.list_channels("T1")) == 1
    ticks.now += 61
    assert len(await rooms.list_channels("T1")) == 2


async def test_what_changes_while_slack_is_asked_is_asked_anew(server: Slack, rooms: ChannelDirectory) -> None:
    held = asyncio.Event()
    server.fail("users.conversations", until=held)
    asked = asyncio.create_task(rooms.list_channels("T1"))
    await server.wait(lambda: server.calls)
    rooms.invalidate_channels("T1")
    held.set()
    await asked
    await rooms.list_channels("T1")
    assert len(server.calls) == 2


async def test_membership_is_of_that_channel(server: Slack, rooms: ChannelDirectory) -> None:
    assert await rooms.is_member(PAPERS, "U1")
    assert not await rooms.is_member(PAPERS, "U2")
    assert not await rooms.is_member(Channel("slack", "T1", "C1", ChannelKind.DIRECT), "U1")
    assert await rooms.is_member(Channel("slack", "T1", "U1", ChannelKind.DIRECT), "U1")


async def test_who_has_just_joined_is_not_told_to_wait(server: Slack, rooms: ChannelDirectory) -> None:
    assert not await rooms.is_member(PAPERS, "U2")
    server.places["C1"].members.add("U2")
    assert await rooms.is_member(PAPERS, "U2")


async def test_somebody_on_a_later_page_is_found(server: Slack, rooms: ChannelDirectory) -> None:
    server.places["C1"].members |= {f"U9{number:04}" for number in range(2_500)}
    assert await rooms.is_member(PAPERS, "U92499")
    assert [call.method for call in server.calls] == ["conversations.members"] * 3


async def test_what_failed_is_not_remembered(server: Slack, rooms: ChannelDirectory) -> None:
    server.fail("users.conversations", status=500)
    with pytest.raises(TryLater):
        await rooms.list_channels("T1")
    assert len(await rooms.list_channels("T1")) == 1


async def test_workspaces_are_told_apart(server: Slack, ticks: FakeMonotonic) -> None:
    server.team("T2")
    server.bot("T2", token="xoxb-2", user="UBOT2")
    server.channel("C7", name="theirs", team="T2", members=("UBOT2",))
    async with open_client(server.url, MemoryTokens({"T1": "xoxb-1", "T2": "xoxb-2"})) as clients:
        rooms = ChannelDirectory(clients, ticks)
        assert [[room.id for room in await rooms.list_channels(team)] for team in ("T1", "T2")] == [["C1"], ["C7"]]
