"""arXiv API (https://info.arxiv.org/help/api/user-manual.html) for papers and search; Atom feeds for announcements."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from bot.errors import SourceDown, SourceRefused
from bot.ports.sources import SourceResponse
from bot.reasons.reason import Reason
from bot.sources.arxiv import parser
from bot.sources.parsed_papers import ParsedPapers
from bot.sources.text import cleaning

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.papers import Paper
    from bot.sources.http.client import SourceClient

API_URL: Final = "https://export.arxiv.org"
FEEDS_URL: Final = "https://rss.arxiv.org"
BATCH_SIZE: Final = 100
MAX_RESULTS: Final = 200
_MAX_QUERY_WORDS: Final = 12
_CATEGORY_PATTERN: Final = re.compile(r"[a-z]+(-[a-z]+)?(\.[A-Za-z]{2}|\.[a-z]+(-[a-z]+)?)?")


class ArXiv:
    """Announcements, single papers and search, asked politely.

    ``base`` takes the place of both hosts: the API is then ``{base}/api/query``, the feeds are ``{base}/atom/…``.
    """

    def __init__(self, client: SourceClient, base_url: str = "") -> None:
        self._client = client
        self._query_url = f"{base_url.rstrip('/') or API_URL}/api/query"
        self._feed_url = f"{base_url.rstrip('/') or FEEDS_URL}/atom"

    async def fetch_announcement(self, categories: Sequence[str]) -> SourceResponse:
        """Return the newest announcement; unchanged until the next."""
        invalid_categories = [category for category in categories if not _CATEGORY_PATTERN.fullmatch(category)]
        if invalid_categories or not categories:
            raise SourceRefused(Reason("arxiv.invalid_category", names=", ".join(invalid_categories)))
        url = f"{self._feed_url}/{'+'.join(categories)}"
        page = await self._client.get(url, {}, parser.parse_announcement, conditional=True)
        if page.content is None:
            return SourceResponse(unchanged=True)
        announcement = page.content
        return SourceResponse(
            announcement.papers, rejected=announcement.rejected, url=page.url, validators=page.validators
        )

    async def fetch_paper(self, identifier: str) -> Paper | None:
        """Return one paper, or None when arXiv does not know it."""
        return next(iter((await self.fetch_papers([identifier])).papers), None)

    async def fetch_papers(self, identifiers: Sequence[str]) -> SourceResponse:
        """Return papers by id, in the order asked for."""
        arxiv_ids = list(dict.fromkeys(filter(None, map(cleaning.normalize_arxiv_id, identifiers))))
        papers_by_id: dict[str, Paper] = {}
        rejected = 0
        for start in range(0, len(arxiv_ids), BATCH_SIZE):
            batch = arxiv_ids[start : start + BATCH_SIZE]
            reply = await self._query_api({"id_list": ",".join(batch), "max_results": str(BATCH_SIZE)})
            papers_by_id |= {paper.id: paper for paper in reply.papers}
            rejected += reply.rejected
        return SourceResponse(
            tuple(papers_by_id[arxiv_id] for arxiv_id in arxiv_ids if arxiv_id in papers_by_id), rejected=rejected
        )

    async def search_papers(self, query: str, limit: int = 20) -> SourceResponse:
        """Return the papers that hold every word of *query*, newest first."""
        words = re.findall(r"\w+", cleaning.clean_text(query, 250))[:_MAX_QUERY_WORDS]
        if not words:
            return SourceResponse()
        params = {
            # Nothing of the query but its words gets through: the rest has a meaning in arXiv's own language.
            "search_query": " AND ".join(f'all:"{word}"' for word in words),
            "max_results": str(max(1, min(limit, MAX_RESULTS))),
            "sortBy": "submittedDate",
            "sortOrder": "descending",
        }
        reply = await self._query_api(params)
        # arXiv has been seen to ignore its own sort order.
        newest = sorted(reply.papers, key=lambda paper: paper.published or date.min, reverse=True)
        return SourceResponse(tuple(newest[:limit]), rejected=reply.rejected)

    async def _query_api(self, params: Mapping[str, str]) -> SourceResponse:
        """Return one page; one that is empty although arXiv counts results is asked for once more."""
        for _ in range(2):
            page = await self._client.get(self._query_url, params, parser.parse_results)
            parsed, total = page.content or (ParsedPapers(), 0)
            if parsed.record_count or not total:
                return SourceResponse(parsed.papers, rejected=parsed.rejected)
        raise SourceDown(Reason("arxiv.empty_page", total=total))
