"""The domain models: papers, feed days, channels, schedules, follows, deliveries; values only, no I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, Literal
from zoneinfo import ZoneInfo

NEW_YORK: Final = ZoneInfo("America/New_York")
FEED_OPENING_TIME: Final = time(21, 30)
"""Local time at which Hugging Face opens the *next* date's list, in New York."""

WEEKDAYS: Final = (0, 1, 2, 3, 4)
EVERY_DAY: Final = (0, 1, 2, 3, 4, 5, 6)

_CANONICAL_ARXIV_ID: Final = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})")


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper, whatever source, version or list it came from.

    ``id`` is the arXiv id without its version, always a string. ``votes`` and ``comments`` are counts as last seen;
    votes are None where nobody votes. ``listed`` is the first Hugging Face list that held it, or None. ``seen`` is when
    Broadsheet first stored it.
    Text fields are plain, readable text: LaTeX and markup were turned into Unicode when the paper was read.
    """

    id: str
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published: date | None = None
    votes: int | None = None
    comments: int = 0
    summary: str = ""
    keywords: tuple[str, ...] = ()
    organization: str = ""
    code: str = ""
    stars: int | None = None
    project: str = ""
    thumbnail: str = ""
    withdrawn: bool = False
    listed: date | None = None
    seen: datetime | None = None

    @property
    def effective_date(self) -> date | None:
        """The date that windows such as "the last 14 days" go by: first listing, else publication, else storing."""
        return self.listed or self.published or (self.seen.date() if self.seen else None)

    @property
    def url(self) -> str:
        """Where to read about it: Hugging Face for what was listed there, else arXiv, else nowhere."""
        if not _CANONICAL_ARXIV_ID.fullmatch(self.id):
            return ""
        return f"https://huggingface.co/papers/{self.id}" if self.listed else f"https://arxiv.org/abs/{self.id}"


def canonicalize_arxiv_id(identifier: str) -> str:
    """Return an arXiv id without version as papers are stored: an old one in lower case, without its subject class.

    "math.GT/0309136" and "math/0309136" name one paper: https://info.arxiv.org/help/arxiv_identifier.html
    """
    archive, slash, number = identifier.rpartition("/")
    return f"{archive.partition('.')[0].lower()}{slash}{number}"


class DayState(StrEnum):
    """How far one date's list can be trusted."""

    OK = "ok"
    PARTIAL = "partial"
    STALE = "stale"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    NOT_YET_OPEN = "not yet open"
    SOURCE_DOWN = "source down"


@dataclass(frozen=True, slots=True)
class FeedDay:
    """The list of one feed date: ``papers`` are ids in the source's own order; ``fetched`` the last good answer."""

    date: date
    state: DayState
    papers: tuple[str, ...] = ()
    fetched: datetime | None = None

    @property
    def opened_at(self) -> datetime:
        """The instant at which the source opened this list, in UTC."""
        return compute_opening_time(self.date)


def compute_opening_time(day: date) -> datetime:
    """Return the instant (UTC) at which the list of *day* opens: 21:30 in New York on the evening before."""
    return datetime.combine(day - timedelta(days=1), FEED_OPENING_TIME, NEW_YORK).astimezone(UTC)


def find_newest_feed_date(now: datetime) -> date:
    """Return the date of the newest list that is open at *now*."""
    local = now.astimezone(NEW_YORK)
    return local.date() + timedelta(days=1) if local.time() >= FEED_OPENING_TIME else local.date()


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


