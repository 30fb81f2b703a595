"""The state of things for people: JSON data as nested lists, its moments and ages in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from adapters.web.markup import Html, join, tag
from adapters.web.words import plain
from bot.wording import ago, day, when

_DEEPEST: Final = 5
_LONGEST: Final = 500
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")
_AGES: Final = "jobs"
"""The part whose numbers are seconds since something ended."""
_WORDS: Final = {
    "failing": "Jobs that fail",
    "overdue": "Jobs that are late",
    "jobs": "Jobs, last done",
    "papers": "Papers stored",
    "feed_date": "List of today",
    "waiting": "Messages that wait",
    "silent": "Channels that should have a digest and get nothing",
    "succeeded": "last answer",
    "failures": "failures in a row",
    "closed_until": "not asked until",
    "huggingface": "Hugging Face",
    "arxiv": "arXiv",
}
"""What the report calls things, and how people do."""


def listing(facts: Mapping[str, Any], now: datetime) -> Html:
    """Return the report as it stands at *now*; what is not known is left out."""
    return _rows({key: value for key, value in facts.items() if key != "ok"}, now, 0)


def _rows(value: Mapping[Any, Any], now: datetime, depth: int, *, ages: bool = False) -> Html:
    known = [(str(key), part) for key, part in value.items() if part not in (None, "")]
    return tag("dl", *(_row(key, part, now, depth, ages=ages) for key, part in known))


def _row(key: str, value: Any, now: datetime, depth: int, *, ages: bool) -> Html:
    name = _WORDS.get(key, key.replace("_", " "))
    shown = plain(ago(value)) if ages and isinstance(value, int) else _value(value, now, depth + 1, ages=key == _AGES)
    return join(tag("dt", plain(name if depth else name[:1].upper() + name[1:])), tag("dd", shown))


def _value(value: Any, now: datetime, depth: int, *, ages: bool = False) -> Html:
    """Return a part of the report; what lies too deep is shown as it is."""
    if isinstance(value, Mapping) and value and depth < _DEEPEST:
        return _rows(value, now, depth, ages=ages)
    if isinstance(value, list | tuple) and value and depth < _DEEPEST:
        return join(*(tag("div", _value(part, now, depth + 1)) for part in value))
    if value is None or value in ({}, [], ()):
        return Html("none")
    if isinstance(value, bool):
        return Html("yes" if value else "no")
    return (
        _text(value, now) if isinstance(value, str) else plain(f"{value:,}" if isinstance(value, int) else str(value))
    )


def _text(value: str, now: datetime) -> Html:
    """Return a text; one that is a date or a moment as people write it."""
    try:
        if _DATE.fullmatch(value):
            return plain(day(date.fromisoformat(value), year=True))
        if _MOMENT.fullmatch(value):
            return _moment(datetime.fromisoformat(value), now)
    except ValueError:
        pass  # It only looks like one.
    return plain(_WORDS.get(value, value), _LONGEST)


def _moment(at: datetime, now: datetime) -> Html:
    """Return how long ago a moment was, and its time, which the page turns into the reader's own."""
    written = tag("time", f"{when(at, 'UTC')} UTC", datetime=at.isoformat())
    return join(ago((now - at).total_seconds()), " (", written, ")")
