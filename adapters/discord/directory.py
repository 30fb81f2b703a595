"""Discord channel directory: channels, forums and roles from the gateway cache, and which a member may see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import discord

from adapters.discord import bot_permissions
from adapters.discord.bot_permissions import ChannelOrThread, can_post
from adapters.discord.channels import build_direct_channel, get_channel_kind
from bot.domain.channels import Channel
from bot.errors import TryLater, Unsendable
from bot.ports.channels import ChannelState
from bot.ports.workspaces import ChannelInfo, Workspace
from bot.reasons.reason import Reason

_RETRY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class ChannelDirectory:
    """What Discord knows of channels. Implements `bot.ports.workspaces.Directory`."""

    client: discord.Client

    async def list_shared_channels(self, workspace: str, person: str) -> Sequence[ChannelInfo]:
        """Return the channels in which the bot can post and which the person sees, by name."""
        guild = self.client.get_guild(int(workspace)) if workspace.isdecimal() else None
        if guild is None:
            return ()
        member = await self._fetch_member(guild, int(person))
        visible_channels = [
            discord_channel
            for discord_channel in iterate_digest_channels(guild)
            if discord_channel.permissions_for(member).view_channel
        ]
        shared_channels = [
            ChannelInfo(to_channel(discord_channel), getattr(discord_channel, "topic", None) or "")
            for discord_channel in visible_channels
            if _is_writable(discord_channel)
        ]
        return sorted(shared_channels, key=lambda channel_info: channel_info.channel.name)

    def list_contact_channels(self, workspace: Workspace) -> Sequence[Channel]:
        """Return the direct messages of those who manage a server, then where everybody there hears it."""
        guild = self.client.get_guild(int(workspace.id)) if workspace.id.isdecimal() else None
        default_channel = find_default_channel(guild) if guild else None
        return [
            *map(build_direct_channel, workspace.managers),
            *([to_channel(default_channel)] if default_channel else []),
        ]

    def find_display_name(self, channel: Channel, identity: str) -> str:
        """Return the name of a role or of a channel."""
        guild = self.client.get_guild(int(channel.workspace)) if channel.workspace.isdecimal() else None
        if guild is None or not identity.isdecimal():
            return ""
        role, discord_channel = guild.get_role(int(identity)), guild.get_channel(int(identity))
        return f"@{role.name}" if role else f"#{discord_channel.name}" if discord_channel else ""

    async def find_posting_problem(self, channel_state: ChannelState) -> str:
        """Say what the bot lacks in a channel, by the names of Discord's own settings."""
        discord_channel = self.find_discord_channel(channel_state.channel)
        return bot_permissions.describe_problem(discord_channel, channel_state.preferences) if discord_channel else ""

    @staticmethod
    async def _fetch_member(guild: discord.Guild, user_id: int) -> discord.Member:
        try:
            return await guild.fetch_member(user_id)
        except discord.NotFound as error:
            raise Unsendable(Reason("person.not_in_server")) from error
        except (discord.HTTPException, OSError, TimeoutError) as error:
            raise TryLater(Reason("directory.unavailable"), _RETRY_SECONDS) from error

    def find_channel(self, channel: Channel, channel_id: str) -> Channel:
        """Return another channel of the same server."""
        other_channel = replace(channel, id=channel_id, name="")
        discord_channel = self.find_discord_channel(other_channel)
        return to_channel(discord_channel) if discord_channel else other_channel

    def list_forums(self, channel: Channel) -> Sequence[Channel]:
        """Return the forums of a channel's server."""
        guild = self.client.get_guild(int(channel.workspace)) if channel.workspace.isdecimal() else None
        return [to_channel(forum) for forum in guild.forums] if guild else ()

    def find_discord_channel(self, channel: Channel) -> ChannelOrThread | None:
        """Return a channel as the gateway told of it."""
        guild = self.client.get_guild(int(channel.workspace)) if channel.workspace.isdecimal() else None
        return guild.get_channel_or_thread(int(channel.id)) if guild else None


def iterate_digest_channels(guild: discord.Guild) -> Iterator[ChannelOrThread]:
    """Yield the channels of a server in which a digest makes sense."""
    yield from guild.text_channels
    yield from guild.forums


def find_default_channel(guild: discord.Guild) -> ChannelOrThread | None:
    """Return where a server is spoken to: its system channel, else the first that can be written to, if any can."""
    candidates = [*filter(None, (guild.system_channel,)), *guild.text_channels]
    return next((discord_channel for discord_channel in candidates if _is_writable(discord_channel)), None)


def to_channel(discord_channel: ChannelOrThread) -> Channel:
    """Return a channel as the core knows it."""
    return Channel(
        "discord",
        str(discord_channel.guild.id),
        str(discord_channel.id),
        get_channel_kind(discord_channel.type.value),
        discord_channel.name,
    )


def _is_writable(discord_channel: ChannelOrThread) -> bool:
    return can_post(discord_channel, get_channel_kind(discord_channel.type.value))