class Cadence(StrEnum):
    """How often a digest is posted."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When to post, in local time.

    ``days`` are weekdays, Monday = 0. Daily posts on each of them, weekly on the first of them in an ISO week,
    monthly on the first date of a month that falls on one of them.
    """

    at: time = time(9, 0)
    timezone: str = "UTC"
    days: tuple[int, ...] = WEEKDAYS
    cadence: Cadence = Cadence.DAILY

    @property
    def zone_info(self) -> ZoneInfo:
        """The zone's rules."""
        return ZoneInfo(self.timezone)

    def compute_post_time(self, day: date) -> datetime:
        """Return the moment (UTC) of *day*'s post.

        A time that does not exist that day moves forward by the gap; one that occurs twice is its first occurrence
        (PEP 495, fold=0).
        """
        return datetime.combine(day, self.at, self.zone_info).astimezone(UTC)

    def to_local_date(self, moment: datetime) -> date:
        """Return the local date of *moment*."""
        return moment.astimezone(self.zone_info).date()

    def is_post_day(self, day: date) -> bool:
        """Tell whether *day* (a local date) is one of the schedule's."""
        if day.weekday() not in self.days:
            return False
        if self.cadence is Cadence.WEEKLY:
            return day.weekday() == min(self.days)
        if self.cadence is Cadence.MONTHLY:
            return not any((day - timedelta(days=n)).weekday() in self.days for n in range(1, day.day))
        return True

    def find_next_post(self, moment: datetime) -> datetime | None:
        """Return the first post strictly after *moment* (UTC), or None when no weekday is chosen."""
        if not self.days:
            return None
        day = self.to_local_date(moment) - timedelta(days=1)
        while True:
            if self.is_post_day(day):
                instant = self.compute_post_time(day)
                # A zone that skips a whole date (Samoa, 2011-12-30) maps that date's post onto the next date.
                if instant > moment and self.to_local_date(instant) == day:
                    return instant
            day += timedelta(days=1)


class FeedMode(StrEnum):
    """Which lists a digest may use."""

    SETTLED = "settled"
    FRESH = "fresh"
    TRENDING = "trending"


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a channel wants of its digest.

    ``entries`` puts each paper into the thread below, ``mention`` is the id of the one role that a digest may ping,
    ``lift`` how many people must react to a paper of it until it gets a thread of its own (0 is never), ``into`` the
    id of the forum in which it gets a post instead, ``language`` the code of the one that its posts are written in (""
    where nobody has chosen: English), and ``tag`` the name of that which a forum's posts get where none is named like
    what they match.
    """

    on: bool = False
    schedule: Schedule = field(default_factory=Schedule)
    number: int = 5
    min_votes: int = 0
    your_topics: bool = True
    mode: FeedMode = FeedMode.SETTLED
    abstracts: bool = False
    say_when_empty: bool = False
    repeats: bool = False
    paused: bool = False
    pictures: bool = False
    unfurls: bool = False
    entries: bool = False
    mention: str = ""
    lift: int = 0
    into: str = ""
    language: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who writes to the bot.

    ``is_manager`` is what the platform says of them in this channel, ``is_admin`` what it says of them in the workspace,
    ``timezone`` their IANA zone, where it tells. ``direct_workspace`` is the workspace of their direct messages, where that is not the
    one in which they write: some platforms have one direct channel for each person, whatever they have in common.
    """

    id: str
    name: str = ""
    is_manager: bool = False
    is_admin: bool = False
    timezone: str = ""
    direct_workspace: str = ""


@dataclass(frozen=True, slots=True)
class Follow:
    """A topic that a channel (or, in its direct channel, a person) follows. ``topic`` is the canonical text."""

    channel: Channel
    topic: str
    added_by: Person
    followed_since: datetime
    alerts: bool = False


Operation = Literal["post", "reply", "edit"]


@dataclass(frozen=True, slots=True)
class DeliveryKey:
    """What makes a message one message: the idempotency key."""

    channel: Channel
    kind: str
    subject: str
    part: int = 0
    operation: Operation = "post"

    def __str__(self) -> str:
        return "/".join((self.channel.key, self.kind, self.subject, str(self.part), self.operation))


class DeliveryState(StrEnum):
    """Where a message is on its way."""

    PENDING = "pending"
    SENDING = "sending"
    RETRY = "retry"
    UNCERTAIN = "uncertain"
    SENT = "sent"
    DEAD = "dead"
