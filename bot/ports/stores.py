"""What is kept, as narrow protocols; `storage` implements them on one database.

Every method is one transaction. Times are aware UTC. All raise `bot.errors.StoreError` when the database can't answer.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

from bot.cards import Card
from bot.models import Channel, DeliveryKey, DeliveryState, FeedDay, Follow, Paper, Person, Preferences
from bot.ports.chats import Delivery
from bot.ports.sources import SourceStates

# -- papers and the days that listed them ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing did. ``new`` were unknown; ``changed`` have another title, abstract, author or category now."""

    new: tuple[Paper, ...] = ()
    changed: tuple[Paper, ...] = ()


class Papers(Protocol):
    """Every paper known, folded by id, with a sequence that grows at each change of the searched text."""

    async def add(self, papers: Sequence[Paper], now: datetime) -> Stored:
        """Merge *papers*: what a source leaves empty is kept, votes become a sighting, the earliest listing stays."""
        ...

    async def get(self, ids: Collection[str]) -> dict[str, Paper]:
        """Return the known ones of *ids*."""
        ...

    async def count(self) -> int:
        """Return how many there are."""
        ...

    async def between(self, first: date, last: date) -> Sequence[Paper]:
        """Return the papers whose `Paper.day` lies in the span, newest first."""
        ...

    async def span(self) -> tuple[date, date] | None:
        """Return the first and the last `Paper.day`, or None when nothing is stored."""
        ...

    def each(self, after: int = 0) -> AsyncIterator[tuple[int, Paper]]:
        """Yield (sequence, paper) of everything newer than *after*, in order, with bounded memory."""
        ...

    async def sequence(self) -> int:
        """Return the highest sequence, 0 when nothing is stored."""
        ...

    async def sightings(self, paper: str) -> Sequence[tuple[datetime, int]]:
        """Return the votes of a paper over time, oldest first."""
        ...

    async def thin(self, before: datetime) -> int:
        """Keep one sighting a day of those older than *before*; return how many went."""
        ...


class Days(Protocol):
    """The lists of the feed's dates, and the source's trending rank."""

    async def put(self, days: Sequence[FeedDay]) -> None:
        """Keep *days*; an answer without papers never erases papers that are stored for its date."""
        ...

    async def get(self, day: date) -> FeedDay | None:
        """Return one date's list."""
        ...

    async def between(self, first: date, last: date) -> Sequence[FeedDay]:
        """Return the lists in the span, oldest first."""
        ...

    async def newest(self) -> FeedDay | None:
        """Return the newest list that holds papers."""
        ...

    async def rank(self, papers: Sequence[str], now: datetime) -> None:
        """Keep the trending rank of *now*, in place of the one before."""
        ...

    async def trending(self) -> tuple[Sequence[str], datetime | None]:
        """Return the trending rank and when it was fetched."""
        ...


# -- channels ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """A channel as it stands: ``next_run`` is when the clock looks at it again, ``due`` the post that it looks for.

    The two differ while a digest waits for a list. ``retired`` says why nothing is posted any more, or is empty.
    ``key`` is the database's own number of the channel.
    """

    key: int
    channel: Channel
    preferences: Preferences
    next_run: datetime | None = None
    due: datetime | None = None
    retired: str = ""
    since: datetime | None = None


class Channels(Protocol):
    """Where is posted, and how."""

    async def open(self, channel: Channel, now: datetime) -> Standing:
        """Return the channel's standing; a new one has the default preferences and no digest."""
        ...

    async def set(self, channel: Channel, preferences: Preferences, next_run: datetime | None) -> None:
        """Keep the preferences and the next post; forgets a waiting digest."""
        ...

    async def of(self, platform: str, workspace: str) -> Sequence[Standing]:
        """Return the channels of a workspace, by name; direct ones too."""
        ...

    async def due(self, now: datetime, limit: int) -> Sequence[Standing]:
        """Return at most *limit* channels whose ``next_run`` has come, are on, not paused and not retired."""
        ...

    async def on(self) -> Sequence[Standing]:
        """Return every channel that has a digest and is neither paused nor retired."""
        ...

    async def retire(self, channel: Channel, reason: str) -> bool:
        """Stop posting to the channel; return False when it was retired already."""
        ...

    async def restore(self, channel: Channel, next_run: datetime | None) -> None:
        """Take a retired channel back."""
        ...


# -- digests and the ledger ----------------------------------------------------------------------------------------


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
class Edition:
    """What became of one local date of a channel.

    ``covered`` are feed dates, with "" or the reason why each was skipped.
    """

    standing: Standing
    day: date
    state: DigestState
    reason: str = ""
    covered: Mapping[date, str] = field(default_factory=dict)
    drafts: tuple[Draft, ...] = ()
    next_run: datetime | None = None


@dataclass(frozen=True, slots=True)
class PastEdition:
    """A recorded edition, as `status` and `why` tell it."""

    day: date
    state: DigestState
    reason: str
    at: datetime


