"""Weekdays of a form: parsed from settings text and serialized from a multi_static_select."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

WEEKDAY_NAMES: Final = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
_DAY_SETS: Final = {
    "weekdays": tuple(WEEKDAY_NAMES)[:5],
    "weekends": tuple(WEEKDAY_NAMES)[5:],
    "daily": tuple(WEEKDAY_NAMES),
}
_SET_NAMES: Final = {days: name for name, days in _DAY_SETS.items() if name != "daily"}
_SYNONYMS: Final = {"every day": "daily", "everyday": "daily", "weekday": "weekdays", "weekend": "weekends"}
_DAY_RANGE: Final = re.compile(r"\b([a-z]{3})[a-z]*\s*(?:-|–|to)\s*([a-z]{3})[a-z]*")


def parse_weekdays(value: str) -> list[str]:
    """Read weekdays as settings write them: "weekdays", "mon-fri", "mon wed fri"."""
    text = value.casefold().strip()
    if found := _DAY_SETS.get(_SYNONYMS.get(text, text)):
        return list(found)
    names = list(WEEKDAY_NAMES)
    days = {word[:3] for word in re.findall(r"[a-z]+", text)} & set(names)
    for first, last in _DAY_RANGE.findall(text):
        if first in WEEKDAY_NAMES and last in WEEKDAY_NAMES:
            start, end = names.index(first), names.index(last)
            days |= {names[(start + n) % 7] for n in range((end - start) % 7 + 1)}
    return [day for day in names if day in days]


def serialize_weekdays(days: Collection[str]) -> str:
    """Write weekdays as settings do: "weekdays", "mon wed fri"."""
    selected = tuple(day for day in WEEKDAY_NAMES if day in days)
    return _SET_NAMES.get(selected, " ".join(selected))
