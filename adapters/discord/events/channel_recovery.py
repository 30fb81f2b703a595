"""Channel recovery: posting goes on when missing permissions, locks or forum tags that stopped it are mended."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final

import discord

from adapters.discord import bot_permissions, directory
from adapters.discord.api.error_codes import CHANNEL_ERRORS
from adapters.discord.bot_permissions import ChannelOrThread
from adapters.discord.context import DiscordContext
from adapters.discord.delivery import forum_posts
from bot.domain.channels import ChannelKind
from bot.errors import SendError
from bot.ports.channels import ChannelState
from bot.reasons.channels import CHANNEL_DELETED, CHANNEL_REFUSED

_TAG_REQUIRED: Final = CHANNEL_ERRORS[40067].code
_UNRECOVERABLE_CODES: Final = frozenset({CHANNEL_ERRORS[50008].code, CHANNEL_ERRORS[50024].code, CHANNEL_REFUSED})
"""Codes of reasons that nothing mends which Discord tells of."""
_DELETED_CODES: Final = frozenset({CHANNEL_DELETED, CHANNEL_ERRORS[10003].code})
"""Codes of reasons for which a thread is not looked for any more."""

log = logging.getLogger(__name__)


async def restore_guild_channels(
    context: DiscordContext, guild: discord.Guild, *, include_archived: bool = False
) -> None:
    """Go on in every channel of a server in which posting is possible again.

    *include_archived* looks for threads that were put away, too, of which only Discord knows.
    """
    for channel_state in await context.channels.list_for_workspace("discord", str(guild.id)):
        discord_channel = (
            await _find_channel(context, guild, channel_state, include_archived=include_archived)
            if channel_state.retired_reason
            else None
        )
        if discord_channel and is_recoverable(discord_channel, channel_state):
            await context.workspace_events.on_channel_recovered(channel_state.channel, context.clock())


async def restore_channel(context: DiscordContext, discord_channel: ChannelOrThread) -> None:
    """Go on in a channel, if posting is possible again."""
    channel_state = await context.channels.get(directory.to_channel(discord_channel))
    if channel_state and channel_state.retired_reason and is_recoverable(discord_channel, channel_state):
        await context.workspace_events.on_channel_recovered(channel_state.channel, context.clock())


async def drop_deleted_roles(context: DiscordContext, guild: discord.Guild) -> None:
    """Mention no role any more that was deleted while nobody listened."""
    channel_states = await context.channels.list_for_workspace("discord", str(guild.id))
    for role in {channel_state.preferences.mention for channel_state in channel_states} - {""}:
        if guild.get_role(int(role)) is None:
            await context.workspace_events.on_role_deleted("discord", str(guild.id), role, context.clock())


def is_recoverable(discord_channel: ChannelOrThread, channel_state: ChannelState) -> bool:
    """Tell whether what stopped a channel is over, so that it is not tried, refused and told of again and again.

    What pictures may need stops no message.
    """
    if channel_state.retired_code in _UNRECOVERABLE_CODES or bot_permissions.list_missing_for_digest(
        discord_channel, replace(channel_state.preferences, pictures=False)
    ):
        return False
    if isinstance(discord_channel, discord.Thread):
        return not discord_channel.locked  # an archived one is opened by the next post
    return channel_state.retired_code != _TAG_REQUIRED or forum_posts.accepts_papers(
        discord_channel, channel_state.preferences.tag
    )


async def _find_channel(
    context: DiscordContext, guild: discord.Guild, channel_state: ChannelState, *, include_archived: bool
) -> ChannelOrThread | None:
    """Return a channel as the gateway told of it; a thread that was put away it tells nothing of, so that is asked for.

    None where there is none, or Discord can't be asked now.
    """
    discord_channel = context.directory.find_discord_channel(channel_state.channel)
    if (
        discord_channel
        or not include_archived
        or channel_state.channel.kind is not ChannelKind.THREAD
        or channel_state.retired_code in _DELETED_CODES
    ):
        return discord_channel
    try:
        return await context.rest.fetch_channel(guild, channel_state.channel.id)
    except SendError as error:
        log.info("Whether a thread can be posted to again can't be told: %s", error)
        return None
