"""Feed selection: which feed days (daily paper lists) a digest covers, or why it waits. Pure: no store, no clock.

A digest's identity is its channel and local date; its content is every feed day that is eligible, at most
`MAX_LIST_AGE` old and not yet covered by the channel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.domain.deliveries import DIGEST_GRACE
from bot.domain.feed import DayState, FeedDay, FeedMode, compute_opening_time, find_newest_feed_date
from bot.domain.preferences import Preferences
from bot.domain.schedules import Cadence
from bot.reasons.reason import Reason

SETTLED_AFTER: Final = timedelta(hours=18)
"""Votes mean something this long after a list opened (35 % of a list's papers arrive later in its first 24 hours)."""
MISFIRE_GRACE: Final = DIGEST_GRACE
"""A digest that the clock missed by more than this is left to the next one."""
MAX_PARTIAL_WAIT: Final = timedelta(hours=3)
"""A due digest waits this long for a list that is still filling."""
RECHECK_INTERVAL: Final = timedelta(minutes=10)
MAX_LIST_AGE: Final = {Cadence.DAILY: 7, Cadence.WEEKLY: 7, Cadence.MONTHLY: 31}
"""Age in days up to which a list is still worth posting."""
TOO_OLD: Final = Reason("list.too_old")
BEFORE_FIRST_DIGEST: Final = Reason("list.before_first_digest")
_UNAVAILABLE_STATES: Final = (DayState.SOURCE_DOWN, DayState.NOT_YET_OPEN)
"""The list should be open by now; that nobody looked since is the same to a reader as that nobody answered."""
_FRIDAY: Final = 4


@dataclass(frozen=True, slots=True)
class FeedSelection:
    """What a digest may hold: ``days`` are used, ``coverage`` is recorded (date to why it was skipped, if it was).

    ``partial_days`` days are used but stay open; ``problem`` and ``is_partial`` say what is missing.
    """

    days: tuple[FeedDay, ...] = ()
    coverage: Mapping[date, Reason | None] = field(default_factory=dict)
    partial_days: tuple[FeedDay, ...] = ()
    problem: Reason | None = None

    @property
    def is_partial(self) -> bool:
        """Tell whether a list is still filling."""
        return bool(self.partial_days)


def is_eligible(day: date, mode: FeedMode, now: datetime) -> bool:
    """Tell whether a digest of *mode* may use the list of *day* at *now*."""
    wait = SETTLED_AFTER if mode is FeedMode.SETTLED else timedelta(0)
    return compute_opening_time(day) + wait <= now


def select_feed_days(
    days: Sequence[FeedDay], covered: Mapping[date, Reason | None], preferences: Preferences, now: datetime
) -> FeedSelection:
    """Return what a digest made at *now* may hold; *covered* are the dates that the channel has behind it."""
    days_by_date = {day.date: day for day in days}
    newest = find_newest_feed_date(now)
    oldest = newest - timedelta(days=MAX_LIST_AGE[preferences.schedule.cadence])
    start = max(oldest, min(covered, default=oldest))
    complete_days: list[FeedDay] = []
    partial_days: list[FeedDay] = []
    behind: dict[date, Reason | None] = {}
    missing_dates: list[tuple[date, DayState]] = []
    for at in _list_dates(start, newest):
        if at in covered or not is_eligible(at, preferences.mode, now):
            continue
        day = days_by_date.get(at) or FeedDay(at, DayState.WEEKEND if at.weekday() > _FRIDAY else DayState.SOURCE_DOWN)
        if day.state is DayState.OK:
            complete_days.append(day)
            behind[at] = None
        elif day.state is DayState.PARTIAL:
            partial_days.append(day)
        elif day.state in (DayState.STALE, *_UNAVAILABLE_STATES):
            missing_dates.append((at, day.state))
        elif day.state is DayState.HOLIDAY:
            behind[at] = Reason("list.empty")
    if not covered and preferences.schedule.cadence is Cadence.DAILY:
        return _select_first_digest(complete_days, partial_days, missing_dates)
    return FeedSelection(
        (*complete_days, *partial_days),
        behind | _find_expired_dates(days_by_date, covered, oldest),
        tuple(partial_days),
        _explain_missing_lists(missing_dates),
    )


def _list_dates(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _select_first_digest(
    complete_days: list[FeedDay], partial_days: list[FeedDay], missing_dates: list[tuple[date, DayState]]
) -> FeedSelection:
    """Return a channel's first choice: the newest list alone, so that nothing old floods it."""
    newest = (complete_days + partial_days)[-1:]
    behind = {day.date: None if day in newest else BEFORE_FIRST_DIGEST for day in complete_days}
    if not newest:
        return FeedSelection(problem=_explain_missing_lists(missing_dates[-1:]))
    # A list that could not be read is before the first digest too: it is neither promised nor posted later.
    behind |= {at: BEFORE_FIRST_DIGEST for at, _ in missing_dates if at < newest[0].date}
    later = [(at, state) for at, state in missing_dates if at > newest[0].date]
    return FeedSelection(
        tuple(newest), behind, tuple(day for day in newest if day in partial_days), _explain_missing_lists(later)
    )


def _find_expired_dates(
    days_by_date: Mapping[date, FeedDay], covered: Mapping[date, Reason | None], oldest: date
) -> dict[date, Reason | None]:
    """Return the weekdays that grew too old uncovered, since the first date the channel has behind it."""
    return {
        at: TOO_OLD
        for at in _list_dates(min(covered, default=oldest), oldest - timedelta(days=1))
        if at not in covered and (at.weekday() <= _FRIDAY or at in days_by_date)
    }


def _explain_missing_lists(missing: Sequence[tuple[date, DayState]]) -> Reason | None:
    """Return what is missing: "Hugging Face did not answer for Mon 23 Nov"."""
    stale = tuple(at for at, state in missing if state is DayState.STALE)
    down = tuple(at for at, state in missing if state in _UNAVAILABLE_STATES)
    repeated = Reason("lists.repeated", days=stale) if stale else None
    unanswered = Reason("lists.missing", days=down) if down else None
    if repeated and unanswered:
        return Reason("lists.repeated_and_missing", repeated=repeated, missing=unanswered)
    return repeated or unanswered


def get_recheck_time(
    selection: FeedSelection, preferences: Preferences, due: datetime, now: datetime
) -> datetime | None:
    """Return when to look again, or None when the digest that was due at *due* is to be made (or given up) now."""
    if selection.is_partial and now < due + MAX_PARTIAL_WAIT:
        return min(now + RECHECK_INTERVAL, due + MAX_PARTIAL_WAIT)
    if selection.problem and not selection.days:
        midnight = _get_end_of_day(preferences, due)
        return min(now + RECHECK_INTERVAL, midnight) if now < midnight else None
    return None


def _get_end_of_day(preferences: Preferences, due: datetime) -> datetime:
    """Return the end of the local date of *due*."""
    zone = preferences.schedule.zone_info
    following = preferences.schedule.to_local_date(due) + timedelta(days=1)
    return datetime.combine(following, time(0), zone).astimezone(due.tzinfo)
