"""Channels of a chat platform: channel, thread, forum or direct messages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

DIRECT_MESSAGE_WORKSPACE: Final = "@me"
"""The workspace of direct channels where a platform gives each person one for all their workspaces."""


class ChannelKind(StrEnum):
    """What sort of place a channel is."""

    CHANNEL = "channel"
    THREAD = "thread"
    FORUM = "forum"
    DIRECT = "direct"


@dataclass(frozen=True, slots=True)
class Channel:
    """A place that can be posted to. A direct channel's ``id`` is the person's id."""

    platform: str
    workspace: str
    id: str
    kind: ChannelKind = ChannelKind.CHANNEL
    name: str = ""

    @property
    def key(self) -> str:
        """The identity as one string, for logs and locks."""
        return f"{self.platform}:{self.workspace}:{self.id}"
