"""Weekdays, as settings write them and as they are ticked."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

NAMES: Final = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
_SETS: Final = {"weekdays": tuple(NAMES)[:5], "weekends": tuple(NAMES)[5:], "daily": tuple(NAMES)}
_WRITTEN: Final = {days: name for name, days in _SETS.items() if name != "daily"}
_ALSO: Final = {"every day": "daily", "everyday": "daily", "weekday": "weekdays", "weekend": "weekends"}
_RANGE: Final = re.compile(r"\b([a-z]{3})[a-z]*\s*(?:-|–|to)\s*([a-z]{3})[a-z]*")


def chosen(value: str) -> list[str]:
    """Read weekdays as settings write them: "weekdays", "mon-fri", "mon wed fri"."""
    text = value.casefold().strip()
    if found := _SETS.get(_ALSO.get(text, text)):
        return list(found)
    names = list(NAMES)
    days = {word[:3] for word in re.findall(r"[a-z]+", text)} & set(names)
    for first, last in _RANGE.findall(text):
        if first in NAMES and last in NAMES:
            start, end = names.index(first), names.index(last)
            days |= {names[(start + n) % 7] for n in range((end - start) % 7 + 1)}
    return [day for day in names if day in days]


def written(days: Collection[str]) -> str:
    """Write weekdays as settings do: "weekdays", "mon wed fri"."""
    ticked = tuple(day for day in NAMES if day in days)
    return _WRITTEN.get(ticked, " ".join(ticked))
