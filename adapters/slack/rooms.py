"""The directory: the channels that the bot is in, who is in them, and what Slack says of people."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from adapters.slack.clients import Clients
from bot.errors import SendError
from bot.models import Channel, Kind
from bot.ports import places

_FRESH: Final = 60.0
"""Seconds that the list of channels, and a membership, are believed."""
_STEADY: Final = 300.0
"""Seconds that what is said of a person or a group is believed."""
_PAGES: Final = 10
_MOST: Final = 5_000


@dataclass(frozen=True, slots=True)
class Room:
    """A channel that the bot is in. ``members`` is 0 where Slack does not say."""

    id: str
    name: str
    purpose: str = ""
    topic: str = ""
    private: bool = False
    archived: bool = False
    members: int = 0


@dataclass(slots=True)
class _Memory:
    """Answers that are believed for a while; ``clock`` gives monotonic seconds."""

    clock: Callable[[], float]
    held: dict[tuple[str, ...], tuple[float, Any]] = field(default_factory=dict)

    async def recall(self, key: tuple[str, ...], seconds: float, ask: Callable[[], Awaitable[Any]]) -> Any:
        """Return what was answered in the last *seconds*, or ask; an answer that is false is not kept."""
        known = self.held.get(key)
        if known and known[0] > self.clock():
            return known[1]
        answer = await ask()
        if len(self.held) >= _MOST:
            self.held.clear()
        if answer:
            self.held[key] = (self.clock() + seconds, answer)
        return answer


class Rooms:
    """What Slack knows of channels and people; every method raises `bot.errors.SendError` kinds unless it says else."""

    def __init__(self, clients: Clients, clock: Callable[[], float]) -> None:
        self._clients = clients
        self._memory = _Memory(clock)

    async def rooms(self, workspace: str) -> Sequence[Room]:
        """Return the channels that the bot is in, by name; of very many, some."""

        async def ask() -> tuple[Room, ...]:
            kinds = "public_channel,private_channel"
            pages = _pages(
                lambda cursor: self._clients.call(
                    workspace, "users.conversations", types=kinds, limit=200, team_id=workspace, cursor=cursor
                )
            )
            return tuple(sorted([_room(one) async for page in pages for one in page["channels"]], key=_name))

        rooms: tuple[Room, ...] = await self._memory.recall(("rooms", workspace), _FRESH, ask)
        return rooms

    async def shared(self, workspace: str, person: str) -> Sequence[places.Room]:
        """Return the channels that the bot and a person are both in."""
        rooms = [(Channel("slack", workspace, room.id, name=room.name), room) for room in await self.rooms(workspace)]
        return [
            places.Room(channel, f"{room.purpose} {room.topic}".strip())
            for channel, room in rooms
            if not room.archived and await self.member(channel, person)
        ]

    async def joined(self, channel: Channel) -> bool:
        """Tell whether the bot is in a channel."""
        return any(room.id == channel.id for room in await self.rooms(channel.workspace))

    async def named(self, channel: Channel) -> Channel:
        """Return a channel with its name, where Slack tells it; never raises."""
        if channel.name or channel.kind is Kind.DIRECT:
            return channel
        try:
            rooms = await self.rooms(channel.workspace)
        except SendError:
            return channel
        return next((replace(channel, name=room.name) for room in rooms if room.id == channel.id), channel)

    def forget(self, workspace: str) -> None:
        """Believe the list of channels no more: the bot came to one, or left one."""
        self._memory.held.pop(("rooms", workspace), None)

    async def member(self, channel: Channel, person: str) -> bool:
        """Tell whether a person is in a channel; everybody is alone in their direct one."""
        if channel.kind is Kind.DIRECT:
            return channel.id == person

        async def ask() -> bool:
            pages = _pages(
                lambda cursor: self._clients.call(
                    channel.workspace, "conversations.members", channel=channel.id, limit=1_000, cursor=cursor
                )
            )
            async for page in pages:
                if person in page["members"]:
                    return True
            return False

        known: bool = await self._memory.recall(("member", channel.key, person), _FRESH, ask)
        return known

    async def zone(self, workspace: str, person: str) -> str:
        """Return the IANA zone of a person's profile, or "" where Slack does not tell; never raises."""
        try:
            return str((await self._person(workspace, person)).get("tz") or "")
        except SendError:
            return ""

    async def called(self, workspace: str, person: str) -> str:
        """Return a person's name, or "" where Slack does not tell; never raises."""
        try:
            return str((await self._person(workspace, person)).get("name") or "")
        except SendError:
            return ""

    async def admin(self, workspace: str, person: str) -> bool:
        """Tell whether a person administers or owns the workspace."""
        said = await self._person(workspace, person)
        return not said.get("deleted") and any(said.get(role) is True for role in ("is_admin", "is_owner"))

    async def group(self, workspace: str, group: str) -> frozenset[str]:
        """Return the members of a user group (its id, S…)."""

        async def ask() -> frozenset[str]:
            call = self._clients.call(workspace, "usergroups.users.list", usergroup=group, team_id=workspace)
            return frozenset((await call)["users"])

        members: frozenset[str] = await self._memory.recall(("group", workspace, group), _STEADY, ask)
        return members

    async def _person(self, workspace: str, person: str) -> Mapping[str, Any]:
        async def ask() -> Mapping[str, Any]:
            return (await self._clients.call(workspace, "users.info", user=person)).get("user") or {}

        said: Mapping[str, Any] = await self._memory.recall(("person", workspace, person), _STEADY, ask)
        return said


async def _pages(ask: Callable[[str | None], Awaitable[Mapping[str, Any]]]) -> AsyncIterator[Mapping[str, Any]]:
    """Give one page after the other; *ask* takes the cursor, None at first."""
    cursor: str | None = None
    for _ in range(_PAGES):
        page = await ask(cursor)
        yield page
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return


def _room(said: Mapping[str, Any]) -> Room:
    return Room(
        id=said["id"],
        name=said.get("name", ""),
        purpose=said.get("purpose", {}).get("value", ""),
        topic=said.get("topic", {}).get("value", ""),
        private=bool(said.get("is_private")),
        archived=bool(said.get("is_archived")),
        members=said.get("num_members", 0),
    )


def _name(room: Room) -> str:
    return room.name
