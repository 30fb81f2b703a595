"""The port of delivery reports: what waits where, which digests were given up, and a channel's delivery log.

Nothing here changes anything. All raise `bot.errors.StoreError` when the database can't answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryState, Operation
from bot.ports.deliveries import Attempt, DigestState
from bot.reasons.reason import Reason


@dataclass(frozen=True, slots=True)
class QueueLength:
    """How many messages wait for one workspace of a platform."""

    platform: str
    workspace: str
    messages: int


@dataclass(frozen=True, slots=True)
class UnpostedDigest:
    """The latest digest of a channel, where it was refused by the platform or given up."""

    channel: Channel
    day: date
    state: DigestState
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class LoggedMessage:
    """A message of a channel's delivery log; ``day`` is its digest's, or that on which it was recorded (UTC)."""

    kind: str
    day: date
    part: int
    operation: Operation
    state: DeliveryState
    reason: Reason | None = None
    attempts: tuple[Attempt, ...] = ()


class DeliveryReports(Protocol):
    """What operators and people are told of deliveries."""

    async def list_queue_lengths(self) -> Sequence[QueueLength]:
        """Return how many messages wait, by platform and workspace; those for which none does are left out."""
        ...

    async def count_waiting(self, channel: Channel) -> Mapping[DeliveryState, int]:
        """Return how many messages of a channel are in each state that is not final."""
        ...

    async def list_unposted_digests(self, since: datetime, limit: int) -> Sequence[UnpostedDigest]:
        """Return channels in use whose latest digest, planned since, was refused or given up; newest first.

        One that is on its way does not count yet, and one for which no source gave a list is no failed delivery.
        """
        ...

    async def list_latest_messages(self, channel: Channel, limit: int) -> Sequence[LoggedMessage]:
        """Return the latest messages of a channel, newest first, each with every attempt."""
        ...