class Editions(Protocol):
    """Digests: one for each channel and local date, with the feed dates that each covered."""

    async def covered(self, channels: Collection[int], since: date) -> dict[int, dict[date, str]]:
        """Return the feed dates from *since* on that each channel has covered or skipped."""
        ...

    async def posted(self, channels: Collection[int], papers: Collection[str]) -> set[tuple[int, str]]:
        """Return which of the papers were claimed for which of the channels."""
        ...

    async def commit(self, editions: Sequence[Edition], now: datetime) -> Sequence[Edition]:
        """Record editions, coverage, messages, claims and the next run together; return those that were new.

        A channel and date that was posted already only gets its next run, so that a double tick changes nothing; one
        that was missed or empty may still be posted. An edition of whose papers one was claimed meanwhile is left
        alone altogether: its channel stays due and is planned anew.
        """
        ...

    async def hold(self, waits: Sequence[tuple[Standing, datetime, datetime]]) -> None:
        """Let channels wait: (standing, due, look again)."""
        ...

    async def history(self, channel: Channel, limit: int = 10) -> Sequence[PastEdition]:
        """Return the latest editions of a channel, newest first."""
        ...

    async def of_paper(self, channel: Channel, paper: str) -> Sequence[tuple[str, str, datetime]]:
        """Return (kind, subject, when) of the messages that claimed a paper for a channel."""
        ...


class Ledger(Protocol):
    """Messages on their way out."""

    async def add(self, drafts: Sequence[Draft], now: datetime) -> Sequence[Delivery]:
        """Record messages and their claims; those whose key is known, or whose papers are all claimed, are left out."""
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
        reason: str = "",
        not_before: datetime | None = None,
        counted: bool = True,
    ) -> None:
        """Record what became of a message; ``counted`` tells whether it was an attempt."""
        ...

    async def expired(self, now: datetime) -> int:
        """Turn messages in SENDING whose lease ran out into UNCERTAIN; return how many."""
        ...

    async def uncertain(self, now: datetime, limit: int) -> Sequence[Delivery]:
        """Return messages whose fate may be looked up now."""
        ...

    async def get(self, key: DeliveryKey) -> Delivery | None:
        """Return one message by its key."""
        ...

    async def waiting(self) -> dict[DeliveryState, int]:
        """Return how many messages are in each state that is not final."""
        ...

    async def sent_since(self, channel: Channel, kind: str, since: datetime) -> int:
        """Return how many messages of *kind* were recorded for a channel since."""
        ...

    async def wanting_refresh(self, since: datetime, limit: int) -> Sequence[Delivery]:
        """Return sent digests (first parts, posts) that were sent since, newest first."""
        ...


# -- people's wishes -------------------------------------------------------------------------------------------------


class Follows(Protocol):
    """Who follows what, and which papers matched."""

    async def add(self, follow: Follow) -> bool:
        """Keep a follow; return False when the channel follows that topic already (its ``alerts`` are then updated)."""
        ...

    async def remove(self, channel: Channel, topic: str) -> Follow | None:
        """Forget a follow; return what it was."""
        ...

    async def of(self, channel: Channel) -> Sequence[Follow]:
        """Return the follows of a channel, oldest first."""
        ...

    async def all(self, platform: str = "", workspace: str = "") -> Sequence[Follow]:
        """Return the follows of a workspace, or of all when none is named."""
        ...

    async def many(self, channels: Collection[int]) -> dict[int, Sequence[str]]:
        """Return the topics of channels, by the channels' database numbers; channels without any are left out."""
        ...

    async def topics(self) -> Mapping[str, int]:
        """Return every topic that is followed, with the number of its follows."""
        ...

    async def hit(self, hits: Collection[tuple[str, str]], now: datetime) -> int:
        """Record (topic, paper) matches; return how many were new."""
        ...

    async def unsent(self, since: datetime) -> Mapping[Channel, Sequence[tuple[str, Sequence[str]]]]:
        """Return what alerts are owed: by channel, papers with the topics that matched.

        A hit counts when it was recorded after *since* and after the follow began, the follow wants alerts, the paper
        is neither muted nor claimed for the channel, and the channel is neither retired nor paused.
        """
        ...


class Wishes(Protocol):
    """Mutes, saved papers, and what a person has seen."""

    async def mute(
        self, channel: Channel, kind: Literal["topic", "paper"], value: str, by: Person, now: datetime
    ) -> bool:
        """Mute a topic or a paper; return False when it was already."""
        ...

    async def unmute(self, channel: Channel, kind: Literal["topic", "paper"], value: str) -> bool:
        """Lift a mute; return False when there was none."""
        ...

    async def mutes(self, channels: Collection[int]) -> dict[int, Sequence[tuple[str, str]]]:
        """Return (kind, value) of the mutes, by the channels' database numbers."""
        ...

    async def save(self, person: Channel, paper: str, now: datetime) -> bool:
        """Put a paper on a person's reading list (their direct channel); return False when it was there."""
        ...

    async def unsave(self, person: Channel, paper: str) -> bool:
        """Take a paper off; return False when it was not there."""
        ...

    async def saved(self, person: Channel) -> Sequence[tuple[str, datetime]]:
        """Return the reading list, newest first."""
        ...

    async def saw(self, person: Channel, papers: Collection[str], now: datetime) -> None:
        """Note that a person was shown papers."""
        ...

    async def seen(self, person: Channel, papers: Collection[str]) -> set[str]:
        """Return which of the papers the person was shown."""
        ...


