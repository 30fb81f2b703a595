"""DayState of a feed day: whether its list is complete, partial, stale or empty for a holiday. Pure functions."""

from __future__ import annotations

from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Final

from bot.domain.feed import DayState, compute_opening_time
from bot.domain.schedules import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from bot.domain.feed import FeedDay

COMPLETE_AFTER: Final = timedelta(hours=6)
"""A list that has been open this long is taken to be complete."""
BASELINE_DAYS: Final = 10
"""How many earlier weekday lists say what is usual."""
PARTIAL_DIVISOR: Final = 3
"""Fewer than the usual number divided by this is a partial list."""


def classify_day(day: date, papers: Sequence[str], now: datetime, earlier: Sequence[FeedDay]) -> DayState:
    """Return the state of the list of *day* that holds the ids *papers* at *now* (aware UTC).

    ``earlier`` are stored days in any order; those from *day* on don't count. Ten weekdays with papers are enough.
    SOURCE_DOWN is not for this function to say: it never sees a list that could not be fetched.
    """
    opened = compute_opening_time(day)
    if opened > now:
        return DayState.NOT_YET_OPEN
    before = [other for other in earlier if other.date < day and other.papers]
    stale = bool(papers) and any(set(papers) <= set(other.papers) for other in before)
    if day.weekday() not in WEEKDAYS:
        return DayState.OK if papers and not stale else DayState.WEEKEND
    settling = now - opened < COMPLETE_AFTER
    if not papers:
        return DayState.PARTIAL if settling else DayState.HOLIDAY
    if stale:
        return DayState.STALE
    return DayState.PARTIAL if settling and len(papers) * PARTIAL_DIVISOR < compute_median_size(before) else DayState.OK


def compute_median_size(days: Sequence[FeedDay]) -> float:
    """Return the median size of the last ten weekday lists that hold papers; 0 when there are none."""
    weekdays = [day for day in days if day.papers and day.date.weekday() in WEEKDAYS]
    newest = sorted(weekdays, key=lambda day: day.date)[-BASELINE_DAYS:]
    return median(len(day.papers) for day in newest) if newest else 0.0
