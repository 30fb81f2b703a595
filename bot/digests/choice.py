"""Which feed days a digest covers, or why it waits. Pure: no store, no clock.

A digest's identity is its channel and local date; its content is every feed day that is eligible, at most
`Window` days old and not yet covered by the channel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.language import gettext, phrase
from bot.models import Cadence, DayState, FeedDay, Mode, Preferences, feed_date, opening
from bot.wording import day as written
from bot.wording import listing

SETTLED_AFTER: Final = timedelta(hours=18)
"""Votes mean something this long after a list opened (35 % of a list's papers arrive later in its first 24 hours)."""
LATE: Final = timedelta(hours=6)
"""A digest that the clock missed by more than this is left to the next one."""
PARTIAL_WAIT: Final = timedelta(hours=3)
"""A due digest waits this long for a list that is still filling."""
LOOK_AGAIN: Final = timedelta(minutes=10)
WINDOW: Final = {Cadence.DAILY: 7, Cadence.WEEKLY: 7, Cadence.MONTHLY: 31}
"""Age in days up to which a list is still worth posting."""
TOO_OLD: Final = phrase("older than the digest reaches back")
BEFORE_FIRST: Final = phrase("before the first digest")
_DOWN: Final = (DayState.SOURCE_DOWN, DayState.NOT_YET_OPEN)
"""The list should be open by now; that nobody looked since is the same to a reader as that nobody answered."""
_FRIDAY: Final = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """What a digest may hold: ``days`` are used, ``covered`` is recorded (date to "" or why it was skipped).

    ``partial`` days are used but stay open; ``trouble`` and ``filling`` say what is missing, as sentences' beginnings.
    """

    days: tuple[FeedDay, ...] = ()
    covered: Mapping[date, str] = field(default_factory=dict)
    partial: tuple[FeedDay, ...] = ()
    trouble: str = ""

    @property
    def filling(self) -> bool:
        """Tell whether a list is still filling."""
        return bool(self.partial)


def eligible(day: date, mode: Mode, now: datetime) -> bool:
    """Tell whether a digest of *mode* may use the list of *day* at *now*."""
    wait = SETTLED_AFTER if mode is Mode.SETTLED else timedelta(0)
    return opening(day) + wait <= now


def choose(days: Sequence[FeedDay], covered: Mapping[date, str], preferences: Preferences, now: datetime) -> Choice:
    """Return what a digest made at *now* may hold; *covered* are the dates that the channel has behind it."""
    known = {day.date: day for day in days}
    newest = feed_date(now)
    oldest = newest - timedelta(days=WINDOW[preferences.schedule.cadence])
    start = max(oldest, min(covered, default=oldest))
    used: list[FeedDay] = []
    partial: list[FeedDay] = []
    behind: dict[date, str] = {}
    missing: list[tuple[date, DayState]] = []
    for at in _dates(start, newest):
        if at in covered or not eligible(at, preferences.mode, now):
            continue
        day = known.get(at) or FeedDay(at, DayState.WEEKEND if at.weekday() > _FRIDAY else DayState.SOURCE_DOWN)
        if day.state is DayState.OK:
            used.append(day)
            behind[at] = ""
        elif day.state is DayState.PARTIAL:
            partial.append(day)
        elif day.state in (DayState.STALE, *_DOWN):
            missing.append((at, day.state))
        elif day.state is DayState.HOLIDAY:
            behind[at] = phrase("nothing was listed")
    if not covered and preferences.schedule.cadence is Cadence.DAILY:
        return _first(used, partial, missing)
    return Choice((*used, *partial), behind | _expired(known, covered, oldest), tuple(partial), _trouble(missing))


def _dates(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _first(used: list[FeedDay], partial: list[FeedDay], missing: list[tuple[date, DayState]]) -> Choice:
    """Return a channel's first choice: the newest list alone, so that nothing old floods it."""
    newest = (used + partial)[-1:]
    behind = {day.date: "" if day in newest else BEFORE_FIRST for day in used}
    if not newest:
        return Choice(trouble=_trouble(missing[-1:]))
    # A list that could not be read is before the first digest too: it is neither promised nor posted later.
    behind |= {at: BEFORE_FIRST for at, _ in missing if at < newest[0].date}
    later = [(at, state) for at, state in missing if at > newest[0].date]
    return Choice(tuple(newest), behind, tuple(day for day in newest if day in partial), _trouble(later))


def _expired(known: Mapping[date, FeedDay], covered: Mapping[date, str], oldest: date) -> dict[date, str]:
    """Return the weekdays that grew too old uncovered, since the first date the channel has behind it."""
    return {
        at: TOO_OLD
        for at in _dates(min(covered, default=oldest), oldest - timedelta(days=1))
        if at not in covered and (at.weekday() <= _FRIDAY or at in known)
    }


def _trouble(missing: Sequence[tuple[date, DayState]]) -> str:
    """Say what is missing: "Hugging Face did not answer for Mon 23 Nov"."""
    stale = listing([written(at) for at, state in missing if state is DayState.STALE])
    down = listing([written(at) for at, state in missing if state in _DOWN])
    repeated = gettext("Hugging Face still repeats an earlier list for {days}", days=stale) if stale else ""
    silent = gettext("Hugging Face did not answer for {days}", days=down) if down else ""
    return "; ".join(filter(None, (repeated, silent)))


def waits_until(choice: Choice, preferences: Preferences, due: datetime, now: datetime) -> datetime | None:
    """Return when to look again, or None when the digest that was due at *due* is to be made (or given up) now."""
    if choice.filling and now < due + PARTIAL_WAIT:
        return min(now + LOOK_AGAIN, due + PARTIAL_WAIT)
    if choice.trouble and not choice.days:
        midnight = _midnight(preferences, due)
        return min(now + LOOK_AGAIN, midnight) if now < midnight else None
    return None


def _midnight(preferences: Preferences, due: datetime) -> datetime:
    """Return the end of the local date of *due*."""
    zone = preferences.schedule.zone
    following = preferences.schedule.local_date(due) + timedelta(days=1)
    return datetime.combine(following, time(0), zone).astimezone(due.tzinfo)
