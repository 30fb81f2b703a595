"""Hugging Face Daily Papers: https://huggingface.co/papers, by the API that the site itself uses."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from bot.errors import Malformed, SourceRefused
from bot.language import phrase
from bot.models import opening
from bot.ports.sources import Reply
from bot.sources import fields, papers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from bot.models import Paper
    from bot.sources.http import Page, Polite

LIMIT: Final = 100
"""The most that one page of a list holds; the source's own default is 50."""
PAGES: Final = 20
BAD_REQUEST: Final = 400
LATE: Final = timedelta(days=1)
"""A list that opens later than it should is refused until then; one that is refused for longer is in trouble."""
QUERY: Final = 250
RESULTS: Final = 120
_INSTEAD: Final = (
    phrase("Hugging Face sent a web page where a list of papers belongs; it was not used."),
    phrase("Hugging Face sent something that is not JSON where a list of papers belongs; it was not used."),
    phrase("Hugging Face sent nothing where a list of papers belongs; it was not used."),
)


class HuggingFace:
    """`bot.ports.sources.DailyPapers`, asked politely. ``endpoint`` is where it is, without a path."""

    def __init__(self, http: Polite, endpoint: str = "https://huggingface.co") -> None:
        self._http = http
        self._root = endpoint.rstrip("/")

    async def day(self, day: date, *, fresh: bool = False) -> Reply:
        """Return the list of one date; unchanged when its first page is, unless a *fresh* one is wanted.

        Only a list that is not open can be refused: a refusal of any other is a failure.
        """
        return await self._all({"date": day.isoformat()}, day, fresh=fresh)

    async def week(self, year: int, week: int) -> Reply:
        """Return the papers of an ISO week."""
        return await self._all({"week": f"{year:04}-W{week:02}"})

    async def month(self, year: int, month: int) -> Reply:
        """Return the papers of a month."""
        return await self._all({"month": f"{year:04}-{month:02}"})

    async def trending(self) -> Reply:
        """Return the first page of the source's own rank."""
        asked = {"sort": "trending", "limit": str(LIMIT)}
        page = await self._http.get(f"{self._root}/api/daily_papers", asked, _listing, answers=())
        return _merged([page.content or papers.Parsed()])

    async def search(self, query: str, limit: int = 20) -> Reply:
        """Return the source's own search results; an empty query finds nothing."""
        if not (text := fields.clean(query[:QUERY], QUERY)):
            return Reply()
        asked = {"q": text, "limit": str(max(1, min(limit, RESULTS)))}
        page = await self._http.get(f"{self._root}/api/papers/search", asked, _listing)
        reply = _merged([page.content or papers.Parsed()])
        return replace(reply, papers=reply.papers[:limit])

    async def paper(self, identifier: str) -> Paper | None:
        """Return one paper, or None when it is not known there."""
        if not (known := fields.identity(identifier)):
            return None
        try:
            page = await self._http.get(f"{self._root}/api/papers/{known}", {}, _paper)
        except SourceRefused:
            return None
        return page.content

    async def _all(self, asked: Mapping[str, str], day: date | None = None, *, fresh: bool = False) -> Reply:
        """Follow the pages of a list up to the last; the first page of one date is asked for conditionally."""
        answers = (BAD_REQUEST,) if day and opening(day) > self._http.clock() - LATE else ()
        seen: set[str] = set()
        pages: list[Page[papers.Parsed]] = []
        for number in range(PAGES):
            # The address of the next page is ours to make: a source can't send us elsewhere.
            query = {**asked, "limit": str(LIMIT), "p": str(number)}
            conditional = day is not None and not fresh and number == 0
            page = await self._http.get(
                f"{self._root}/api/daily_papers",
                query,
                lambda body: _listing(body, day),
                conditional=conditional,
                answers=answers,
            )
            if page.content is None:
                return Reply(unchanged=True)
            pages.append(page)
            new = {paper.id for paper in page.content.papers} - seen
            if not new or not (page.more or page.content.records >= LIMIT):
                break
            seen |= new
        reply = _merged([page.content for page in pages if page.content])
        return replace(reply, url=pages[0].url, validators=pages[0].validators) if day else reply


def _merged(parts: Sequence[papers.Parsed]) -> Reply:
    """Return one reply, each paper at its first place: lists shift while they are paged through."""
    found: dict[str, Paper] = {}
    for part in parts:
        for paper in part.papers:
            found.setdefault(paper.id, paper)
    return Reply(tuple(found.values()), rejected=sum(part.rejected for part in parts))


def _listing(body: bytes, day: date | None = None) -> papers.Parsed:
    return papers.listing(decode(body), day)


def _paper(body: bytes) -> Paper:
    if not (found := papers.paper(decode(body))):
        raise Malformed(phrase("Hugging Face sent a paper without an id or a title; it was ignored."))
    return found


def decode(body: bytes) -> Any:
    """Return the JSON of *body*; raise `bot.errors.Malformed` for a web page, a fragment or nothing."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        page, other, nothing = _INSTEAD
        raise Malformed(page if body.lstrip()[:1] == b"<" else other if body.strip() else nothing) from error
