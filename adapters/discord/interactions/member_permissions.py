"""Interaction.permissions: what whoever asks may post themselves; nobody writes through the bot where they may not.

https://docs.discord.com/developers/resources/guild#guild-member-object
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import discord

from adapters.discord.bot_permissions import PERMISSION_NAMES
from bot.domain.channels import ChannelKind
from bot.i18n.formatting import format_list
from bot.i18n.translation import gettext

_SHARE_PERMISSIONS: Final[Mapping[ChannelKind, tuple[str, ...]]] = {
    ChannelKind.CHANNEL: ("send_messages",),
    ChannelKind.THREAD: ("send_messages_in_threads",),
}
_DISCUSS_PERMISSIONS: Final = ("create_public_threads", "send_messages_in_threads")


def list_missing_for_request(
    permissions: discord.Permissions, kind: ChannelKind, *, share: bool = False, opens_thread: bool = False
) -> Sequence[str]:
    """Return which *permissions* a member lacks to *share* an answer, or to open a thread, as themselves."""
    if permissions.administrator:
        return ()
    required = (
        *(_SHARE_PERMISSIONS.get(kind, ()) if share else ()),
        *(_DISCUSS_PERMISSIONS if opens_thread else ()),
    )
    return [gettext(PERMISSION_NAMES[name]) for name in dict.fromkeys(required) if not getattr(permissions, name)]


def format_missing_permissions(missing: Sequence[str]) -> str:
    """Say which permissions somebody lacks, and who grants them."""
    return gettext(
        "Nothing was posted: you lack {permissions} there yourself, which those who manage the channel’s permissions "
        "can grant.",
        permissions=format_list(missing),
    )
