"""Ports of follows, topic matches and alerts, and of mutes and saved papers (the reading list)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

from bot.domain.channels import Channel
from bot.domain.follows import Follow
from bot.domain.people import Person


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
