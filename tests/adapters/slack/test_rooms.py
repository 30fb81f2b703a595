"""The directory, asked over sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.slack.rooms import Room, Rooms
from bot.errors import Gone, SendError, TryLater
from bot.models import Channel, Kind
from tests.adapters.slack.outbound import PAPERS, Keys, Ticks, calling, furnish
from tests.servers.slack import Slack, slack


@pytest.fixture
async def server() -> AsyncIterator[Slack]:
    async with slack() as server:
        furnish(server)
        yield server


@pytest.fixture
async def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
async def rooms(server: Slack, ticks: Ticks) -> AsyncIterator[Rooms]:
    async with calling(server.url, ticks=ticks) as clients:
        yield Rooms(clients, ticks)


async def test_the_channels_that_the_bot_is_in_are_listed_with_their_purpose(server: Slack, rooms: Rooms) -> None:
    server.channel("C2", name="elsewhere", members=("U1",))
    server.channel("C3", name="graphs", members=("UBOT",), private=True)
    server.channel("C4", name="attic", members=("UBOT",), archived=True)
    assert await rooms.rooms("T1") == (
        Room("C4", "attic", archived=True, members=1),
        Room("C3", "graphs", private=True, members=1),
        Room("C1", "papers", "Papers that we read", members=2),
    )


async def test_many_channels_come_in_pages(server: Slack, rooms: Rooms) -> None:
    for number in range(450):
        server.channel(f"C1{number:03}", name=f"room-{number:03}", members=("UBOT",))
    assert len(await rooms.rooms("T1")) == 451
    assert len(server.calls) == 3


async def test_the_number_of_pages_is_bounded(server: Slack, rooms: Rooms) -> None:
    for number in range(2_100):
        server.channel(f"C1{number:04}", members=("UBOT",))
    assert len(await rooms.rooms("T1")) == 2_000


async def test_a_list_is_believed_for_a_minute(server: Slack, rooms: Rooms, ticks: Ticks) -> None:
    await rooms.rooms("T1")
    server.channel("C5", name="new", members=("UBOT",))
    assert len(await rooms.rooms("T1")) == 1
    ticks.now += 61
    assert len(await rooms.rooms("T1")) == 2


async def test_membership_is_of_that_channel(server: Slack, rooms: Rooms) -> None:
    assert await rooms.member(PAPERS, "U1")
    assert not await rooms.member(PAPERS, "U2")
    assert not await rooms.member(Channel("slack", "T1", "C1", Kind.DIRECT), "U1")
    assert await rooms.member(Channel("slack", "T1", "U1", Kind.DIRECT), "U1")


async def test_who_has_just_joined_is_not_told_to_wait(server: Slack, rooms: Rooms) -> None:
    assert not await rooms.member(PAPERS, "U2")
    server.places["C1"].members.add("U2")
    assert await rooms.member(PAPERS, "U2")


async def test_somebody_on_a_later_page_is_found(server: Slack, rooms: Rooms) -> None:
    server.places["C1"].members |= {f"U9{number:04}" for number in range(2_500)}
    assert await rooms.member(PAPERS, "U92499")
    assert [call.method for call in server.calls] == ["conversations.members"] * 3


async def test_a_person_is_asked_after_once(server: Slack, rooms: Rooms, ticks: Ticks) -> None:
    server.person("U2", name="Bo", tz="Asia/Kolkata")
    assert (await rooms.zone("T1", "U2"), await rooms.admin("T1", "U2")) == ("Asia/Kolkata", False)
    assert (await rooms.zone("T1", "U1"), await rooms.admin("T1", "U1")) == ("Europe/Berlin", True)
    assert len(server.calls) == 2
    server.person("U1", admin=False)
    ticks.now += 301
    assert not await rooms.admin("T1", "U1")


async def test_without_the_permission_a_zone_is_not_known_and_nobody_is_an_admin(server: Slack) -> None:
    server.bot("T1", token="xoxb-small", scopes={"chat:write"})
    async with calling(server.url, Keys({"T1": "xoxb-small"})) as clients:
        rooms = Rooms(clients, Ticks())
        assert await rooms.zone("T1", "U1") == ""
        with pytest.raises(Gone, match="users:read"):
            await rooms.admin("T1", "U1")


async def test_a_group_has_members(server: Slack, rooms: Rooms) -> None:
    server.group("S1", members=("U1", "U2"))
    for _ in range(3):
        assert await rooms.group("T1", "S1") == {"U1", "U2"}
    assert len(server.calls) == 1
    with pytest.raises(SendError):
        await rooms.group("T1", "S404")


async def test_what_failed_is_not_remembered(server: Slack, rooms: Rooms) -> None:
    server.fail("users.conversations", status=500)
    with pytest.raises(TryLater):
        await rooms.rooms("T1")
    assert len(await rooms.rooms("T1")) == 1


async def test_workspaces_are_told_apart(server: Slack, ticks: Ticks) -> None:
    server.team("T2")
    server.bot("T2", token="xoxb-2", user="UBOT2")
    server.channel("C7", name="theirs", team="T2", members=("UBOT2",))
    async with calling(server.url, Keys({"T1": "xoxb-1", "T2": "xoxb-2"})) as clients:
        rooms = Rooms(clients, ticks)
        assert [[room.id for room in await rooms.rooms(team)] for team in ("T1", "T2")] == [["C1"], ["C7"]]
