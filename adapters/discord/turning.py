"""Target channel: a request about another channel, with the permissions that its author has there."""

from __future__ import annotations

from dataclasses import replace

import discord

from adapters.discord import requests
from adapters.discord.kit import DiscordContext
from adapters.discord.requests import Interaction
from bot.domain.channels import Channel, ChannelKind
from bot.ports.commands import Request


def retarget_request(
    context: DiscordContext, interaction: Interaction, request: Request, channel_id: str, *, as_manager: bool
) -> Request | None:
    """Return *request* about another channel of the same server; None when there can be none.

    *as_manager* tells that their rights there were checked when the answer was given in which they press now.
    """
    if request.channel.kind is ChannelKind.DIRECT or not channel_id.isdecimal():
        return None
    there = context.directory.find_channel(request.channel, channel_id)
    if as_manager:
        return replace(request, channel=there, thread=None)
    who = requests.build_person(
        interaction, as_manager=False, permissions=_get_permissions(context, interaction, there)
    )
    return replace(request, channel=there, thread=None, person=who)


def _get_permissions(context: DiscordContext, interaction: Interaction, channel: Channel) -> discord.Permissions:
    """Return what somebody may do in a channel; nothing in one that is not known."""
    place = context.directory.find_discord_channel(channel)
    if place is None or not isinstance(interaction.user, discord.Member):
        return discord.Permissions.none()
    try:
        return place.permissions_for(interaction.user)
    except discord.ClientException:  # a thread whose channel is not known
        return discord.Permissions.none()
