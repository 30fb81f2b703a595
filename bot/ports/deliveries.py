"""The outbox port: digests and deliveries on their way out (claim, send, settle).

Every method is one transaction. Times are aware UTC. All raise `bot.errors.StoreError` when the database can't answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

from bot.cards.models import Card
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey, DeliveryState
from bot.ports.channels import ChannelState
from bot.ports.chat import Delivery
from bot.reasons.reason import Reason


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be recorded: ``papers`` are claimed for its channel in the same transaction.

    ``parent`` is the key of the message that it replies to or edits; it waits until that one is sent.
    """

    key: DeliveryKey
    card: Card
    papers: tuple[str, ...] = ()
    parent: DeliveryKey | None = None
    not_before: datetime | None = None


DigestState = Literal["posted", "empty", "missed", "failed"]


@dataclass(frozen=True, slots=True)
class DigestRecord:
    """What became of one local date of a channel.

    ``coverage`` are feed dates, with the reason of those that were skipped. ``card`` is the digest as a whole, whatever
    messages it is posted in.
    """

    channel_state: ChannelState
    day: date
    state: DigestState
    reason: Reason | None = None
    coverage: Mapping[date, Reason | None] = field(default_factory=dict)
    drafts: tuple[Draft, ...] = ()
    next_run: datetime | None = None
    card: Card = field(default_factory=Card)


@dataclass(frozen=True, slots=True)
class PastDigest:
    """A recorded digest, as `status` and `why` tell it."""

    day: date
    state: DigestState
    reason: Reason | None
    at: datetime


class Digests(Protocol):
    """Digests: one for each channel and local date, with the feed dates that each covered."""

    async def list_coverage(self, channels: Collection[int], since: date) -> dict[int, dict[date, Reason | None]]:
        """Return the feed dates from *since* on that each channel has covered or skipped."""
        ...

    async def find_claimed_papers(self, channels: Collection[int], papers: Collection[str]) -> set[tuple[int, str]]:
        """Return which of the papers were claimed for which of the channels."""
        ...

    async def commit_digests(self, records: Sequence[DigestRecord], now: datetime) -> Sequence[DigestRecord]:
        """Record digests, coverage, messages, claims and the next run together; return those that were new.

        A channel and date that was posted already only gets its next run, so that a double tick changes nothing; one
        that was missed or empty may still be posted. A digest of whose papers one was claimed meanwhile is left
        alone altogether: its channel stays due and is planned anew.
        """
        ...

    async def postpone_digests(self, waits: Sequence[tuple[ChannelState, datetime, datetime]]) -> None:
        """Let channels wait: (channel state, due, look again)."""
        ...

    async def list_past_digests(self, channel: Channel, limit: int = 10) -> Sequence[PastDigest]:
        """Return the latest digests of a channel, newest first."""
        ...

    async def list_recent_papers(self, channel: Channel, limit: int) -> Sequence[str]:
        """Return the papers that were last claimed for a channel, newest first."""
        ...

    async def list_messages_of_paper(self, channel: Channel, paper: str) -> Sequence[tuple[str, str, datetime]]:
        """Return (kind, subject, when) of the messages that claimed a paper for a channel."""
        ...


class Ledger(Protocol):
    """Messages on their way out."""

    async def add(self, drafts: Sequence[Draft], now: datetime) -> Sequence[Delivery]:
        """Record messages and their claims; those with a known key, or a paper that is claimed, are left out."""
        ...

    async def claim(self, now: datetime, lease: datetime, limit: int) -> Sequence[Delivery]:
        """Take messages that may go out now into SENDING until *lease*, oldest first, one for each channel."""
        ...

    async def settle(
        self,
        delivery: int,
        state: DeliveryState,
        now: datetime,
        *,
        message: str = "",
        reason: Reason | None = None,
        not_before: datetime | None = None,
        counted: bool = True,
    ) -> None:
        """Record what became of a message; ``counted`` tells whether it was an attempt."""
        ...

    async def expire_leases(self, now: datetime) -> int:
        """Turn messages in SENDING whose lease ran out into UNCERTAIN; return how many."""
        ...

    async def list_uncertain(self, now: datetime, limit: int) -> Sequence[Delivery]:
        """Return messages whose fate may be looked up now."""
        ...

    async def find_by_key(self, key: DeliveryKey) -> Delivery | None:
        """Return one message by its key."""
        ...

    async def find_digest(self, channel: Channel, message: str) -> Delivery | None:
        """Return the digest that was posted to a channel as a message of the platform, or None."""
        ...

    async def count_open(self) -> dict[DeliveryState, int]:
        """Return how many messages are in each state that is not final."""
        ...

    async def count_since(self, channel: Channel, kind: str, since: datetime) -> int:
        """Return how many messages of *kind* were recorded for a channel since."""
        ...

    async def list_refreshable(self, first: datetime, last: datetime, limit: int, after: int = 0) -> Sequence[Delivery]:
        """Return digests, their entries and papers that readers lifted, sent in the span, oldest first.

        *after* is the number of the last one that was returned before, for the next ones of the same span.
        """
        ...

    async def clear_old_cards(self, before: datetime) -> int:
        """Empty the cards of messages that were recorded before and are sent or dead; return how many.

        Everything else of them stays: keys, claims and states say for good what was posted.
        """
        ...
