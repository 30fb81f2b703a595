"""Papers: upsert by arXiv id, merged from several sources, and their votes over time (tables papers, sightings)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from bot.models import Paper

SEARCHED_FIELDS: Final = ("title", "abstract", "authors", "categories")
"""What the index holds; a change of one of these gives a paper a new sequence."""

_TEXT_FIELDS: Final = (
    *SEARCHED_FIELDS,
    "published",
    "comments",
    "summary",
    "keywords",
    "organization",
    "code",
    "project",
    "thumbnail",
)
_COUNT_FIELDS: Final = ("votes", "stars")


def merge_papers(old: Paper, new: Paper, relisted: date | None) -> Paper:
    """Return *old* with what *new* adds: the later word wins, what it leaves empty is kept.

    *relisted* is the latest list that had a say in *old*. A reading from an earlier list, or from none, then only fills
    gaps: so reading an archive again changes nothing, and two sources do not overwrite each other for ever. ``seen``
    stays, ``listed`` is the earliest.
    """
    lesser = relisted is not None and (new.listed is None or new.listed < relisted)
    first, second = (old, new) if lesser else (new, old)
    parts = {name: getattr(first, name) or getattr(second, name) for name in _TEXT_FIELDS}
    for name in _COUNT_FIELDS:
        value = getattr(first, name)
        parts[name] = getattr(second, name) if value is None else value
    return replace(
        old,
        **parts,
        withdrawn=old.withdrawn or new.withdrawn,
        listed=min((day for day in (old.listed, new.listed) if day), default=None),
    )


def pick_later_date(one: date | None, other: date | None) -> date | None:
    """Return the later of two dates that may be missing."""
    return max((day for day in (one, other) if day), default=None)


def has_searched_changes(old: Paper, new: Paper) -> bool:
    """Tell whether what is searched differs."""
    return any(getattr(old, name) != getattr(new, name) for name in SEARCHED_FIELDS)
