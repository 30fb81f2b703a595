"""What the bot may do in a channel, and what it needs there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import discord

from adapters.discord.requests import kind
from bot.language import gettext, phrase
from bot.models import Kind, Preferences
from bot.wording import listing

Place = discord.abc.GuildChannel | discord.Thread

_ALWAYS: Final = ("view_channel", "read_message_history")
_NEEDED: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.CHANNEL: (*_ALWAYS, "send_messages"),
    Kind.THREAD: (*_ALWAYS, "send_messages_in_threads"),
    Kind.FORUM: (*_ALWAYS, "send_messages", "send_messages_in_threads"),
}
_THREADS: Final = ("create_public_threads", "send_messages_in_threads")
"""What entries below a digest need besides."""
_WRITING: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.CHANNEL: ("view_channel", "send_messages"),
    Kind.THREAD: ("view_channel", "send_messages_in_threads"),
}
"""What a message that a reader asks for needs."""
_PICTURES: Final = ("embed_links",)
"""What thumbnails may need: Discord documents it for embeds alone, and promises nothing of components."""
_NAMES: Final[Mapping[str, str]] = {
    "view_channel": phrase("View Channel"),
    "read_message_history": phrase("Read Message History"),
    "send_messages": phrase("Send Messages"),
    "send_messages_in_threads": phrase("Send Messages in Threads"),
    "create_public_threads": phrase("Create Public Threads"),
    "embed_links": phrase("Embed Links"),
}
"""As Discord's own settings name them: https://docs.discord.com/developers/topics/permissions."""

INVITED: Final = discord.Permissions(**dict.fromkeys(_NAMES, True))
"""What the invite link asks for: everything that is used, and nothing else."""


def missing(place: Place, kind: Kind, *, threads: bool = False, pictures: bool = False) -> Sequence[str]:
    """Return the permissions that the bot lacks in a channel, as Discord's settings name them.

    *threads* tells that messages have entries below them, *pictures* that they hold some.
    """
    held = _held(place)
    if not held.view_channel:
        return [gettext(_NAMES["view_channel"])]  # without it nothing else is allowed either, whatever is set
    needed = (*_NEEDED[kind], *(_THREADS if threads else ()), *(_PICTURES if pictures else ()))
    return [gettext(_NAMES[name]) for name in dict.fromkeys(needed) if not getattr(held, name)]


def lacking(place: Place, wanted: Preferences) -> Sequence[str]:
    """Return the permissions that a channel's digest lacks, as `missing` does."""
    here = kind(place.type.value)
    return missing(place, here, threads=wanted.entries and here is Kind.CHANNEL, pictures=wanted.pictures)


def unable(held: discord.Permissions, kind: Kind, *, threads: bool = False) -> Sequence[str]:
    """Return what the bot lacks, of what it *held*, to post what a reader asks for; *threads* tells that it opens one.

    https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object
    """
    needed = (*_WRITING.get(kind, ()), *(_THREADS if threads else ()))
    return [gettext(_NAMES[name]) for name in dict.fromkeys(needed) if not getattr(held, name)]


def mended(lacking: Sequence[str]) -> str:
    """Say which permissions are missing in a channel, and where to allow them."""
    return gettext(
        "Broadsheet lacks {permissions} there. Allow it under Edit Channel → Permissions → Broadsheet.",
        permissions=listing(lacking),
    )


def trouble(place: Place, wanted: Preferences) -> str:
    """Say what a channel's digest lacks there, and how to mend it; "" when it lacks nothing."""
    if lacks := lacking(place, wanted):
        return mended(lacks)
    if isinstance(place, discord.Thread) and place.locked:
        return gettext("The thread is locked. Unlock it.")
    into = place.guild.get_channel(int(wanted.into)) if wanted.lift and wanted.into else None
    if wanted.lift and wanted.into and (into is None or missing(into, Kind.FORUM)):
        return gettext(
            "Papers can’t be lifted into #{forum}. Choose another one in the settings, or allow it there under "
            "Edit Channel → Permissions → Broadsheet.",
            forum=into.name if into else wanted.into,
        )
    role = place.guild.get_role(int(wanted.mention)) if wanted.mention else None
    if role and not role.mentionable and not _held(place).mention_everyone:
        return gettext(
            "@{role} can’t be pinged. Allow it under Server Settings → Roles: anyone may mention this role.",
            role=role.name,
        )
    return ""


def posts(place: Place, kind: Kind) -> bool:
    """Tell whether the bot can post there."""
    return not missing(place, kind)


def _held(place: Place) -> discord.Permissions:
    """Return what the bot may do in a channel; in a thread below one that it does not see, nothing."""
    try:
        return place.permissions_for(place.guild.me)
    except discord.ClientException:
        return discord.Permissions.none()
