"""Slack users and user groups (users.info, usergroups.list): time zone, name, admin role, group members."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from adapters.slack.api.cache import AnswerCache
from adapters.slack.api.client import SlackClient
from bot.domain.channels import Channel, ChannelKind
from bot.errors import SendError
from bot.ports import workspaces
from bot.ports.channels import ChannelState

_USERS_TTL_SECONDS: Final = 300.0
"""Seconds that what is said of a person or a group is believed."""

_CHANNELS_TTL_SECONDS: Final = 60.0
"""Seconds that the list of channels, and a membership, are believed."""
_PAGE_SIZE: Final = 999
"""Channels that Slack tells at once: https://docs.slack.dev/reference/methods/users.conversations."""
_MAX_PAGES: Final = 10


class UserDirectory:
    """The people of the workspaces; every method raises `bot.errors.SendError` kinds unless it says else."""

    def __init__(self, client: SlackClient, clock: Callable[[], float]) -> None:
        self._client = client
        self._cache = AnswerCache(_USERS_TTL_SECONDS, clock)

    async def get_timezone(self, workspace: str, person: str) -> str:
        """Return the IANA zone of a person's profile, or "" where Slack does not tell; never raises."""
        return await self._get_profile_field(workspace, person, "tz")

    async def get_name(self, workspace: str, person: str) -> str:
        """Return a person's name, or "" where Slack does not tell; never raises."""
        return await self._get_profile_field(workspace, person, "name")

    async def is_admin(self, workspace: str, person: str) -> bool:
        """Tell whether a person administers or owns the workspace, or the organization that it belongs to.

        In a channel of several workspaces everybody can be asked about, and is told of with the roles that they have
        at home: https://docs.slack.dev/apis/slack-connect. So those count where the person's home is this workspace;
        whoever is at home elsewhere in its organization decides here with a role of the organization.
        """
        user = await self._get_user(workspace, person)
        enterprise_user = user.get("enterprise_user") or {}
        roles = (
            user
            if user.get("team_id") == workspace
            else enterprise_user
            if workspace in enterprise_user.get("teams", ())
            else {}
        )
        return not user.get("deleted") and any(roles.get(role) is True for role in ("is_admin", "is_owner"))

    async def list_user_group_members(self, workspace: str, group: str) -> frozenset[str]:
        """Return the members of a user group (its id, S…)."""

        async def fetch_members() -> frozenset[str]:
            call = self._client.call(workspace, "usergroups.users.list", usergroup=group, team_id=workspace)
            return frozenset((await call)["users"])

        return await self._cache.get_or_fetch(("group", workspace, group), fetch_members)

    async def list_user_groups(self, workspace: str) -> Mapping[str, str]:
        """Return the ids of the workspace's user groups, by handle ("leads")."""
        response = await self._client.call(workspace, "usergroups.list", team_id=workspace)
        return {str(group["handle"]): str(group["id"]) for group in response["usergroups"]}

    async def _get_profile_field(self, workspace: str, person: str, field: str) -> str:
        try:
            return str((await self._get_user(workspace, person)).get(field) or "")
        except SendError:
            return ""

    async def _get_user(self, workspace: str, person: str) -> Mapping[str, Any]:
        async def fetch_user() -> Mapping[str, Any]:
            return (await self._client.call(workspace, "users.info", user=person)).get("user") or {}

        return await self._cache.get_or_fetch(("person", workspace, person), fetch_user)


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
        self._cache = AnswerCache(_CHANNELS_TTL_SECONDS, clock)

    async def list_channels(self, workspace: str) -> Sequence[SlackChannel]:
        """Return the channels that the bot is in, by name; of very many, some."""

        async def fetch_channels() -> tuple[SlackChannel, ...]:
            return tuple(
                sorted([_parse_channel(said) async for said in self._iterate_channels(workspace)], key=_get_name)
            )

        return await self._cache.get_or_fetch(("rooms", workspace), fetch_channels)

    async def list_user_channel_ids(self, workspace: str, person: str) -> frozenset[str]:
        """Return the ids of the channels that a person is in; of private ones, those that the bot is in too."""

        async def fetch_channel_ids() -> frozenset[str]:
            return frozenset([said["id"] async for said in self._iterate_channels(workspace, person)])

        return await self._cache.get_or_fetch(("of", workspace, person), fetch_channel_ids)

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
        return any(channel_info.id == channel.id for channel_info in await self.list_channels(channel.workspace))

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

        return await self._cache.get_or_fetch(("member", channel.key, person), fetch_membership)

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
            for channel_data in page["channels"]:
                yield channel_data


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


def _get_name(channel_info: SlackChannel) -> str:
    return channel_info.name
