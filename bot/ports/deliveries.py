"""The outbox port: digests and deliveries on their way out (claim, send, settle).

Every method is one transaction. Times are aware UTC. All raise `bot.errors.StoreError` when the database can't answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal, Protocol

from bot.cards.models import Card
from bot.domain.channels import Channel
from bot.domain.deliveries import AttemptOutcome, DeliveryKey, DeliveryState
from bot.ports.channels import ChannelState
from bot.ports.chat import Delivery
from bot.reasons.reason import Reason


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be recorded: ``papers`` are claimed for its channel in the same transaction.

    ``parent`` is the key of the message that it replies to or edits; it waits until that one is sent. With
    ``lookup_since`` it may have been posted since then by an attempt that nobody remembers: it is looked up first.
    """

    key: DeliveryKey
    card: Card
    papers: tuple[str, ...] = ()
    parent: DeliveryKey | None = None
    not_before: datetime | None = None
    lookup_since: datetime | None = None


DigestState = Literal["planned", "posted", "duplicated", "refused", "failed", "empty", "missed"]
"""What its first message is: on its way, posted, perhaps posted twice, refused by the platform, given up.

Without any message: nothing to post, missed while nothing ran; ``failed`` when no source gave a list.
"""
POSTED_STATES: Final[frozenset[DigestState]] = frozenset({"posted", "duplicated"})


@dataclass(frozen=True, slots=True)
class DigestRecord:
    """What became of one local date of a channel.

    ``coverage`` are feed dates, with the reason of those that were skipped. ``due`` is the moment it was for. ``card``
    is the digest as a whole, whatever messages it is posted in.
    """

    channel_state: ChannelState
    day: date
    state: DigestState
    reason: Reason | None = None
    coverage: Mapping[date, Reason | None] = field(default_factory=dict)
    drafts: tuple[Draft, ...] = ()
    next_run: datetime | None = None
    due: datetime | None = None
    card: Card = field(default_factory=Card)


@dataclass(frozen=True, slots=True)
class PastDigest:
    """A recorded digest, as `status` and `why` tell it."""

    day: date
    state: DigestState
    reason: Reason | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PaperMessage:
    """A message that claimed a paper; ``at`` is when it was sent, or recorded if it is still on its way."""

    kind: str
    subject: str
    at: datetime
    is_sent: bool = True


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to send a message; ``ended`` is None while it is under way, or was cut short."""

    number: int
    began: datetime
    ended: datetime | None = None
    outcome: AttemptOutcome | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Circuit:
    """A platform, or one ``workspace`` of it, that gives no answer or refuses everything: left alone until then."""

    platform: str
    workspace: str
    opened: datetime
    open_until: datetime
    failures: int
    reason: Reason | None = None

    @property
    def is_held(self) -> bool:
        """Whether everything is refused, for a permission that is missing; a silence shows after several failures."""
        return self.failures <= 1


@dataclass(frozen=True, slots=True)
class ClaimQueue:
    """What may be claimed: messages of ``platform``, or of all, but none of ``busy_workspaces``; ``owner`` claims."""

    platform: str = ""
    busy_workspaces: Collection[str] = ()
    owner: str = ""


ANY_QUEUE: Final = ClaimQueue()


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of an attempt. ``counted`` makes the next pause longer, ``is_refusal`` counts towards giving up."""

    state: DeliveryState
    outcome: AttemptOutcome | None = None
    message: str = ""
    reason: Reason | None = None
    not_before: datetime | None = None
    counted: bool = True
    is_refusal: bool = False
    lookup_cursor: str = ""


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

        A channel and date that was planned or posted already only gets its next run, so that a double tick changes
        nothing; one that was missed, empty, refused or given up may still be posted. A digest of whose papers one was
        claimed meanwhile is left alone altogether: its channel stays due and is planned anew.
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

    async def list_messages_of_paper(self, channel: Channel, paper: str) -> Sequence[PaperMessage]:
        """Return the messages that claimed a paper for a channel, oldest first."""
        ...


class Circuits(Protocol):
    """Platforms and workspaces that are left alone for a while."""

    async def list_open(self) -> Sequence[Circuit]:
        """Return every circuit; one whose time has come may be tried with one message."""
        ...

    async def open(self, circuit: Circuit) -> bool:
        """Record a circuit, or that it stays open for longer; return True when it was closed before."""
        ...

    async def close(self, platform: str, workspace: str) -> bool:
        """Forget a circuit; return True when it was open."""
        ...


class Ledger(Protocol):
    """Messages on their way out."""

    async def add(self, drafts: Sequence[Draft], now: datetime) -> Sequence[Delivery]:
        """Record messages and their claims; those with a known key, or a paper that is claimed, are left out."""
        ...

    async def claim(
        self, now: datetime, lease: datetime, limit: int, queue: ClaimQueue = ANY_QUEUE
    ) -> Sequence[Delivery]:
        """Take messages that may go out now into SENDING until *lease*, oldest first, one for each channel.

        Each gets a new attempt number, and an attempt that began *now*.
        """
        ...

    async def settle(self, delivery: Delivery, settlement: Settlement, now: datetime) -> bool:
        """Record what became of the attempt that *delivery* was claimed for, and of its digest.

        Return False when a later attempt has begun, or the message was settled for good: then it is noted, no more.
        """
        ...

    async def expire_claims(self, now: datetime, owner: str, in_flight: Collection[int]) -> int:
        """Turn messages in SENDING that nobody sends any more into UNCERTAIN; return how many.

        Those are the *owner*'s own that are not *in_flight*, and others' whose lease ran out.
        """
        ...

    async def release_claims(self, now: datetime, owner: str) -> int:
        """Turn what a dead process left in SENDING into UNCERTAIN; the caller knows that only *owner* runs."""
        ...

    async def expire_waiting(self, now: datetime) -> Sequence[Delivery]:
        """Give up messages that wait for longer than they may; return some of them, until there are none."""
        ...

    async def list_attempts(self, delivery: Delivery) -> Sequence[Attempt]:
        """Return the attempts to send a message, oldest first."""
        ...

    async def count_resent(self, since: datetime) -> int:
        """Return how many messages were sent again since without knowing whether they had been posted."""
        ...

    async def list_uncertain(self, now: datetime, limit: int, platform: str = "") -> Sequence[Delivery]:
        """Return messages whose fate may be looked up now, of one platform or of all."""
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
