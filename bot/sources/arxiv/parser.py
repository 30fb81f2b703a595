"""arXiv Atom parser: API results and announcement feeds as papers; XML entities are refused (they can be bombs)."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as Safe

from bot.domain.papers import Paper
from bot.errors import Malformed, SourceRefused
from bot.reasons.reason import Reason
from bot.sources.parsed_papers import ParsedPapers
from bot.sources.text import cleaning

if TYPE_CHECKING:
    from collections.abc import Iterable
    from xml.etree.ElementTree import Element

_NAMESPACES: Final = {
    "atom": "http://www.w3.org/2005/Atom",
    "arxiv": "http://arxiv.org/schemas/atom",
    "dc": "http://purl.org/dc/elements/1.1/",
    "opensearch": "http://a9.com/-/spec/opensearch/1.1/",
}
_ANNOUNCE_TYPES: Final = {"new", "cross"}
_MAX_CATEGORIES: Final = 30
_SUMMARY_PREFIX: Final = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*\S+\s+(Abstract:\s*)?", re.IGNORECASE)


def parse_results(body: bytes) -> tuple[ParsedPapers, int]:
    """Parse a reply of the API: the papers, and how many there are in all by its own count.

    Raises `bot.errors.SourceRefused` with arXiv's reason when the reply is an error entry.
    """
    feed = _parse_feed(body)
    papers = []
    for entry in feed.iterfind("atom:entry", _NAMESPACES):
        if "/api/errors" in _find_text(entry, "atom:id"):
            reason = cleaning.clean_text(_find_text(entry, "atom:summary"), 200).rstrip(".")
            raise SourceRefused(Reason("arxiv.refused", reason=reason))
        authors = [_find_text(author, "atom:name") for author in entry.iterfind("atom:author", _NAMESPACES)]
        papers.append(
            _build_paper(
                entry,
                authors,
                _find_text(entry, "atom:summary"),
                cleaning.parse_date(_find_text(entry, "atom:published")),
            )
        )
    total = cleaning.parse_count(_find_text(feed, "opensearch:totalResults")) or 0
    return _collect_papers(papers), total


def parse_announcement(body: bytes) -> ParsedPapers:
    """Parse an announcement feed: new papers and cross-lists; replacements are not news."""
    feed = _parse_feed(body)
    if "feed error" in _find_text(feed, "atom:title").lower():
        raise SourceRefused(Reason("arxiv.no_announcements"))
    entries = feed.iterfind("atom:entry", _NAMESPACES)
    return _collect_papers(
        [_parse_announced_entry(e) for e in entries if _find_text(e, "arxiv:announce_type").strip() in _ANNOUNCE_TYPES]
    )


def _parse_announced_entry(entry: Element) -> Paper | None:
    # The feed's date is the announcement's: right for what is new, wrong for an older paper that is listed once more.
    new = _find_text(entry, "arxiv:announce_type").strip() == "new"
    return _build_paper(
        entry,
        re.split(r",\s+(?![Jj]r\.?\b)", _find_text(entry, "dc:creator")),
        _SUMMARY_PREFIX.sub("", _find_text(entry, "atom:summary"), count=1),
        cleaning.parse_date(_find_text(entry, "atom:published")) if new else None,
    )


def _build_paper(entry: Element, authors: list[str], abstract: str, published: date | None) -> Paper | None:
    identifier = cleaning.normalize_arxiv_id(
        re.sub(r"^(oai:arXiv\.org:|.*/abs/)", "", _find_text(entry, "atom:id").strip())
    )
    title = cleaning.clean_title(_find_text(entry, "atom:title"))
    if not identifier or not title:
        return None
    terms: Iterable[str | None] = (item.get("term") for item in entry.iterfind("atom:category", _NAMESPACES))
    return Paper(
        id=identifier,
        title=title,
        abstract=cleaning.clean_prose(abstract, cleaning.MAX_ABSTRACT_LENGTH),
        authors=cleaning.clean_authors(list(authors)),
        categories=cleaning.clean_terms(list(terms), _MAX_CATEGORIES),
        published=published,
    )


def _collect_papers(found: list[Paper | None]) -> ParsedPapers:
    papers: dict[str, Paper] = {}
    for paper in filter(None, found):
        papers.setdefault(paper.id, paper)
    return ParsedPapers(tuple(papers.values()), found.count(None), len(found))


def _parse_feed(body: bytes) -> Element:
    try:
        feed: Element = Safe.fromstring(body)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Malformed(Reason("arxiv.no_feed")) from error
    if feed.tag != f"{{{_NAMESPACES['atom']}}}feed":
        raise Malformed(Reason("arxiv.web_page"))
    return feed


def _find_text(element: Element, path: str) -> str:
    return element.findtext(path, "", _NAMESPACES) or ""
