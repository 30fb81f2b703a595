"""The audit port: who changed which setting, from what to what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from bot.domain.channels import Channel
from bot.domain.people import Person
from bot.reasons.reason import Reason

ChangeKind = Literal["preferences", "access", "follow", "unfollow", "mute", "unmute", "members"]


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the audit trail. ``before`` and ``after`` are JSON data that `undo` can put back."""

    id: int
    channel: Channel
    changed_by: Person
    at: datetime
    kind: ChangeKind
    summary: Reason
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    undone: bool = False


class Audit(Protocol):
    """Who changed what."""

    async def record_change(
        self,
        channel: Channel,
        by: Person,
        kind: ChangeKind,
        summary: Reason,
        now: datetime,
        *,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        """Write a line."""
        ...

    async def list_changes(self, channel: Channel, limit: int = 20) -> Sequence[Change]:
        """Return a channel's latest changes, newest first."""
        ...

    async def set_undone(self, change: int) -> None:
        """Mark a change as taken back."""
        ...

    async def delete_older(self, before: datetime) -> int:
        """Delete older lines; return how many."""
        ...
