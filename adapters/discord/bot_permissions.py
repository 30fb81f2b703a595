"""Discord permissions: what the bot may do in a channel or thread, what it lacks, and the invite’s permissions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import discord

from adapters.discord.channels import get_channel_kind
from bot.domain.channels import ChannelKind
from bot.domain.preferences import Preferences
from bot.i18n.formatting import format_list
from bot.i18n.translation import gettext, phrase

ChannelOrThread = discord.abc.GuildChannel | discord.Thread

_READ_PERMISSIONS: Final = ("view_channel", "read_message_history")
_DIGEST_PERMISSIONS: Final[Mapping[ChannelKind, tuple[str, ...]]] = {
    ChannelKind.CHANNEL: (*_READ_PERMISSIONS, "send_messages"),
    ChannelKind.THREAD: (*_READ_PERMISSIONS, "send_messages_in_threads"),
    ChannelKind.FORUM: (*_READ_PERMISSIONS, "send_messages", "send_messages_in_threads"),
}
_THREAD_PERMISSIONS: Final = ("create_public_threads", "send_messages_in_threads")
"""What entries below a digest need besides."""
_REPLY_PERMISSIONS: Final[Mapping[ChannelKind, tuple[str, ...]]] = {
    ChannelKind.CHANNEL: ("view_channel", "send_messages"),
    ChannelKind.THREAD: ("view_channel", "send_messages_in_threads"),
}
"""What a message that a reader asks for needs."""
_PICTURE_PERMISSIONS: Final = ("embed_links",)
"""What thumbnails may need: Discord documents it for embeds alone, and promises nothing of components."""
PERMISSION_NAMES: Final[Mapping[str, str]] = {
    "view_channel": phrase("View Channel"),
    "read_message_history": phrase("Read Message History"),
    "send_messages": phrase("Send Messages"),
    "send_messages_in_threads": phrase("Send Messages in Threads"),
    "create_public_threads": phrase("Create Public Threads"),
    "embed_links": phrase("Embed Links"),
}
"""As Discord's own settings name them: https://docs.discord.com/developers/topics/permissions."""

INVITE_PERMISSIONS: Final = discord.Permissions(**dict.fromkeys(PERMISSION_NAMES, True))
"""What the invite link asks for: everything that is used, and nothing else."""


def list_missing_permissions(
    discord_channel: ChannelOrThread, kind: ChannelKind, *, threads: bool = False, pictures: bool = False
) -> Sequence[str]:
    """Return the permissions that the bot lacks in a channel, as Discord's settings name them.

    *threads* tells that messages have entries below them, *pictures* that they hold some.
    """
    permissions = _get_permissions(discord_channel)
    if not permissions.view_channel:
        return [gettext(PERMISSION_NAMES["view_channel"])]  # without it nothing else is allowed either, whatever is set
    required = (
        *_DIGEST_PERMISSIONS[kind],
        *(_THREAD_PERMISSIONS if threads else ()),
        *(_PICTURE_PERMISSIONS if pictures else ()),
    )
    return [gettext(PERMISSION_NAMES[name]) for name in dict.fromkeys(required) if not getattr(permissions, name)]


def list_missing_for_digest(discord_channel: ChannelOrThread, preferences: Preferences) -> Sequence[str]:
    """Return the permissions that a channel's digest lacks, as `list_missing_permissions` does."""
    channel_kind = get_channel_kind(discord_channel.type.value)
    return list_missing_permissions(
        discord_channel,
        channel_kind,
        threads=preferences.entries and channel_kind is ChannelKind.CHANNEL,
        pictures=preferences.pictures,
    )


def list_missing_for_request(
    permissions: discord.Permissions, kind: ChannelKind, *, threads: bool = False
) -> Sequence[str]:
    """Return which *permissions* the bot lacks to post what a reader asks for; *threads* tells that it opens one.

    https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object
    """
    required = (*_REPLY_PERMISSIONS.get(kind, ()), *(_THREAD_PERMISSIONS if threads else ()))
    return [gettext(PERMISSION_NAMES[name]) for name in dict.fromkeys(required) if not getattr(permissions, name)]


def format_missing_permissions(missing: Sequence[str]) -> str:
    """Say which permissions are missing in a channel, and where to allow them."""
    return gettext(
        "Broadsheet lacks {permissions} there. Allow it under Edit Channel → Permissions → Broadsheet.",
        permissions=format_list(missing),
    )


def describe_problem(discord_channel: ChannelOrThread, preferences: Preferences) -> str:
    """Say what a channel's digest lacks there, and how to mend it; "" when it lacks nothing."""
    if missing := list_missing_for_digest(discord_channel, preferences):
        return format_missing_permissions(missing)
    if isinstance(discord_channel, discord.Thread) and discord_channel.locked:
        return gettext("The thread is locked. Unlock it.")
    forum = discord_channel.guild.get_channel(int(preferences.into)) if preferences.lift and preferences.into else None
    if preferences.lift and preferences.into and (forum is None or list_missing_permissions(forum, ChannelKind.FORUM)):
        return gettext(
            "Papers can’t be lifted into #{forum}. Choose another one in the settings, or allow it there under "
            "Edit Channel → Permissions → Broadsheet.",
            forum=forum.name if forum else preferences.into,
        )
    role = discord_channel.guild.get_role(int(preferences.mention)) if preferences.mention else None
    if role and not role.mentionable and not _get_permissions(discord_channel).mention_everyone:
        return gettext(
            "@{role} can’t be pinged. Allow it under Server Settings → Roles: anyone may mention this role.",
            role=role.name,
        )
    return ""


def can_post(discord_channel: ChannelOrThread, kind: ChannelKind) -> bool:
    """Tell whether the bot can post there."""
    return not list_missing_permissions(discord_channel, kind)


def _get_permissions(discord_channel: ChannelOrThread) -> discord.Permissions:
    """Return what the bot may do in a channel; in a thread below one that it does not see, nothing."""
    try:
        return discord_channel.permissions_for(discord_channel.guild.me)
    except discord.ClientException:
        return discord.Permissions.none()
