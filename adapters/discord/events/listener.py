"""Gateway events (guild_join, guild_channel_update, thread_update, guild_role_delete …): which handler gets which."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import discord

from adapters.common.error_boundary import log_exceptions
from adapters.discord import directory
from adapters.discord.bot_permissions import ChannelOrThread
from adapters.discord.channels import get_channel_kind
from adapters.discord.context import DiscordContext
from adapters.discord.events import channel_recovery, guilds
from bot.domain.channels import Channel
from bot.reasons.channels import CHANNEL_DELETED
from bot.reasons.reason import Reason


def register_listeners(context: DiscordContext) -> None:
    """Take the events: https://docs.discord.com/developers/events/gateway-events; the names are discord.py's."""
    lock = asyncio.Lock()
    for event, handler in {
        "shard_ready": guilds.reconcile_guilds,
        "guild_join": guilds.on_guild_available,
        "guild_available": guilds.on_guild_available,
        "guild_remove": guilds.on_guild_remove,
        "guild_update": _pass_new_state(guilds.on_guild_update),
        "guild_channel_create": _on_channel_change,  # also of one that the bot may see again
        "guild_channel_delete": _on_guild_channel_delete,
        "guild_channel_update": _on_guild_channel_update,
        "raw_thread_delete": _on_raw_thread_delete,
        "thread_update": _pass_new_state(_on_channel_change),
        "thread_join": _on_channel_change,
        "guild_role_update": _on_guild_role_update,
        "guild_role_delete": _on_guild_role_delete,
        "member_update": _pass_new_state(_on_member_update),
    }.items():
        context.client.event(_build_listener(event, handler, context, lock))


def _build_listener(
    event: str, handler: Any, context: DiscordContext, lock: asyncio.Lock
) -> Callable[..., Coroutine[Any, Any, None]]:
    """Return what discord.py calls; whatever goes wrong is a line in the log, with a reference.

    What happens is written down one after the other, in its order: a beginning tells of thousands of servers at once,
    and people don't wait for them.
    """

    @log_exceptions
    async def handle_event(*arguments: Any) -> None:
        context.client.event_tasks.track_current_task()
        async with lock:
            await handler(context, *arguments)

    handle_event.__name__ = f"on_{event}"
    return handle_event


def _pass_new_state(handler: Any) -> Callable[..., Coroutine[Any, Any, None]]:
    """Return what hears of a change: how things were, which does not count, and how they are."""

    async def handle_update(context: DiscordContext, _: Any, new_state: Any) -> None:
        await handler(context, new_state)

    return handle_update


async def _on_guild_channel_delete(context: DiscordContext, discord_channel: ChannelOrThread) -> None:
    await context.workspace_events.on_channel_lost(
        directory.to_channel(discord_channel), Reason(CHANNEL_DELETED), context.clock()
    )


async def _on_raw_thread_delete(context: DiscordContext, thread: discord.RawThreadDeleteEvent) -> None:
    channel = Channel(
        "discord", str(thread.guild_id), str(thread.thread_id), get_channel_kind(thread.thread_type.value)
    )
    await context.workspace_events.on_channel_lost(channel, Reason(CHANNEL_DELETED), context.clock())


async def _on_guild_role_update(context: DiscordContext, before: discord.Role, role: discord.Role) -> None:
    """Look anew at what the bot may; some roles change their colour every few seconds."""
    if before.permissions != role.permissions:
        await channel_recovery.restore_guild_channels(context, role.guild)


async def _on_guild_role_delete(context: DiscordContext, role: discord.Role) -> None:
    await context.workspace_events.on_role_deleted("discord", str(role.guild.id), str(role.id), context.clock())
    await channel_recovery.restore_guild_channels(context, role.guild)


async def _on_member_update(context: DiscordContext, member: discord.Member) -> None:
    """Look anew at what the bot may when its own roles change; others' don't count."""
    if member.id == member.guild.me.id:
        await channel_recovery.restore_guild_channels(context, member.guild)


async def _on_guild_channel_update(
    context: DiscordContext, before: discord.abc.GuildChannel, discord_channel: discord.abc.GuildChannel
) -> None:
    """Look anew at a channel, and where other things are allowed there also at its threads, which it allows them to."""
    await _on_channel_change(context, discord_channel)
    if before.overwrites != discord_channel.overwrites:
        await channel_recovery.restore_guild_channels(context, discord_channel.guild, include_archived=True)


async def _on_channel_change(context: DiscordContext, discord_channel: ChannelOrThread) -> None:
    """Keep a channel's name, and go on where posting had stopped and is possible again.

    A thread that is not among the open ones comes as one that the bot joins, whatever changed in it.
    """
    await context.workspace_events.on_channel_renamed(directory.to_channel(discord_channel), context.clock())
    await channel_recovery.restore_channel(context, discord_channel)
