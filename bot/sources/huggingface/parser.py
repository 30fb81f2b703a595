"""Hugging Face Daily Papers JSON (`/api/daily_papers`, `/api/papers/search`) parsed into papers.

The shape has drifted: a record is ``{"paper": {…}, …}`` in lists and flat elsewhere, some fields stand inside, some
outside and some in both, many are optional, and archives exist that hold each record as a string.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bot.domain.papers import Paper
from bot.errors import Malformed
from bot.reasons.reason import Reason
from bot.sources.parsed_papers import ParsedPapers
from bot.sources.text import cleaning

if TYPE_CHECKING:
    from datetime import date

_MAX_KEYWORDS: Final = 30
_MAX_SUMMARY_LENGTH: Final = 2000


def parse_paper_list(reply: Any, listed: date | None = None) -> ParsedPapers:
    """Parse a reply that is a list, of one date when *listed* is given.

    A record that can't be used is counted, and spoils nothing. Raises `bot.errors.Malformed` when it is no list.
    """
    if isinstance(reply, dict):  # search answers were seen in an envelope
        reply = reply.get("papers", reply.get("results"))
    if not isinstance(reply, list):
        raise Malformed(Reason("huggingface.no_list"))
    papers = [parse_paper(record, listed) for record in reply]
    papers_by_id = {item.id: item for item in reversed(papers) if item}
    order = dict.fromkeys(item.id for item in papers if item)
    return ParsedPapers(tuple(papers_by_id[identifier] for identifier in order), papers.count(None), len(papers))


def parse_paper(record: Any, listed: date | None = None) -> Paper | None:
    """Return the paper of one record, or None when it lacks an id or a title.

    ``listed`` defaults to the date on which it was submitted to the daily papers, if it ever was.
    """
    outer = _to_mapping(record)
    inner = outer["paper"] if isinstance(outer.get("paper"), dict) else outer
    values = outer | {key: value for key, value in inner.items() if value is not None}
    identifier = cleaning.normalize_arxiv_id(values.get("id", values.get("paper_id")))
    title = cleaning.clean_title(values.get("title"))
    if not identifier or not title:
        return None
    return Paper(
        id=identifier,
        title=title,
        abstract=cleaning.clean_prose(values.get("summary"), cleaning.MAX_ABSTRACT_LENGTH),
        authors=cleaning.clean_authors(values.get("authors")),
        published=cleaning.parse_date(values.get("publishedAt")),
        votes=cleaning.parse_count(values.get("upvotes")),
        comments=cleaning.parse_count(values.get("numComments")) or 0,
        summary=cleaning.clean_prose(values.get("ai_summary"), _MAX_SUMMARY_LENGTH),
        keywords=cleaning.clean_terms(_to_list(values.get("ai_keywords")), _MAX_KEYWORDS),
        organization=_parse_organization(values.get("organization")),
        code=cleaning.clean_url(values.get("githubRepo")),
        stars=cleaning.parse_count(values.get("githubStars")),
        project=cleaning.clean_url(values.get("projectPage")),
        thumbnail=cleaning.clean_url(values.get("thumbnail")),
        withdrawn=bool(values.get("withdrawnAt")),
        listed=listed or cleaning.parse_date(values.get("submittedOnDailyAt")),
    )


def _to_mapping(record: Any) -> dict[str, Any]:
    if isinstance(record, str):
        try:
            record = json.loads(record)
        except (ValueError, RecursionError):
            return {}
    return record if isinstance(record, dict) else {}


def _to_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _parse_organization(value: Any) -> str:
    """Return the written-out name; the short one is an account."""
    return cleaning.clean_name(value.get("fullname")) if isinstance(value, dict) else ""
