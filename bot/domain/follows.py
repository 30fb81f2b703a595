"""A follow: a topic that a channel or a person is told about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.channels import Channel
from bot.domain.people import Person


@dataclass(frozen=True, slots=True)
class Follow:
    """A topic that a channel (or, in its direct channel, a person) follows. ``topic`` is the canonical text."""

    channel: Channel
    topic: str
    added_by: Person
    followed_since: datetime
    alerts: bool = False
