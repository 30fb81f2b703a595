"""Feed dates of daily paper lists: when a date’s list opens, and how far it can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

NEW_YORK: Final = ZoneInfo("America/New_York")
FEED_OPENING_TIME: Final = time(21, 30)
"""Local time at which Hugging Face opens the *next* date's list, in New York."""
FIRST_FEED_DATE: Final = date(2023, 5, 4)
"""The first date that Hugging Face Daily Papers has."""


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


class FeedMode(StrEnum):
    """Which lists a digest may use."""

    SETTLED = "settled"
    FRESH = "fresh"
    TRENDING = "trending"
