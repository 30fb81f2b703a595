"""Hugging Face's JSON as papers.

The shape has drifted: a record is ``{"paper": {…}, …}`` in lists and flat elsewhere, some fields stand inside, some
outside and some in both, many are optional, and archives exist that hold each record as a string.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.errors import Malformed
from bot.language import phrase
from bot.models import Paper
from bot.sources import fields

if TYPE_CHECKING:
    from datetime import date

_KEYWORDS: Final = 30
_SUMMARY: Final = 2000


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a reply held: papers in its order, each once; ``records`` is their number before any was ``rejected``."""

    papers: tuple[Paper, ...] = ()
    rejected: int = 0
    records: int = 0


def listing(reply: Any, listed: date | None = None) -> Parsed:
    """Parse a reply that is a list, of one date when *listed* is given.

    A record that can't be used is counted, and spoils nothing. Raises `bot.errors.Malformed` when it is no list.
    """
    if isinstance(reply, dict):  # search answers were seen in an envelope
        reply = reply.get("papers", reply.get("results"))
    if not isinstance(reply, list):
        raise Malformed(phrase("Hugging Face sent something other than a list of papers; it was ignored."))
    found = [paper(record, listed) for record in reply]
    used = {item.id: item for item in reversed(found) if item}
    order = dict.fromkeys(item.id for item in found if item)
    return Parsed(tuple(used[identifier] for identifier in order), found.count(None), len(found))


def paper(record: Any, listed: date | None = None) -> Paper | None:
    """Return the paper of one record, or None when it lacks an id or a title.

    ``listed`` defaults to the date on which it was submitted to the daily papers, if it ever was.
    """
    outer = _mapping(record)
    inner = outer["paper"] if isinstance(outer.get("paper"), dict) else outer
    values = outer | {key: value for key, value in inner.items() if value is not None}
    identifier = fields.identity(values.get("id", values.get("paper_id")))
    title = fields.title(values.get("title"))
    if not identifier or not title:
        return None
    return Paper(
        id=identifier,
        title=title,
        abstract=fields.prose(values.get("summary"), fields.ABSTRACT),
        authors=fields.names(values.get("authors")),
        published=fields.day(values.get("publishedAt")),
        votes=fields.number(values.get("upvotes")),
        comments=fields.number(values.get("numComments")) or 0,
        summary=fields.prose(values.get("ai_summary"), _SUMMARY),
        keywords=fields.words(_list(values.get("ai_keywords")), _KEYWORDS),
        organization=_organization(values.get("organization")),
        code=fields.link(values.get("githubRepo")),
        stars=fields.number(values.get("githubStars")),
        project=fields.link(values.get("projectPage")),
        thumbnail=fields.link(values.get("thumbnail")),
        withdrawn=bool(values.get("withdrawnAt")),
        listed=listed or fields.day(values.get("submittedOnDailyAt")),
    )


def _mapping(record: Any) -> dict[str, Any]:
    if isinstance(record, str):
        try:
            record = json.loads(record)
        except (ValueError, RecursionError):
            return {}
    return record if isinstance(record, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _organization(value: Any) -> str:
    """Return the written-out name; the short one is an account."""
    return fields.name(value.get("fullname")) if isinstance(value, dict) else ""
