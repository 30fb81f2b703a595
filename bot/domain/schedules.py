"""Posting schedules in local time: cadence, weekdays, time zone, daylight saving time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

WEEKDAYS: Final = (0, 1, 2, 3, 4)
EVERY_DAY: Final = (0, 1, 2, 3, 4, 5, 6)


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
