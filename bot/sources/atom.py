"""arXiv's XML as papers: replies of its API and its announcement feeds. No entities: they can be bombs."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as Safe

from bot.errors import Malformed, SourceRefused
from bot.language import phrase
from bot.models import Paper
from bot.sources import fields
from bot.sources.papers import Parsed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from xml.etree.ElementTree import Element

_SPACES: Final = {
    "atom": "http://www.w3.org/2005/Atom",
    "arxiv": "http://arxiv.org/schemas/atom",
    "dc": "http://purl.org/dc/elements/1.1/",
    "opensearch": "http://a9.com/-/spec/opensearch/1.1/",
}
_ANNOUNCED: Final = {"new", "cross"}
_CATEGORIES: Final = 30
_PREFIX: Final = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*\S+\s+(Abstract:\s*)?", re.IGNORECASE)


def results(body: bytes) -> tuple[Parsed, int]:
    """Parse a reply of the API: the papers, and how many there are in all by its own count.

    Raises `bot.errors.SourceRefused` with arXiv's reason when the reply is an error entry.
    """
    feed = _feed(body)
    found = []
    for entry in feed.iterfind("atom:entry", _SPACES):
        if "/api/errors" in _text(entry, "atom:id"):
            reason = fields.clean(_text(entry, "atom:summary"), 200).rstrip(".")
            raise SourceRefused(phrase("arXiv turned the request down: {reason}.").format(reason=reason))
        authors = [_text(author, "atom:name") for author in entry.iterfind("atom:author", _SPACES)]
        found.append(_paper(entry, authors, _text(entry, "atom:summary"), fields.day(_text(entry, "atom:published"))))
    total = fields.number(_text(feed, "opensearch:totalResults")) or 0
    return _parsed(found), total


def announcement(body: bytes) -> Parsed:
    """Parse an announcement feed: new papers and cross-lists; replacements are not news."""
    feed = _feed(body)
    if "feed error" in _text(feed, "atom:title").lower():
        raise SourceRefused(phrase("arXiv has no announcements for one of these categories; check ARXIV_CATEGORIES."))
    entries = feed.iterfind("atom:entry", _SPACES)
    return _parsed([_announced(e) for e in entries if _text(e, "arxiv:announce_type").strip() in _ANNOUNCED])


def _announced(entry: Element) -> Paper | None:
    # The feed's date is the announcement's: right for what is new, wrong for an older paper that is listed once more.
    new = _text(entry, "arxiv:announce_type").strip() == "new"
    return _paper(
        entry,
        re.split(r",\s+(?![Jj]r\.?\b)", _text(entry, "dc:creator")),
        _PREFIX.sub("", _text(entry, "atom:summary"), count=1),
        fields.day(_text(entry, "atom:published")) if new else None,
    )


def _paper(entry: Element, authors: list[str], abstract: str, published: date | None) -> Paper | None:
    identifier = fields.identity(re.sub(r"^(oai:arXiv\.org:|.*/abs/)", "", _text(entry, "atom:id").strip()))
    title = fields.title(_text(entry, "atom:title"))
    if not identifier or not title:
        return None
    terms: Iterable[str | None] = (item.get("term") for item in entry.iterfind("atom:category", _SPACES))
    return Paper(
        id=identifier,
        title=title,
        abstract=fields.prose(abstract, fields.ABSTRACT),
        authors=fields.names(list(authors)),
        categories=fields.words(list(terms), _CATEGORIES),
        published=published,
    )


def _parsed(found: list[Paper | None]) -> Parsed:
    papers: dict[str, Paper] = {}
    for paper in filter(None, found):
        papers.setdefault(paper.id, paper)
    return Parsed(tuple(papers.values()), found.count(None), len(found))


def _feed(body: bytes) -> Element:
    try:
        feed: Element = Safe.fromstring(body)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Malformed(phrase("arXiv sent something that is not an Atom feed; it was not used.")) from error
    if feed.tag != f"{{{_SPACES['atom']}}}feed":
        raise Malformed(phrase("arXiv sent a web page where a feed belongs; it was not used."))
    return feed


def _text(element: Element, path: str) -> str:
    return element.findtext(path, "", _SPACES) or ""
