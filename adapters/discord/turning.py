"""Requests about another channel than the one where somebody is: only with what they may do there."""

from __future__ import annotations

from dataclasses import replace

import discord

from adapters.discord import requests
from adapters.discord.kit import Kit
from adapters.discord.requests import Interaction
from bot.models import Channel, Kind
from bot.ports.commands import Request


def turned(kit: Kit, interaction: Interaction, asked: Request, channel: str, *, setup: bool) -> Request | None:
    """Return *asked* about another channel of the same server; None when there can be none.

    *setup* tells that their rights there were checked when the answer was given in which they press now.
    """
    if asked.channel.kind is Kind.DIRECT or not channel.isdecimal():
        return None
    there = kit.rooms.elsewhere(asked.channel, channel)
    if setup:
        return replace(asked, channel=there, thread=None)
    who = requests.person(interaction, setup=False, rights=_rights(kit, interaction, there))
    return replace(asked, channel=there, thread=None, person=who)


def _rights(kit: Kit, interaction: Interaction, there: Channel) -> discord.Permissions:
    """Return what somebody may do in a channel; nothing in one that is not known."""
    place = kit.rooms.find(there)
    if place is None or not isinstance(interaction.user, discord.Member):
        return discord.Permissions.none()
    try:
        return place.permissions_for(interaction.user)
    except discord.ClientException:  # a thread whose channel is not known
        return discord.Permissions.none()
