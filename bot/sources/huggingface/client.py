"""Hugging Face Daily Papers (https://huggingface.co/papers), read by the API that the site itself uses."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from bot.domain.feed import compute_opening_time
from bot.errors import Malformed, SourceRefused
from bot.ports.sources import SourceResponse
from bot.reasons.reason import Reason
from bot.sources.huggingface import parser
from bot.sources.parsed_papers import ParsedPapers
from bot.sources.text import cleaning

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from bot.domain.papers import Paper
    from bot.sources.http.client import ParsedResponse, SourceClient

PAGE_SIZE: Final = 100
"""The most that one page of a list holds; the source's own default is 50."""
MAX_PAGES: Final = 20
BAD_REQUEST: Final = 400
OPENING_GRACE: Final = timedelta(days=1)
"""A list that opens later than it should is refused until then; one that is refused for longer is in trouble."""
MAX_QUERY_LENGTH: Final = 250
MAX_RESULTS: Final = 120


class HuggingFace:
    """Lists, rank, search and single papers, asked politely. ``endpoint`` is where it is, without a path."""

    def __init__(self, client: SourceClient, endpoint: str = "https://huggingface.co") -> None:
        self._client = client
        self._endpoint = endpoint.rstrip("/")

    async def fetch_day(self, day: date, *, fresh: bool = False) -> SourceResponse:
        """Return the list of one date; unchanged when its first page is, unless a *fresh* one is wanted.

        Only a list that is not open can be refused: a refusal of any other is a failure.
        """
        return await self._fetch_pages({"date": day.isoformat()}, day, fresh=fresh)

    async def fetch_week(self, year: int, week: int) -> SourceResponse:
        """Return the papers of an ISO week."""
        return await self._fetch_pages({"week": f"{year:04}-W{week:02}"})

    async def fetch_month(self, year: int, month: int) -> SourceResponse:
        """Return the papers of a month."""
        return await self._fetch_pages({"month": f"{year:04}-{month:02}"})

    async def fetch_trending(self) -> SourceResponse:
        """Return the first page of the source's own rank."""
        params = {"sort": "trending", "limit": str(PAGE_SIZE)}
        page = await self._client.get(
            f"{self._endpoint}/api/daily_papers", params, _parse_list_body, refusal_statuses=()
        )
        return _merge_pages([page.content or ParsedPapers()])

    async def search_papers(self, query: str, limit: int = 20) -> SourceResponse:
        """Return the source's own search results; an empty query finds nothing."""
        if not (text := cleaning.clean_text(query[:MAX_QUERY_LENGTH], MAX_QUERY_LENGTH)):
            return SourceResponse()
        params = {"q": text, "limit": str(max(1, min(limit, MAX_RESULTS)))}
        page = await self._client.get(f"{self._endpoint}/api/papers/search", params, _parse_list_body)
        reply = _merge_pages([page.content or ParsedPapers()])
        return replace(reply, papers=reply.papers[:limit])

    async def fetch_paper(self, identifier: str) -> Paper | None:
        """Return one paper, or None when it is not known there."""
        if not (known := cleaning.normalize_arxiv_id(identifier)):
            return None
        try:
            page = await self._client.get(f"{self._endpoint}/api/papers/{known}", {}, _parse_paper_body)
        except SourceRefused:
            return None
        return page.content

    async def _fetch_pages(
        self, params: Mapping[str, str], day: date | None = None, *, fresh: bool = False
    ) -> SourceResponse:
        """Follow the pages of a list up to the last; the first page of one date is asked for conditionally."""
        refusal_statuses = (
            (BAD_REQUEST,) if day and compute_opening_time(day) > self._client.clock() - OPENING_GRACE else ()
        )
        seen_ids: set[str] = set()
        pages: list[ParsedResponse[ParsedPapers]] = []
        for number in range(MAX_PAGES):
            # The address of the next page is ours to make: a source can't send us elsewhere.
            query = {**params, "limit": str(PAGE_SIZE), "p": str(number)}
            conditional = day is not None and not fresh and number == 0
            page = await self._client.get(
                f"{self._endpoint}/api/daily_papers",
                query,
                lambda body: _parse_list_body(body, day),
                conditional=conditional,
                refusal_statuses=refusal_statuses,
            )
            if page.content is None:
                return SourceResponse(unchanged=True)
            pages.append(page)
            new = {paper.id for paper in page.content.papers} - seen_ids
            if not new or not (page.has_next_page or page.content.record_count >= PAGE_SIZE):
                break
            seen_ids |= new
        reply = _merge_pages([page.content for page in pages if page.content])
        return replace(reply, url=pages[0].url, validators=pages[0].validators) if day else reply


def _merge_pages(parts: Sequence[ParsedPapers]) -> SourceResponse:
    """Return one reply, each paper at its first place: lists shift while they are paged through."""
    found: dict[str, Paper] = {}
    for part in parts:
        for paper in part.papers:
            found.setdefault(paper.id, paper)
    return SourceResponse(tuple(found.values()), rejected=sum(part.rejected for part in parts))


def _parse_list_body(body: bytes, day: date | None = None) -> ParsedPapers:
    return parser.parse_paper_list(decode_json(body), day)


def _parse_paper_body(body: bytes) -> Paper:
    if not (found := parser.parse_paper(decode_json(body))):
        raise Malformed(Reason("huggingface.incomplete_paper"))
    return found


def decode_json(body: bytes) -> Any:
    """Return the JSON of *body*; raise `bot.errors.Malformed` for a web page, a fragment or nothing."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        is_page, is_empty = body.lstrip()[:1] == b"<", not body.strip()
        found = "huggingface.web_page" if is_page else "huggingface.empty" if is_empty else "huggingface.no_json"
        raise Malformed(Reason(found)) from error
