"""Target channel: the channel that “here” means for an interaction in a thread or forum post."""

from __future__ import annotations

import discord

from adapters.discord import requests
from adapters.discord.kit import DiscordContext
from adapters.discord.requests import Interaction
from bot.domain.channels import Channel, ChannelKind
from bot.domain.preferences import Preferences


async def resolve_target_channel(context: DiscordContext, interaction: Interaction) -> Channel:
    """Return the channel that "here" means; a thread with a digest or follows of its own is itself.

    People may do in a thread what they may do in its channel: https://docs.discord.com/developers/topics/threads.
    Raises `bot.errors.StoreError`.
    """
    here, thread = requests.build_channel(interaction), interaction.channel
    if here.kind is not ChannelKind.THREAD or not isinstance(thread, discord.Thread):
        return here
    above = context.directory.find_channel(here, str(thread.parent_id))
    if above.kind is ChannelKind.THREAD or await _is_configured(context, here):
        return here
    # What the bot opened serves a channel even where that got a digest once only.
    ours = thread.owner_id == getattr(context.client.user, "id", None)
    return above if ours or await _is_configured(context, above) else here


async def _is_configured(context: DiscordContext, channel: Channel) -> bool:
    """Tell whether anything was set up in a channel; that somebody has asked something there is not enough."""
    standing = await context.channels.get(channel)
    return standing is not None and (
        standing.preferences != Preferences() or bool(await context.follows.list_for_channel(channel))
    )
