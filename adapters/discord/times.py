"""Moments in a sentence, written so that each reader sees their own time."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from adapters.discord.text import moment

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WHEN: Final = rf"(?:{'|'.join(_DAYS)}) \d{{1,2}} (?:{'|'.join(_MONTHS)}) \d\d:\d\d"
_NEXT: Final = re.compile(rf"Next: (?P<sends>{_WHEN}(?:, {_WHEN}){{0,4}}) \((?P<zone>[\w+/-]{{1,60}})\)\.")


def localized(text: str, now: datetime) -> str:
    """Return *text* with its next sends as Discord's moments; those that can't be read stay as they are."""
    return _NEXT.sub(lambda match: _written(match, now), text)


def _written(match: re.Match[str], now: datetime) -> str:
    try:
        zone = ZoneInfo(match["zone"])
        moments = [_moment(send, zone, now) for send in match["sends"].split(", ")]
    except (ValueError, OSError, LookupError):
        return match[0]
    return f"Next: {', '.join(map(moment, moments))}."


def _moment(send: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Read "Wed 25 Nov 09:00", of the year in which it comes next on that weekday.

    Raises ValueError when there is no such day within five years.
    """
    weekday, day, month, clock = send.split()
    hour, minute = map(int, clock.split(":"))
    start = now.astimezone(zone)
    for year in range(start.year, start.year + 6):
        try:
            at = datetime(year, _MONTHS.index(month) + 1, int(day), hour, minute, tzinfo=zone)
        except ValueError:
            continue
        if at.weekday() == _DAYS.index(weekday) and at.date() >= start.date():
            return at
    raise ValueError(send)
