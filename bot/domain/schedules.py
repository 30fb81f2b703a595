"""Posting schedules in local time: cadence, weekdays, time zone, daylight saving time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

WEEKDAYS: Final = (0, 1, 2, 3, 4)
WEEKENDS: Final = (5, 6)
EVERY_DAY: Final = (0, 1, 2, 3, 4, 5, 6)
WEEKDAY_CODES: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""How settings write a day of the week, Monday first."""
WEEKDAY_SETS: Final = {
    **dict.fromkeys(("weekdays", "weekday", "workdays", "working days"), WEEKDAYS),
    **dict.fromkeys(("weekends", "weekend"), WEEKENDS),
    **dict.fromkeys(("daily", "every day", "everyday", "all"), EVERY_DAY),
}
"""What people call several days of the week at once."""
WEEKDAY_SEPARATORS: Final = re.compile(r"[,;&/+]|\band\b")
_WEEKDAY_RANGE: Final = re.compile(r"\b([a-z]{3})[a-z]*\s*(?:-|–|to)\s*([a-z]{3})[a-z]*")


def parse_weekdays(text: str) -> tuple[int, ...]:
    """Read days of the week, Monday = 0: "weekdays", "mon-fri", "Sat to Mon, Wed"; other words are passed over."""
    typed = " ".join(WEEKDAY_SEPARATORS.sub(" ", text.strip().strip('"').casefold()).split())
    if typed in WEEKDAY_SETS:
        return WEEKDAY_SETS[typed]
    days = {WEEKDAY_CODES.index(word[:3]) for word in re.findall("[a-z]+", typed) if word[:3] in WEEKDAY_CODES}
    for ends in _WEEKDAY_RANGE.findall(typed):
        if set(ends) <= set(WEEKDAY_CODES):
            first, last = map(WEEKDAY_CODES.index, ends)
            days |= {(first + n) % 7 for n in range((last - first) % 7 + 1)}
    return tuple(sorted(days))


def serialize_weekdays(days: Iterable[int]) -> str:
    """Write days of the week as settings do: "weekdays", "mon wed fri"."""
    chosen = tuple(sorted(set(days)))
    names = {WEEKDAYS: "weekdays", WEEKENDS: "weekends"}
    return names.get(chosen) or " ".join(WEEKDAY_CODES[day] for day in chosen)


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
