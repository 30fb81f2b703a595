"""Target channel: which channel a request is about, here or another one, with the permissions there."""

from __future__ import annotations

from dataclasses import replace

import discord

from adapters.discord.context import DiscordContext
from adapters.discord.interactions import requests
from adapters.discord.interactions.requests import Interaction
from bot.domain.channels import Channel, ChannelKind
from bot.domain.preferences import Preferences
from bot.ports.commands import Request


async def resolve_target_channel(context: DiscordContext, interaction: Interaction) -> Channel:
    """Return the channel that "here" means; a thread with a digest or follows of its own is itself.

    People may do in a thread what they may do in its channel: https://docs.discord.com/developers/topics/threads.
    Raises `bot.errors.StoreError`.
    """
    channel, thread = requests.build_channel(interaction), interaction.channel
    if channel.kind is not ChannelKind.THREAD or not isinstance(thread, discord.Thread):
        return channel
    above = context.directory.find_channel(channel, str(thread.parent_id))
    if above.kind is ChannelKind.THREAD or await _is_configured(context, channel):
        return channel
    # What the bot opened serves a channel even where that got a digest once only.
    ours = thread.owner_id == getattr(context.client.user, "id", None)
    return above if ours or await _is_configured(context, above) else channel


async def _is_configured(context: DiscordContext, channel: Channel) -> bool:
    """Tell whether anything was set up in a channel; that somebody has asked something there is not enough."""
    channel_state = await context.channels.get(channel)
    return channel_state is not None and (
        channel_state.preferences != Preferences() or bool(await context.follows.list_for_channel(channel))
    )


def retarget_request(
    context: DiscordContext, interaction: Interaction, request: Request, channel_id: str, *, as_manager: bool
) -> Request | None:
    """Return *request* about another channel of the same server; None when there can be none.

    *as_manager* tells that their rights there were checked when the answer was given in which they press now.
    """
    if request.channel.kind is ChannelKind.DIRECT or not channel_id.isdecimal():
        return None
    target = context.directory.find_channel(request.channel, channel_id)
    if as_manager:
        return replace(request, channel=target, thread=None)
    who = requests.build_person(
        interaction, as_manager=False, permissions=get_member_permissions(context, interaction, target)
    )
    return replace(request, channel=target, thread=None, person=who)


def get_member_permissions(context: DiscordContext, interaction: Interaction, channel: Channel) -> discord.Permissions:
    """Return what somebody may do in a channel; nothing in one that is not known."""
    place = context.directory.find_discord_channel(channel)
    if place is None or not isinstance(interaction.user, discord.Member):
        return discord.Permissions.none()
    try:
        return place.permissions_for(interaction.user)
    except discord.ClientException:  # a thread whose channel is not known
        return discord.Permissions.none()
