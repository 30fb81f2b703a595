"""Discord's interactions, cut down to what a request needs; the same for commands, buttons and forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import discord

from bot.models import EVERYWHERE, Channel, Kind, Person
from bot.ports.commands import Request

CALLBACK: Final = "/interactions/{webhook_id}/{webhook_token}/callback"
"""Where an interaction is answered; under these names discord.py lets none wait for another."""
_THREADS: Final = frozenset({10, 11, 12})
_FORUMS: Final = frozenset({15, 16})
"""Forum and media channels: https://docs.discord.com/developers/resources/channel#channel-object-channel-types."""

Interaction = discord.Interaction[Any]


def kind(type_: int) -> Kind:
    """Return what sort of place a channel of Discord's type is."""
    if type_ in _THREADS:
        return Kind.THREAD
    return Kind.FORUM if type_ in _FORUMS else Kind.CHANNEL


def inside(interaction: Interaction) -> bool:
    """Tell whether the bot is a member of the server where somebody asks; its commands alone can be there too."""
    return interaction.guild_id is not None and interaction.client.get_guild(interaction.guild_id) is not None


def place(interaction: Interaction) -> Channel:
    """Return where somebody asks; where the bot itself is no member it is as if they asked in private."""
    where = interaction.channel
    if not (inside(interaction) and where):
        return direct(interaction.user.id)
    name = getattr(where, "name", None) or ""
    return Channel("discord", str(interaction.guild_id), str(where.id), kind(where.type.value), name)


def elsewhere(interaction: Interaction, chosen: Mapping[str, Any]) -> Channel:
    """Return the channel that a command's option names."""
    there = kind(int(chosen["type"]))
    return Channel("discord", str(interaction.guild_id), str(chosen["id"]), there, str(chosen.get("name") or ""))


def direct(person: int | str) -> Channel:
    """Return a person's own direct channel."""
    return Channel("discord", EVERYWHERE, str(person), Kind.DIRECT)


def person(interaction: Interaction, *, setup: bool, rights: discord.Permissions | None = None) -> Person:
    """Return who asks.

    *setup* tells that the managers' group let them in, or a panel opened from it: the server's own settings decide who
    may use that, so no permission is checked again. *rights* are theirs in a channel that is not this one.
    """
    user = interaction.user
    there = interaction.permissions if rights is None else rights
    known = inside(interaction)
    return Person(
        str(user.id),
        user.display_name,
        manager=known and (setup or there.manage_channels),
        admin=known and (setup or interaction.permissions.manage_guild),
        home=EVERYWHERE,
    )


def request(
    interaction: Interaction,
    now: datetime,
    command: str,
    arguments: Mapping[str, str],
    *,
    here: Channel,
    setup: bool = False,
    dry: bool = False,
    share: bool = False,
) -> Request:
    """Return what somebody asks for; *here* is the channel that they mean where they are."""
    spot = place(interaction)
    return Request(
        "" if dry else str(interaction.id),
        here,
        person(interaction, setup=setup),
        now,
        command,
        arguments,
        dry,
        share,
        locale(interaction),
        # What a server has not chosen is English.
        str(interaction.guild_locale.value) if interaction.guild_locale else locale(interaction),
        spot if spot.id != here.id else None,
    )


def there(asked: Request, interaction: Interaction, chosen: Mapping[str, Any], *, setup: bool) -> Request:
    """Return *asked* about another channel, with what its asker may do there.

    *setup* tells that the managers' group let them in; that counts wherever they could go and use it.
    """
    rights = discord.Permissions(int(chosen.get("permissions") or 0))
    could = rights.view_channel and rights.use_application_commands
    return replace(
        asked,
        channel=elsewhere(interaction, chosen),
        thread=None,
        person=person(interaction, setup=setup and could, rights=rights),
    )


def private(interaction: Interaction) -> bool:
    """Tell whether what was pressed is seen by its reader alone."""
    message = interaction.message
    return bool(message and message.flags.ephemeral)


def locale(interaction: Interaction) -> str:
    """Return the language of whoever asks, as Discord tells it ("en-US", "de")."""
    return str(interaction.locale.value)
