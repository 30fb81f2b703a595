"""Date parsing: reads typed dates, date ranges, times of day, IANA time zones and weekdays."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from difflib import get_close_matches
from functools import lru_cache
from typing import Final
from zoneinfo import available_timezones

from bot.domain.schedules import WEEKDAY_CODES, WEEKDAY_SEPARATORS, WEEKDAY_SETS, parse_weekdays
from bot.errors import Mistake
from bot.i18n.formatting import format_command
from bot.i18n.translation import gettext

DateSpan = tuple[date, date]
RelativeDates = Callable[[date], DateSpan]
"""A span of dates, first and last, once it is known what today is."""

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED_DAYS: Final = {"today": 0, "now": 0, "yesterday": 1, "tomorrow": -1}
"""Days before today."""
_QUOTE_LENGTH: Final = 60
_FIRST_YEAR: Final = 1990

_ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_MONTH: Final = re.compile(r"(\d{4})[-/.](\d{1,2})")
_DAY_MONTH: Final = re.compile(r"(?:[a-z]{3,9},?\s+)?(\d{1,2})(?:st|nd|rd|th|\.)?\s+([a-z]{3,9})\.?,?(?:\s+(\d{4}))?")
_MONTH_DAY: Final = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?(?:\s+(\d{4}))?")
_DAYS_AGO: Final = re.compile(r"(?:last|past)?\s*(\d{1,4})\s*(d|days?|w|weeks?|months?)(?:\s+ago)?")
_TIME_OF_DAY: Final = re.compile(r"(\d{1,2})(?:[:.h](\d{2})|(\d{2}))?\s*h?\s*(am|pm|a\.m\.|p\.m\.)?")
_DAY_NAME: Final = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?")
_DAY_RANGE: Final = re.compile(rf"{_DAY_NAME.pattern}(?:-{_DAY_NAME.pattern})?")
_OFFSET: Final = re.compile(r"(?:utc|gmt)?\s*[+-]\s*\d{1,2}(?::?\d{2})?", re.IGNORECASE)

_ABBREVIATIONS: Final = {
    "pt": "America/Los_Angeles", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles",
    "et": "America/New_York", "est": "America/New_York", "edt": "America/New_York",
    "ct": "America/Chicago", "cdt": "America/Chicago", "mt": "America/Denver", "mdt": "America/Denver",
    "bst": "Europe/London", "uk": "Europe/London", "germany": "Europe/Berlin",
    "cet": "Europe/Berlin", "cest": "Europe/Berlin",
    "france": "Europe/Paris", "india": "Asia/Kolkata", "jst": "Asia/Tokyo", "kst": "Asia/Seoul",
    "china": "Asia/Shanghai", "beijing": "Asia/Shanghai", "aest": "Australia/Sydney", "korea": "Asia/Seoul",
    "san francisco": "America/Los_Angeles", "seattle": "America/Los_Angeles", "boston": "America/New_York",
    "montreal": "America/Toronto", "munich": "Europe/Berlin", "delhi": "Asia/Kolkata", "bangalore": "Asia/Kolkata",
    "z": "UTC", "gmt": "UTC",
}  # fmt: skip
"""What people call their time; where it changes with the season, the city that changes with it."""


def read_dates(text: str) -> RelativeDates:
    """Read a date, a month, "yesterday", "last 7 days", "23 Nov", or two dates with ".." or "to" between them."""
    typed = " ".join(text.strip().strip('"').casefold().split())
    ends = re.split(r"\s*\.\.+\s*|\s+(?:to|until|till|-)\s+|(?<=\d{4}-\d\d-\d\d)-(?=\d{4}-)", typed)
    if len(ends) > 2:  # noqa: PLR2004 - a span has two ends
        raise _build_date_mistake(text)
    if len(ends) == 1:
        return _read_single_date(typed, text)
    first, last = _read_single_date(ends[0], text), _read_single_date(ends[1], text)

    def resolve_span(today: date) -> DateSpan:
        both = first(today), last(today)
        return min(both)[0], max(both)[1]

    return resolve_span


def _read_single_date(typed: str, text: str) -> RelativeDates:
    """Read one date, one month or a stretch up to today."""
    if typed in _NAMED_DAYS:
        return lambda today: (_subtract_days(today, _NAMED_DAYS[typed]),) * 2
    if match := _DAYS_AGO.fullmatch(typed):
        size = int(match[1]) * {"d": 1, "w": 7, "m": 30}[match[2][0]]
        return lambda today: (_subtract_days(today, size), today)
    if _DAY_NAME.fullmatch(typed):
        weekday = WEEKDAY_CODES.index(typed[:3])
        return lambda today: (_subtract_days(today, (today.weekday() - weekday) % 7),) * 2
    return _read_calendar_date(typed, text)


def _read_calendar_date(typed: str, text: str) -> RelativeDates:
    """Read what names a day or a month of the calendar."""
    if match := _ISO.fullmatch(typed):
        exact = _build_date(int(match[1]), int(match[2]), int(match[3]), text)
        return lambda _: (exact, exact)
    if match := _MONTH.fullmatch(typed):
        return _build_month_span(int(match[1]), int(match[2]), text)
    if match := _DAY_MONTH.fullmatch(typed):
        return _read_day_and_month(int(match[1]), match[2], match[3], text)
    if match := _MONTH_DAY.fullmatch(typed):
        return _read_day_and_month(int(match[2]), match[1], match[3], text)
    raise _build_date_mistake(text)


def _subtract_days(today: date, days: int) -> date:
    return today - timedelta(days=days)


def _build_month_span(year: int, month: int, text: str) -> RelativeDates:
    first = _build_date(year, month, 1, text)
    last = _build_date(year + month // 12, month % 12 + 1, 1, text) - timedelta(days=1)
    return lambda _: (first, last)


def _read_day_and_month(day: int, name: str, year: str | None, text: str) -> RelativeDates:
    """Read "23 Nov"; without a year it is the latest one that is not in the future."""
    if name[:3] not in _MONTHS:
        raise _build_date_mistake(text)
    month = _MONTHS.index(name[:3]) + 1
    if year:
        exact = _build_date(int(year), month, day, text)
        return lambda _: (exact, exact)
    _build_date(2024, month, day, text)

    def find_latest(today: date) -> DateSpan:
        years = (y for y in range(today.year, today.year - 9, -1) if not (month == 2 and day == 29 and y % 4))  # noqa: PLR2004
        latest = next(at for y in years if (at := date(y, month, day)) <= today)
        return latest, latest

    return find_latest


def _build_date(year: int, month: int, day: int, text: str) -> date:
    try:
        calendar_date = date(year, month, day)
    except ValueError:
        raise Mistake(
            gettext("“{text}” is not a day of the calendar.", text=text[:_QUOTE_LENGTH]), "2026-11-23"
        ) from None
    if not _FIRST_YEAR <= year < date.max.year:
        raise Mistake(
            gettext("“{text}” lies outside the years that have papers.", text=text[:_QUOTE_LENGTH]), "2026-11-23"
        )
    return calendar_date


def _build_date_mistake(text: str) -> Mistake:
    return Mistake(gettext("“{text}” is not a date.", text=text[:_QUOTE_LENGTH]), "2026-11-23")


def read_time(text: str) -> time:
    """Read a time of day: "9", "9:30", "0900", "9am", "noon"."""
    typed = text.strip().strip('"').casefold()
    named_times = {"noon": time(12), "midday": time(12), "midnight": time(0)}
    if typed in named_times:
        return named_times[typed]
    match = _TIME_OF_DAY.fullmatch(typed)
    if match is None:
        raise Mistake(gettext("“{text}” is not a time of day.", text=text[:_QUOTE_LENGTH]), "9:30")
    hour, minute, half = int(match[1]), int(match[2] or match[3] or 0), (match[4] or "")[:1]
    if half and not 1 <= hour <= 12:  # noqa: PLR2004 - the hours of a twelve-hour clock
        raise Mistake(gettext("“{text}” is not a time of day.", text=text[:_QUOTE_LENGTH]), "9:30")
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    try:
        return time(hour, minute)
    except ValueError:
        raise Mistake(
            gettext("“{text}” is not a time of day; the day ends at 23:59.", text=text[:_QUOTE_LENGTH]), "9:30"
        ) from None


@lru_cache(maxsize=1)
def list_zones() -> dict[str, str]:
    """Return every zone by its name in lower case, by its city, and by what people call it."""
    names = sorted(name for name in available_timezones() if "/" in name)
    cities = {name.rsplit("/", 1)[-1].replace("_", " ").casefold(): name for name in names if name[:4] != "Etc/"}
    return cities | _ABBREVIATIONS | {name.casefold(): name for name in names} | {"utc": "UTC"}


def read_zone(text: str) -> str:
    """Read an IANA zone, whatever its case, or the name of a city that has one."""
    typed = " ".join(text.strip().strip('"').casefold().split())
    zones = list_zones()
    for name in (typed, typed.replace(" ", "_"), typed.replace("_", " ")):
        if name in zones:
            return zones[name]
    if _OFFSET.fullmatch(typed):
        raise Mistake(
            gettext("“{text}” does not know summer time; name a city of the zone.", text=text[:_QUOTE_LENGTH]),
            "Europe/Berlin",
        )
    near = get_close_matches(typed, zones, n=1, cutoff=0.7)
    if near:
        raise Mistake(
            gettext("“{text}” is not a zone; did you mean {known}?", text=text[:_QUOTE_LENGTH], known=zones[near[0]]),
            zones[near[0]],
        )
    raise Mistake(
        gettext("“{text}” is not a zone; name a city such as Berlin or Tokyo.", text=text[:_QUOTE_LENGTH]),
        "Europe/Berlin",
    )


def read_weekdays(text: str) -> tuple[int, ...]:
    """Read weekdays: "weekdays", "mon-fri", "Mon Wed Fri", "daily"; "fri-mon" goes over the weekend."""
    typed = " ".join(WEEKDAY_SEPARATORS.sub(" ", text.strip().strip('"').casefold()).split())
    parts = re.sub(r"\s*(?:-|\bto\b)\s*", "-", typed).split()
    if typed not in WEEKDAY_SETS and not all(_DAY_RANGE.fullmatch(part) for part in parts):
        raise Mistake(gettext("“{text}” is not a set of weekdays.", text=text[:_QUOTE_LENGTH]), "mon-fri")
    if not parts:
        raise Mistake(
            gettext("A digest needs at least one day; “{command}” stops it.", command=format_command("digest off")),
            "weekdays",
        )
    return parse_weekdays(typed)
