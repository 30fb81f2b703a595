"""Interaction to Request: channel, person, permissions and locale of a Discord interaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import discord

from adapters.discord.channels import build_direct_channel, get_channel_kind
from bot.domain.channels import DIRECT_MESSAGE_WORKSPACE, Channel
from bot.domain.people import Person
from bot.ports.commands import Request

CALLBACK_ROUTE: Final = "/interactions/{webhook_id}/{webhook_token}/callback"
"""Where an interaction is answered; under these names discord.py lets none wait for another."""

MANAGER_AGE: Final = timedelta(minutes=15)
"""How long a private answer to a managers' command lets its reader manage."""

Interaction = discord.Interaction[Any]


def is_bot_in_guild(interaction: Interaction) -> bool:
    """Tell whether the bot is a member of the server where somebody asks; its commands alone can be there too."""
    return interaction.guild_id is not None and interaction.client.get_guild(interaction.guild_id) is not None


def build_channel(interaction: Interaction) -> Channel:
    """Return where somebody asks; where the bot itself is no member it is as if they asked in private."""
    where = interaction.channel
    if not (is_bot_in_guild(interaction) and where):
        return build_direct_channel(interaction.user.id)
    name = getattr(where, "name", None) or ""
    return Channel("discord", str(interaction.guild_id), str(where.id), get_channel_kind(where.type.value), name)


def build_option_channel(interaction: Interaction, channel_option: Mapping[str, Any]) -> Channel:
    """Return the channel that a command's option names."""
    there = get_channel_kind(int(channel_option["type"]))
    return Channel(
        "discord", str(interaction.guild_id), str(channel_option["id"]), there, str(channel_option.get("name") or "")
    )


def build_person(
    interaction: Interaction, *, as_manager: bool, permissions: discord.Permissions | None = None
) -> Person:
    """Return who asks.

    *as_manager* tells that the managers' group let them in, or a panel opened from it lately: the server's own settings
    decide who may use that, so no permission is checked again. *permissions* are theirs in another channel.
    """
    user = interaction.user
    channel_permissions = interaction.permissions if permissions is None else permissions
    is_installed = is_bot_in_guild(interaction)
    return Person(
        str(user.id),
        user.display_name,
        is_manager=is_installed and (as_manager or channel_permissions.manage_channels),
        is_admin=is_installed and (as_manager or interaction.permissions.manage_guild),
        direct_workspace=DIRECT_MESSAGE_WORKSPACE,
    )


def build_request(
    interaction: Interaction,
    now: datetime,
    command: str,
    arguments: Mapping[str, str],
    *,
    target_channel: Channel,
    as_manager: bool = False,
    dry_run: bool = False,
    share: bool = False,
) -> Request:
    """Return what somebody asks for; *target_channel* is the channel that they mean where they are."""
    spot = build_channel(interaction)
    return Request(
        "" if dry_run else str(interaction.id),
        target_channel,
        build_person(interaction, as_manager=as_manager),
        now,
        command,
        arguments,
        dry_run,
        share,
        get_locale(interaction),
        # What a server has not chosen is English.
        str(interaction.guild_locale.value) if interaction.guild_locale else get_locale(interaction),
        spot if spot.id != target_channel.id else None,
        str(interaction.message.id) if interaction.message and is_ephemeral(interaction) else "",
    )


def apply_channel_option(
    request: Request, interaction: Interaction, channel_option: Mapping[str, Any], *, as_manager: bool
) -> Request:
    """Return *request* about another channel, with what its asker may do there.

    *as_manager* tells that the managers' group let them in; that counts wherever they could go and use it.
    """
    rights = discord.Permissions(int(channel_option.get("permissions") or 0))
    could = rights.view_channel and rights.use_application_commands
    return replace(
        request,
        channel=build_option_channel(interaction, channel_option),
        thread=None,
        person=build_person(interaction, as_manager=as_manager and could, permissions=rights),
    )


def is_ephemeral(interaction: Interaction) -> bool:
    """Tell whether what was pressed is seen by its reader alone."""
    message = interaction.message
    return bool(message and message.flags.ephemeral)


def has_manager_rights(interaction: Interaction) -> bool:
    """Tell whether what was pressed may say that its reader manages, without their permissions being looked at.

    That is what the bot told one person alone, and not so long ago that they may have lost the role meanwhile; no
    interaction tells whom the settings of a server let use a command. The modal of a command is in no message.
    """
    message = interaction.message
    return message is None or (is_ephemeral(interaction) and interaction.created_at - message.created_at < MANAGER_AGE)


def get_locale(interaction: Interaction) -> str:
    """Return the language of whoever asks, as Discord tells it ("en-US", "de")."""
    return str(interaction.locale.value)