ChangeKind = Literal["preferences", "follow", "unfollow", "mute", "unmute"]


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the audit trail. ``before`` and ``after`` are JSON data that `undo` can put back."""

    id: int
    channel: Channel
    by: Person
    at: datetime
    kind: ChangeKind
    summary: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    undone: bool = False


class Audit(Protocol):
    """Who changed what."""

    async def note(
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

    async def changes(self, channel: Channel, limit: int = 20) -> Sequence[Change]:
        """Return a channel's latest changes, newest first."""
        ...

    async def undone(self, change: int) -> None:
        """Mark a change as taken back."""
        ...

    async def prune(self, before: datetime) -> int:
        """Delete older lines; return how many."""
        ...


class Privacy(Protocol):
    """What is stored about a person."""

    async def about(self, person: Channel) -> dict[str, Any]:
        """Return everything stored about the person whose direct channel this is, as JSON data."""
        ...

    async def forget(self, person: Channel) -> dict[str, int]:
        """Delete a person's follows, saves, seen marks, mutes and unsent messages; return counts by name.

        Audit rows and the follows that they added to channels get a pseudonym.
        """
        ...


class Inbox(Protocol):
    """Events that came in lately, so that a repeated one has no second effect."""

    async def first(self, event: str, now: datetime) -> bool:
        """Return True for the first sight of an event id, False for a repetition."""
        ...

    async def prune(self, before: datetime) -> int:
        """Forget older ones; return how many."""
        ...


@dataclass(frozen=True, slots=True)
class Workspace:
    """A team, a server, or this machine. ``managers`` are person ids that may always manage; ``limits`` by name."""

    platform: str
    id: str
    name: str = ""
    timezone: str = "UTC"
    managers: tuple[str, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)


class Workspaces(Protocol):
    """The workspaces known."""

    async def get(self, platform: str, workspace: str) -> Workspace | None:
        """Return one."""
        ...

    async def put(self, workspace: Workspace) -> None:
        """Keep one."""
        ...


@dataclass(frozen=True, slots=True)
class Post:
    """A message that the browser's workspace holds. ``parent`` is the message it replies to, or empty."""

    id: int
    channel: Channel
    card: Card
    at: datetime
    parent: str = ""
    edited: datetime | None = None


class Board(Protocol):
    """The messages of the browser's workspace, which has no platform to keep them."""

    async def put(self, key: DeliveryKey, card: Card, at: datetime, parent: str = "") -> Post:
        """Keep a message; the same key gives the message that is there already."""
        ...

    async def find(self, key: DeliveryKey) -> Post | None:
        """Return the message with a key."""
        ...

    async def edit(self, post: int, card: Card, at: datetime) -> Post | None:
        """Replace a message's card; None when there is no such message."""
        ...

    async def latest(self, channel: Channel, limit: int = 50, before: int | None = None) -> Sequence[Post]:
        """Return a channel's latest messages, oldest first; of those before an id when one is given."""
        ...


class Marks(Protocol):
    """Small facts about this installation, by name ("sample", "tzdata")."""

    async def get(self, name: str) -> str:
        """Return a mark, or ""."""
        ...

    async def put(self, name: str, value: str) -> None:
        """Set a mark; an empty value removes it."""
        ...


@dataclass(frozen=True, slots=True)
class Hit:
    """One result of the index: higher ``score`` is better."""

    paper: str
    score: float


class Index(Protocol):
    """Words to papers: derived data that can be deleted. All methods may be called beside a writing process."""

    async def find(self, query: Sequence[str], limit: int) -> Sequence[Hit]:
        """Return the best papers for *query* (words, see `bot.topics.words`), best first."""
        ...

    async def like(self, paper: Paper, limit: int) -> Sequence[Hit]:
        """Return the papers most like one, without itself."""
        ...

    async def refresh(self) -> int:
        """Take in what is newer than the index, or scan it when another process writes; return how many papers."""
        ...


@dataclass(frozen=True, slots=True)
class Stores:
    """All of them, as the composition root hands them out."""

    papers: Papers
    days: Days
    channels: Channels
    editions: Editions
    ledger: Ledger
    follows: Follows
    wishes: Wishes
    audit: Audit
    privacy: Privacy
    inbox: Inbox
    workspaces: Workspaces
    board: Board
    marks: Marks
    sources: SourceStates
    index: Index
