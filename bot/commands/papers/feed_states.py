"""Feed day states in sentences: daily lists that are partial, stale, missing, not open or a holiday."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from bot.domain.feed import DayState, FeedDay, compute_opening_time, find_newest_feed_date
from bot.i18n import formatting
from bot.i18n.translation import gettext, phrase

_FRIDAY: Final = 4
_SENTENCES: Final = {
    DayState.PARTIAL: phrase("This list is still filling; papers are added during its first day."),
    DayState.STALE: phrase("{source} still repeats an earlier list for this date."),
    DayState.HOLIDAY: phrase("Nothing was listed on this date: a holiday."),
    DayState.SOURCE_DOWN: phrase("{source} did not answer for this date; it is asked again every ten minutes."),
}


def describe_list(day: date, feed_day: FeedDay | None, now: datetime, zone: str, source: str) -> str:
    """Say what is special about the list of *day*; "" when nothing is. *feed_day* is the stored list.

    *source* is what sentences call the source of the lists.
    """
    if compute_opening_time(day) > now:
        return gettext(
            "The list of {day} is not open yet; it opens {when}.",
            day=formatting.format_day(day),
            when=formatting.format_moment(compute_opening_time(day), zone),
        )
    if day.weekday() > _FRIDAY and not (feed_day and feed_day.papers):
        return gettext("Nothing is listed on weekends.")
    if feed_day is None:
        today = find_newest_feed_date(now) == day
        missing = (
            phrase("The list of {day} is not stored yet.") if today else phrase("The list of {day} is not stored.")
        )
        return gettext(missing, day=formatting.format_day(day, year=True))
    if feed_day.state is DayState.NOT_YET_OPEN:
        return gettext(_SENTENCES[DayState.SOURCE_DOWN], source=source)
    if feed_day.state is DayState.OK and not feed_day.papers:
        return gettext("Nothing was listed on this date.")
    return gettext(_SENTENCES.get(feed_day.state, ""), source=source)


@dataclass(frozen=True, slots=True)
class ListSpan:
    """The stored lists of some dates, seen at a moment from a zone; ``source`` is as in `describe_list`."""

    first: date
    last: date
    days: tuple[FeedDay, ...]
    now: datetime
    zone: str
    source: str

    def __str__(self) -> str:
        """Write the dates: "Mon 23 Nov", "Fri 20 Nov to Mon 23 Nov"; with the year where it is not this one."""
        year = self.last.year != self.now.year
        last = formatting.format_day(self.last, year=year)
        return (
            last
            if self.first == self.last
            else gettext("{first} to {last}", first=formatting.format_day(self.first), last=last)
        )

    @property
    def iso(self) -> str:
        """The dates as an argument."""
        first = self.first.isoformat()
        return first if self.first == self.last else f"{first}..{self.last.isoformat()}"

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is special about the lists that hold papers."""
        said = (describe_list(day.date, day, self.now, self.zone, self.source) for day in self.days if day.papers)
        return tuple(dict.fromkeys(line for line in said if line))

    @property
    def missing_reason(self) -> str:
        """Why there is nothing."""
        if self.first != self.last:
            return gettext("No list is stored for {dates}.", dates=self)
        known = next((day for day in self.days if day.date == self.first), None)
        return describe_list(self.first, known, self.now, self.zone, self.source) or gettext(
            "The papers of this list are not stored."
        )
