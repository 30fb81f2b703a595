"""People and their groups, asked over sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.slack.directory import UserDirectory
from bot.errors import Gone, SendError
from tests.adapters.slack.delivery_harness import MemoryTokens, open_client
from tests.fakes import FakeMonotonic
from tests.servers.slack import Slack


@pytest.fixture
async def ticks() -> FakeMonotonic:
    return FakeMonotonic()


@pytest.fixture
async def people(server: Slack, ticks: FakeMonotonic) -> AsyncIterator[UserDirectory]:
    async with open_client(server.url, ticks=ticks) as clients:
        yield UserDirectory(clients, ticks)


async def test_a_person_is_asked_after_once(server: Slack, people: UserDirectory, ticks: FakeMonotonic) -> None:
    server.person("U2", name="Bo", tz="Asia/Kolkata")
    assert (await people.get_timezone("T1", "U2"), await people.is_admin("T1", "U2")) == ("Asia/Kolkata", False)
    assert (await people.get_timezone("T1", "U1"), await people.is_admin("T1", "U1")) == ("Europe/Berlin", True)
    assert len(server.calls) == 2
    server.person("U1", admin=False)
    ticks.now += 301
    assert not await people.is_admin("T1", "U1")


async def test_without_the_permission_a_zone_is_not_known_and_nobody_is_an_admin(server: Slack) -> None:
    server.bot("T1", token="xoxb-small", scopes={"chat:write"})
    async with open_client(server.url, MemoryTokens({"T1": "xoxb-small"})) as clients:
        people = UserDirectory(clients, FakeMonotonic())
        assert await people.get_timezone("T1", "U1") == ""
        with pytest.raises(Gone, match="users:read"):
            await people.is_admin("T1", "U1")


async def test_a_group_has_members(server: Slack, people: UserDirectory) -> None:
    server.group("S1", members=("U1", "U2"))
    for _ in range(3):
        assert await people.list_user_group_members("T1", "S1") == {"U1", "U2"}
    assert len(server.calls) == 1
    with pytest.raises(SendError):
        await people.list_user_group_members("T1", "S404")


async def test_groups_are_known_by_their_handles(server: Slack, people: UserDirectory) -> None:
    server.team("T2")
    server.group("S1", handle="leads")
    server.group("S2", handle="others", team="T2")
    assert await people.list_user_groups("T1") == {"leads": "S1"}
