"""The directory: the channels that the bot is in, and who is in them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from adapters.slack.clients import Clients
from adapters.slack.memory import Memory
from bot.errors import SendError
from bot.models import Channel, Kind
from bot.ports import places

_FRESH: Final = 60.0
"""Seconds that the list of channels, and a membership, are believed."""
_PAGE: Final = 999
"""Channels that Slack tells at once: https://docs.slack.dev/reference/methods/users.conversations."""
_PAGES: Final = 10


@dataclass(frozen=True, slots=True)
class Room:
    """A channel that the bot is in."""

    id: str
    name: str
    purpose: str = ""
    topic: str = ""
    private: bool = False
    archived: bool = False


class Rooms:
    """What Slack knows of channels; every method raises `bot.errors.SendError` kinds unless it says else."""

    def __init__(self, clients: Clients, clock: Callable[[], float]) -> None:
        self._clients = clients
        self._memory = Memory(clock)

    async def rooms(self, workspace: str) -> Sequence[Room]:
        """Return the channels that the bot is in, by name; of very many, some."""

        async def ask() -> tuple[Room, ...]:
            return tuple(sorted([_room(said) async for said in self._listed(workspace)], key=_name))

        rooms: tuple[Room, ...] = await self._memory.recall(("rooms", workspace), _FRESH, ask)
        return rooms

    async def of(self, workspace: str, person: str) -> frozenset[str]:
        """Return the ids of the channels that a person is in; of private ones, those that the bot is in too."""

        async def ask() -> frozenset[str]:
            return frozenset([said["id"] async for said in self._listed(workspace, person)])

        theirs: frozenset[str] = await self._memory.recall(("of", workspace, person), _FRESH, ask)
        return theirs

    async def shared(self, workspace: str, person: str) -> Sequence[places.Room]:
        """Return the channels that the bot and a person are both in."""
        rooms, theirs = await self.rooms(workspace), await self.of(workspace, person)
        return [
            places.Room(Channel("slack", workspace, room.id, name=room.name), f"{room.purpose} {room.topic}".strip())
            for room in rooms
            if not room.archived and room.id in theirs
        ]

    async def joined(self, channel: Channel) -> bool:
        """Tell whether the bot is in a channel."""
        return any(room.id == channel.id for room in await self.rooms(channel.workspace))

    def reach(self, workspace: places.Workspace) -> Sequence[Channel]:
        """Return the direct messages of those who manage a workspace."""
        return workspace.directs

    def called(self, channel: Channel, identity: str) -> str:  # noqa: ARG002 - the port's shape
        """Return "": no setting that Slack has names anything by an id."""
        return ""

    async def trouble(self, standing: places.Standing) -> str:
        """Say how to let the bot in where it is not."""
        if await self.joined(standing.channel):
            return ""
        return "Broadsheet is not in this channel, so nothing can be posted: type /invite @Broadsheet."

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
        self._memory.forget(("rooms", workspace))

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

    async def _listed(self, workspace: str, person: str = "") -> AsyncIterator[Mapping[str, Any]]:
        """Give the channels of the bot, or of a person, as Slack describes them."""
        asked: dict[str, Any] = {"types": "public_channel,private_channel", "limit": _PAGE, "team_id": workspace}
        asked |= {"user": person} if person else {}
        pages = _pages(lambda cursor: self._clients.call(workspace, "users.conversations", cursor=cursor, **asked))
        async for page in pages:
            for said in page["channels"]:
                yield said


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
    )


def _name(room: Room) -> str:
    return room.name
