"""Discord channel types: what kind of channel a type is, and the direct channel of a person."""

from __future__ import annotations

from typing import Final

from bot.domain.channels import DIRECT_MESSAGE_WORKSPACE, Channel, ChannelKind

_THREAD_TYPES: Final = frozenset({10, 11, 12})
_FORUM_TYPES: Final = frozenset({15, 16})
"""Forum and media channels: https://docs.discord.com/developers/resources/channel#channel-object-channel-types."""


def get_channel_kind(channel_type: int) -> ChannelKind:
    """Return what sort of place a channel of Discord's type is."""
    if channel_type in _THREAD_TYPES:
        return ChannelKind.THREAD
    return ChannelKind.FORUM if channel_type in _FORUM_TYPES else ChannelKind.CHANNEL


def build_direct_channel(user_id: int | str) -> Channel:
    """Return a person's own direct channel."""
    return Channel("discord", DIRECT_MESSAGE_WORKSPACE, str(user_id), ChannelKind.DIRECT)
