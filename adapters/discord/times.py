"""Moments in a sentence, written so that each reader sees their own time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from adapters.discord.text import moment
from bot.language import gettext
from bot.wording import NEXT, when

_SENDS: Final = re.compile(r"(?<=\d\d:\d\d), ")
_CLOCK: Final = re.compile(r"(\d\d):(\d\d)$")
_AHEAD: Final = 400
"""Days in which a next send comes: a monthly digest that is paused until next year is beyond it, and stays a text."""


def localized(text: str, now: datetime) -> str:
    """Return *text* with its next sends as Discord's moments; those that can't be read stay as they are."""
    return _next().sub(lambda match: _written(match, now), text)


def _next() -> re.Pattern[str]:
    """Return what finds the sentence in the language that is spoken."""
    before, between, after = re.split("[\0\1]", gettext(NEXT, sends="\0", zone="\1"))
    return re.compile(
        rf"{re.escape(before)}(?P<sends>.{{5,300}}?){re.escape(between)}(?P<zone>[\w+/-]{{1,60}}){re.escape(after)}"
    )


def _written(match: re.Match[str], now: datetime) -> str:
    try:
        moments = [_moment(send, match["zone"], now) for send in _SENDS.split(match["sends"])]
    except (ValueError, OSError, LookupError):
        return match[0]
    return gettext("Next: {sends}.", sends=", ".join(map(moment, moments)))


def _moment(send: str, zone: str, now: datetime) -> datetime:
    """Find the moment that is written "Wed 25 Nov 09:00", in whatever language; raises ValueError when none is."""
    clock = _CLOCK.search(send)
    if clock is None:
        raise ValueError(send)
    today = now.astimezone(ZoneInfo(zone)).replace(hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0)
    days = (today + timedelta(days=n) for n in range(_AHEAD))
    found = next((at for at in days if when(at.astimezone(UTC), zone) == send), None)
    if found is None:
        raise ValueError(send)
    return found
