"""Slack channels (users.conversations, conversations.members): those that the bot is in, and who is in them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from adapters.slack.clients import SlackClient
from adapters.slack.memory import TtlCache
from bot.domain.channels import Channel, ChannelKind
from bot.errors import SendError
from bot.ports import workspaces
from bot.ports.channels import ChannelState

_CHANNELS_TTL_SECONDS: Final = 60.0
"""Seconds that the list of channels, and a membership, are believed."""
_PAGE_SIZE: Final = 999
"""Channels that Slack tells at once: https://docs.slack.dev/reference/methods/users.conversations."""
_MAX_PAGES: Final = 10


@dataclass(frozen=True, slots=True)
class SlackChannel:
    """A channel that the bot is in."""

    id: str
    name: str
    purpose: str = ""
    topic: str = ""
    is_private: bool = False
    is_archived: bool = False


class ChannelDirectory:
    """What Slack knows of channels; every method raises `bot.errors.SendError` kinds unless it says else."""

    def __init__(self, client: SlackClient, clock: Callable[[], float]) -> None:
        self._client = client
        self._cache = TtlCache(clock)

    async def list_channels(self, workspace: str) -> Sequence[SlackChannel]:
        """Return the channels that the bot is in, by name; of very many, some."""

        async def fetch_channels() -> tuple[SlackChannel, ...]:
            return tuple(
                sorted([_parse_channel(said) async for said in self._iterate_channels(workspace)], key=_get_name)
            )

        channels: tuple[SlackChannel, ...] = await self._cache.get_or_fetch(
            ("rooms", workspace), _CHANNELS_TTL_SECONDS, fetch_channels
        )
        return channels

    async def list_user_channel_ids(self, workspace: str, person: str) -> frozenset[str]:
        """Return the ids of the channels that a person is in; of private ones, those that the bot is in too."""

        async def fetch_channel_ids() -> frozenset[str]:
            return frozenset([said["id"] async for said in self._iterate_channels(workspace, person)])

        channel_ids: frozenset[str] = await self._cache.get_or_fetch(
            ("of", workspace, person), _CHANNELS_TTL_SECONDS, fetch_channel_ids
        )
        return channel_ids

    async def list_shared_channels(self, workspace: str, person: str) -> Sequence[workspaces.ChannelInfo]:
        """Return the channels that the bot and a person are both in."""
        channels, user_channel_ids = (
            await self.list_channels(workspace),
            await self.list_user_channel_ids(workspace, person),
        )
        return [
            workspaces.ChannelInfo(
                Channel("slack", workspace, channel.id, name=channel.name), f"{channel.purpose} {channel.topic}".strip()
            )
            for channel in channels
            if not channel.is_archived and channel.id in user_channel_ids
        ]

    async def is_bot_in(self, channel: Channel) -> bool:
        """Tell whether the bot is in a channel."""
        return any(room.id == channel.id for room in await self.list_channels(channel.workspace))

    def list_contact_channels(self, workspace: workspaces.Workspace) -> Sequence[Channel]:
        """Return the direct messages of those who manage a workspace."""
        return workspace.manager_direct_channels

    def find_display_name(self, channel: Channel, identity: str) -> str:  # noqa: ARG002 - the port's shape
        """Return "": no setting that Slack has names anything by an id."""
        return ""

    async def find_posting_problem(self, channel_state: ChannelState) -> str:
        """Say how to let the bot in where it is not."""
        if await self.is_bot_in(channel_state.channel):
            return ""
        return "Broadsheet is not in this channel, so nothing can be posted: type /invite @Broadsheet."

    async def fill_channel_name(self, channel: Channel) -> Channel:
        """Return a channel with its name, where Slack tells it; never raises."""
        if channel.name or channel.kind is ChannelKind.DIRECT:
            return channel
        try:
            channels = await self.list_channels(channel.workspace)
        except SendError:
            return channel
        return next((replace(channel, name=known.name) for known in channels if known.id == channel.id), channel)

    def invalidate_channels(self, workspace: str) -> None:
        """Believe the list of channels no more: the bot came to one, or left one."""
        self._cache.invalidate(("rooms", workspace))

    async def is_member(self, channel: Channel, person: str) -> bool:
        """Tell whether a person is in a channel; everybody is alone in their direct one."""
        if channel.kind is ChannelKind.DIRECT:
            return channel.id == person

        async def fetch_membership() -> bool:
            pages = _iterate_pages(
                lambda cursor: self._client.call(
                    channel.workspace, "conversations.members", channel=channel.id, limit=1_000, cursor=cursor
                )
            )
            async for page in pages:
                if person in page["members"]:
                    return True
            return False

        is_in: bool = await self._cache.get_or_fetch(
            ("member", channel.key, person), _CHANNELS_TTL_SECONDS, fetch_membership
        )
        return is_in

    async def _iterate_channels(self, workspace: str, person: str = "") -> AsyncIterator[Mapping[str, Any]]:
        """Give the channels of the bot, or of a person, as Slack describes them."""
        arguments: dict[str, Any] = {
            "types": "public_channel,private_channel",
            "limit": _PAGE_SIZE,
            "team_id": workspace,
        }
        arguments |= {"user": person} if person else {}
        pages = _iterate_pages(
            lambda cursor: self._client.call(workspace, "users.conversations", cursor=cursor, **arguments)
        )
        async for page in pages:
            for said in page["channels"]:
                yield said


async def _iterate_pages(
    fetch_page: Callable[[str | None], Awaitable[Mapping[str, Any]]],
) -> AsyncIterator[Mapping[str, Any]]:
    """Give one page after the other; *fetch_page* takes the cursor, None at first."""
    cursor: str | None = None
    for _ in range(_MAX_PAGES):
        page = await fetch_page(cursor)
        yield page
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return


def _parse_channel(data: Mapping[str, Any]) -> SlackChannel:
    return SlackChannel(
        id=data["id"],
        name=data.get("name", ""),
        purpose=data.get("purpose", {}).get("value", ""),
        topic=data.get("topic", {}).get("value", ""),
        is_private=bool(data.get("is_private")),
        is_archived=bool(data.get("is_archived")),
    )


def _get_name(room: SlackChannel) -> str:
    return room.name
