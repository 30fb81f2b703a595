"""guild_join, guild_remove, guild_update and READY: guilds that take the bot in, let it go or change hands."""

from __future__ import annotations

from typing import Final

import discord

from adapters.discord import directory
from adapters.discord.channels import build_direct_channel
from adapters.discord.context import DiscordContext
from adapters.discord.events import channel_recovery
from bot.domain.channels import Channel
from bot.domain.people import Person
from bot.ports.workspaces import Workspace
from bot.reasons.reason import Reason

REMOVED_REASON: Final = Reason("installation.server_left")


async def reconcile_guilds(context: DiscordContext, shard_id: int) -> None:
    """Make good for the servers of a shard that took the bot away while nobody listened.

    A session's beginning names all that it is in; those that it is in are told one by one besides, as
    `on_guild_available`.
    """
    guild_ids = {str(guild.id) for guild in context.client.guilds}
    for workspace in await context.workspaces.list_for_platform("discord"):
        if (
            workspace.id not in guild_ids
            and _compute_shard_id(workspace.id, context.client.shard_count or 1) == shard_id
        ):
            await context.workspace_events.on_workspace_uninstalled(
                "discord", workspace.id, REMOVED_REASON, context.clock()
            )


async def on_guild_available(context: DiscordContext, guild: discord.Guild) -> None:
    """Keep a server that the bot is in and that can be looked at, go on there, and greet one that is new.

    Whoever throws the bot out and invites it again may have done so to give it what it lacked.
    """
    workspace = await context.workspaces.get("discord", str(guild.id))
    await on_guild_update(context, guild)
    if (workspace is None or workspace.left_at) and (channel := find_greeting_channel(guild)):
        await context.workspace_events.on_channel_joined(
            channel, Person(""), context.clock(), str(guild.preferred_locale)
        )
    await channel_recovery.drop_deleted_roles(context, guild)
    await channel_recovery.restore_guild_channels(context, guild, include_archived=True)


async def on_guild_remove(context: DiscordContext, guild: discord.Guild) -> None:
    """Stop posting to a server."""
    await context.workspace_events.on_workspace_uninstalled("discord", str(guild.id), REMOVED_REASON, context.clock())


async def on_guild_update(context: DiscordContext, guild: discord.Guild) -> None:
    """Keep a server's name, and whose it is."""
    await context.workspace_events.on_workspace_installed(to_workspace(guild), context.clock(), is_owner_known=True)


def to_workspace(guild: discord.Guild) -> Workspace:
    """Return a server as the core knows it; its owner can repair what is broken."""
    managers = (str(guild.owner_id),) if guild.owner_id else ()
    return Workspace("discord", str(guild.id), guild.name, managers=managers)


def find_greeting_channel(guild: discord.Guild) -> Channel | None:
    """Return where to say hello: where the server is spoken to, else to its owner, if that is known."""
    if discord_channel := directory.find_default_channel(guild):
        return directory.to_channel(discord_channel)
    return build_direct_channel(guild.owner_id) if guild.owner_id else None


def _compute_shard_id(guild_id: str, shard_count: int) -> int:
    """Return which of *shard_count* shards tells of a server: https://docs.discord.com/developers/events/gateway#sharding."""
    return (int(guild_id) >> 22) % shard_count if guild_id.isdecimal() else 0
