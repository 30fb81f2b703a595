"""Ports of follows, mutes, saved papers, the audit trail, personal data (export and erasure), processed events.

Every method is one transaction. Times are aware UTC. All raise `bot.errors.StoreError` when the database can't answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from bot.models import Channel, Follow, Person


class Follows(Protocol):
    """Who follows what, and which papers matched."""

    async def add(self, follow: Follow) -> bool:
        """Keep a follow; return False when the channel follows that topic already (its ``alerts`` are then updated)."""
        ...

    async def remove(self, channel: Channel, topic: str) -> Follow | None:
        """Forget a follow; return what it was."""
        ...

    async def list_for_channel(self, channel: Channel) -> Sequence[Follow]:
        """Return the follows of a channel, oldest first."""
        ...

    async def list_all(self, platform: str = "", workspace: str = "") -> Sequence[Follow]:
        """Return the follows of a workspace, or of all when none is named."""
        ...

    async def list_topics_by_channel(self, channels: Collection[int]) -> dict[int, Sequence[str]]:
        """Return the topics of channels, by the channels' database numbers; channels without any are left out."""
        ...

    async def count_by_topic(self) -> Mapping[str, int]:
        """Return every topic that is followed, with the number of its follows."""
        ...

    async def record_matches(self, matches: Collection[tuple[str, str]], now: datetime) -> int:
        """Record (topic, paper) matches; return how many were new."""
        ...

    async def list_unsent_alerts(self, since: datetime) -> Mapping[Channel, Sequence[tuple[str, Sequence[str]]]]:
        """Return what alerts are owed: by channel, papers with the topics that matched.

        A hit counts when it was recorded after *since* and after the follow began, the follow wants alerts, the paper
        is neither muted nor claimed for the channel, and the channel is neither retired nor paused.
        """
        ...


class MutesAndSaves(Protocol):
    """Mutes, saved papers, and what a person has seen."""

    async def mute(
        self, channel: Channel, kind: Literal["topic", "paper"], value: str, by: Person, now: datetime
    ) -> bool:
        """Mute a topic or a paper; return False when it was already."""
        ...

    async def unmute(self, channel: Channel, kind: Literal["topic", "paper"], value: str) -> bool:
        """Lift a mute; return False when there was none."""
        ...

    async def list_mutes(self, channels: Collection[int]) -> dict[int, Sequence[tuple[str, str]]]:
        """Return (kind, value) of the mutes, by the channels' database numbers."""
        ...

    async def save(self, person: Channel, paper: str, now: datetime) -> bool:
        """Put a paper on a person's reading list (their direct channel); return False when it was there."""
        ...

    async def unsave(self, person: Channel, paper: str) -> bool:
        """Take a paper off; return False when it was not there."""
        ...

    async def list_saved_papers(self, person: Channel) -> Sequence[tuple[str, datetime]]:
        """Return the reading list, newest first."""
        ...

    async def record_seen(self, person: Channel, papers: Collection[str], now: datetime) -> None:
        """Note that a person was shown papers."""
        ...

    async def find_seen_papers(self, person: Channel, papers: Collection[str]) -> set[str]:
        """Return which of the papers the person was shown."""
        ...


ChangeKind = Literal["preferences", "access", "follow", "unfollow", "mute", "unmute", "members"]


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the audit trail. ``before`` and ``after`` are JSON data that `undo` can put back."""

    id: int
    channel: Channel
    changed_by: Person
    at: datetime
    kind: ChangeKind
    summary: str
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
        summary: str,
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


class Privacy(Protocol):
    """What is stored about a person."""

    async def export_data(self, person: Channel) -> dict[str, Any]:
        """Return everything stored about the person whose direct channel this is, as JSON data."""
        ...

    async def erase_data(self, person: Channel) -> dict[str, int]:
        """Delete a person's follows, saves, seen marks, mutes and unsent messages; return counts by name.

        Audit rows and the follows that they added to channels get a pseudonym.
        """
        ...


class ProcessedEvents(Protocol):
    """Events that came in lately, so that a repeated one has no second effect."""

    async def add_if_new(self, event_id: str, now: datetime) -> bool:
        """Return True for the first sight of an event id, False for a repetition."""
        ...

    async def delete_older(self, before: datetime) -> int:
        """Forget older ones; return how many."""
        ...
