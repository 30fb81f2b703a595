"""What the feed's lists are, in sentences: which state a date is in, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from bot import wording
from bot.language import gettext, phrase
from bot.models import DayState, FeedDay, feed_date, opening

_FRIDAY: Final = 4
_SENTENCES: Final = {
    DayState.PARTIAL: phrase("This list is still filling; papers are added during its first day."),
    DayState.STALE: phrase("Hugging Face still repeats an earlier list for this date."),
    DayState.HOLIDAY: phrase("Nothing was listed on this date: a holiday."),
    DayState.SOURCE_DOWN: phrase("Hugging Face did not answer for this date; it is asked again every ten minutes."),
}


def sentence(day: date, known: FeedDay | None, now: datetime, zone: str) -> str:
    """Say what is special about the list of *day*; "" when nothing is. *known* is the stored list."""
    if opening(day) > now:
        return gettext(
            "The list of {day} is not open yet; it opens {when}.",
            day=wording.day(day),
            when=wording.when(opening(day), zone),
        )
    if day.weekday() > _FRIDAY and not (known and known.papers):
        return gettext("Nothing is listed on weekends.")
    if known is None:
        today = feed_date(now) == day
        missing = (
            phrase("The list of {day} is not stored yet.") if today else phrase("The list of {day} is not stored.")
        )
        return gettext(missing, day=wording.day(day, year=True))
    if known.state is DayState.NOT_YET_OPEN:
        return gettext(_SENTENCES[DayState.SOURCE_DOWN])
    if known.state is DayState.OK and not known.papers:
        return gettext("Nothing was listed on this date.")
    return gettext(_SENTENCES.get(known.state, ""))


@dataclass(frozen=True, slots=True)
class Span:
    """The stored lists of some dates, seen at a moment from a zone."""

    first: date
    last: date
    days: tuple[FeedDay, ...]
    now: datetime
    zone: str

    def __str__(self) -> str:
        """Write the dates: "Mon 23 Nov", "Fri 20 Nov to Mon 23 Nov"; with the year where it is not this one."""
        year = self.last.year != self.now.year
        last = wording.day(self.last, year=year)
        return (
            last if self.first == self.last else gettext("{first} to {last}", first=wording.day(self.first), last=last)
        )

    @property
    def iso(self) -> str:
        """The dates as an argument."""
        first = self.first.isoformat()
        return first if self.first == self.last else f"{first}..{self.last.isoformat()}"

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is special about the lists that hold papers."""
        said = (sentence(day.date, day, self.now, self.zone) for day in self.days if day.papers)
        return tuple(dict.fromkeys(line for line in said if line))

    @property
    def missing(self) -> str:
        """Why there is nothing."""
        if self.first != self.last:
            return gettext("No list is stored for {dates}.", dates=self)
        known = next((day for day in self.days if day.date == self.first), None)
        return sentence(self.first, known, self.now, self.zone) or gettext("The papers of this list are not stored.")
