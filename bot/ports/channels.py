"""The channels port: preferences, next run and retirement of every channel that can be posted to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.channels import Channel
from bot.domain.preferences import Preferences
from bot.reasons.reason import Reason


@dataclass(frozen=True, slots=True)
class ChannelState:
    """A channel as it stands: ``next_run`` is when the clock looks at it again, ``due`` the post that it looks for.

    The two differ while a digest waits for a list. ``retired_reason`` says why nothing is posted any more.
    ``channel_id`` is the database's own number of the channel.
    """

    channel_id: int
    channel: Channel
    preferences: Preferences
    next_run: datetime | None = None
    due: datetime | None = None
    retired_reason: Reason | None = None
    known_since: datetime | None = None

    @property
    def retired_code(self) -> str:
        """The code of why nothing is posted any more; "" where something is."""
        return self.retired_reason.code if self.retired_reason else ""


class Channels(Protocol):
    """Where is posted, and how."""

    async def get(self, channel: Channel) -> ChannelState | None:
        """Return the channel's state; None where nothing was ever asked of it."""
        ...

    async def get_or_create(self, channel: Channel, now: datetime) -> ChannelState:
        """Return the channel's state; a new one has the default preferences and no digest."""
        ...

    async def save_preferences(
        self, channel: Channel, preferences: Preferences, next_run: datetime | None, due: datetime | None = None
    ) -> None:
        """Keep the preferences, when to look again, and the post to look for.

        Without *list_due* that is ``next_run``.
        """
        ...

    async def list_for_workspace(self, platform: str, workspace: str) -> Sequence[ChannelState]:
        """Return the channels of a workspace, by name; direct ones too."""
        ...

    async def list_due(self, now: datetime, limit: int) -> Sequence[ChannelState]:
        """Return at most *limit* channels whose ``next_run`` has come, are on, not paused and not retired."""
        ...

    async def list_enabled(self, *, include_retired: bool = False) -> Sequence[ChannelState]:
        """Return every channel that has a digest and is not paused.

        With *include_retired* those too that get none any more.
        """
        ...

    async def list_retired(self, limit: int) -> Sequence[ChannelState]:
        """Return at most *limit* channels, no direct ones, that should have a digest and get none any more."""
        ...

    async def retire(self, channel: Channel, reason: Reason) -> bool:
        """Stop posting to the channel; return False when it was retired already."""
        ...

    async def restore(self, channel: Channel, next_run: datetime | None, now: datetime) -> None:
        """Take a retired channel back: *next_run* is its next digest, unless one was refused that may still come."""
        ...

    async def move_identity(self, old: Channel, new: Channel) -> bool:
        """Give a channel its new identity; False when *old* is unknown, or *new* is known already."""
        ...
