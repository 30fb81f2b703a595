"""Status page: the JSON of /healthz as nested lists for people, its timestamps and ages in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from markupsafe import Markup

from adapters.common.html import escape_text, join_html, render_tag
from adapters.web.rendering import delivery_status
from adapters.web.rendering.text import render_plain_text
from bot.i18n.formatting import format_age, format_day, format_moment

_MAX_DEPTH: Final = 5
_MAX_TEXT: Final = 500
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")
_AGES_KEY: Final = "jobs"
"""The part whose numbers are seconds since something ended."""
_LABELS: Final = {
    "attention": "Channels that need a look",
    "circuits": "Left alone for a while",
    "queue": "Messages that wait, for whom",
    "resent": "Sent again without knowing, last seven days",
    "failing": "Jobs that fail",
    "overdue": "Jobs that are late",
    "late": "Channels whose digest is late",
    "jobs": "Jobs, last done",
    "papers": "Papers stored",
    "feed_date": "List of today",
    "waiting": "Messages that wait, how they stand",
    "skipped_papers": "Papers left out in the last seven days",
    "skipped": "Papers left out, with the reference in the log",
    "succeeded": "last answer",
    "failures": "failures in a row",
    "closed_until": "not asked until",
}
"""What the report calls things, and how people do."""


_ORDER: Final = (
    "database",
    "overdue",
    "failing",
    "late",
    "attention",
    "circuits",
    "queue",
    "waiting",
    "resent",
    "sources",
)
"""What people look for first; the rest follows as it comes."""
_HIDDEN: Final = frozenset({"ok", "failed_digests", "silent"})
"""What the heading says, and what `attention` says with more."""
_RENDERERS: Final[Mapping[str, Callable[[Any, Mapping[str, str]], Markup]]] = {
    "attention": delivery_status.render_attention,
    "circuits": delivery_status.render_circuits,
    "queue": delivery_status.render_queue,
}


def render_report(
    report: Mapping[str, Any], now: datetime, source_titles: Mapping[str, str], platform_labels: Mapping[str, str]
) -> Markup:
    """Return the report as it stands at *now*; what is not known is left out.

    *source_titles* and *platform_labels* are what people call the sources and the platforms, by name.
    """
    rows = {**report, "sources": _label_sources(report.get("sources"), source_titles)}
    rows |= {key: render(report[key], platform_labels) for key, render in _RENDERERS.items() if key in report}
    ordered = {key: rows[key] for key in (*_ORDER, *rows) if key in rows and key not in _HIDDEN}
    return _render_rows(ordered, now, 0)


def _label_sources(sources: Any, titles: Mapping[str, str]) -> Any:
    """Return the report's part on the sources, with their titles in the place of their names."""
    if not isinstance(sources, list | tuple):
        return sources
    return [{**each, "name": titles.get(each["name"], each["name"])} for each in sources]


def _render_rows(value: Mapping[Any, Any], now: datetime, depth: int, *, ages: bool = False) -> Markup:
    known = [(str(key), part) for key, part in value.items() if part not in (None, "")]
    return render_tag("dl", *(_render_row(key, part, now, depth, ages=ages) for key, part in known))


def _render_row(key: str, value: Any, now: datetime, depth: int, *, ages: bool) -> Markup:
    name = _LABELS.get(key, key.replace("_", " "))
    shown = (
        render_plain_text(format_age(value))
        if ages and isinstance(value, int)
        else _render_value(value, now, depth + 1, ages=key == _AGES_KEY)
    )
    return join_html(
        render_tag("dt", render_plain_text(name if depth else name[:1].upper() + name[1:])), render_tag("dd", shown)
    )


def _render_value(value: Any, now: datetime, depth: int, *, ages: bool = False) -> Markup:
    """Return a part of the report; what lies too deep is shown as it is."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, Mapping) and value and depth < _MAX_DEPTH:
        return _render_rows(value, now, depth, ages=ages)
    if isinstance(value, list | tuple) and value and depth < _MAX_DEPTH:
        return join_html(*(render_tag("div", _render_value(part, now, depth + 1)) for part in value))
    if value is None or value in ({}, [], ()):
        return escape_text("none")
    if isinstance(value, bool):
        return escape_text("yes" if value else "no")
    return (
        _render_text(value, now)
        if isinstance(value, str)
        else render_plain_text(f"{value:,}" if isinstance(value, int) else str(value))
    )


def _render_text(value: str, now: datetime) -> Markup:
    """Return a text; one that is a date or a moment as people write it."""
    try:
        if _DATE.fullmatch(value):
            return render_plain_text(format_day(date.fromisoformat(value), year=True))
        if _MOMENT.fullmatch(value):
            return _render_moment(datetime.fromisoformat(value), now)
    except ValueError:
        pass  # It only looks like one.
    return render_plain_text(value, _MAX_TEXT)


def _render_moment(instant: datetime, now: datetime) -> Markup:
    """Return how long ago a moment was, and its time, which the page turns into the reader's own."""
    written = render_tag("time", f"{format_moment(instant, 'UTC')} UTC", datetime=instant.isoformat())
    return join_html(format_age((now - instant).total_seconds()), " (", written, ")")
