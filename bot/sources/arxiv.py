"""arXiv: its API (https://info.arxiv.org/help/api/user-manual.html) for papers and search, its feeds for the news."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from bot.errors import SourceDown, SourceRefused
from bot.language import phrase
from bot.ports.sources import Reply
from bot.sources import atom, fields
from bot.sources.papers import Parsed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.models import Paper
    from bot.sources.http import Polite

API: Final = "https://export.arxiv.org"
FEEDS: Final = "https://rss.arxiv.org"
BATCH: Final = 100
RESULTS: Final = 200
_WORDS: Final = 12
_NO_CATEGORY: Final = phrase("“{names}” is no arXiv category; they are written like cs.CL.")
_NONE: Final = phrase("arXiv counts {total} papers and sends none; it is asked again later.")
_CATEGORY: Final = re.compile(r"[a-z]+(-[a-z]+)?(\.[A-Za-z]{2}|\.[a-z]+(-[a-z]+)?)?")


class ArXiv:
    """`bot.ports.sources.Announcements`, asked politely.

    ``base`` takes the place of both hosts: the API is then ``{base}/api/query``, the feeds are ``{base}/atom/…``.
    """

    def __init__(self, http: Polite, base: str = "") -> None:
        self._http = http
        self._query = f"{base.rstrip('/') or API}/api/query"
        self._feed = f"{base.rstrip('/') or FEEDS}/atom"

    async def announced(self, categories: Sequence[str]) -> Reply:
        """Return the newest announcement; unchanged until the next."""
        wrong = [category for category in categories if not _CATEGORY.fullmatch(category)]
        if wrong or not categories:
            raise SourceRefused(_NO_CATEGORY.format(names=", ".join(wrong)))
        url = f"{self._feed}/{'+'.join(categories)}"
        page = await self._http.get(url, {}, atom.announcement, conditional=True)
        if page.content is None:
            return Reply(unchanged=True)
        found = page.content
        return Reply(found.papers, rejected=found.rejected, url=page.url, validators=page.validators)

    async def papers(self, identifiers: Sequence[str]) -> Reply:
        """Return papers by id, in the order asked for."""
        known = list(dict.fromkeys(filter(None, map(fields.identity, identifiers))))
        found: dict[str, Paper] = {}
        rejected = 0
        for start in range(0, len(known), BATCH):
            batch = known[start : start + BATCH]
            reply = await self._ask({"id_list": ",".join(batch), "max_results": str(BATCH)})
            found |= {paper.id: paper for paper in reply.papers}
            rejected += reply.rejected
        return Reply(tuple(found[one] for one in known if one in found), rejected=rejected)

    async def search(self, query: str, limit: int = 20) -> Reply:
        """Return the papers that hold every word of *query*, newest first."""
        words = re.findall(r"\w+", fields.clean(query, 250))[:_WORDS]
        if not words:
            return Reply()
        asked = {
            # Nothing of the query but its words gets through: the rest has a meaning in arXiv's own language.
            "search_query": " AND ".join(f'all:"{word}"' for word in words),
            "max_results": str(max(1, min(limit, RESULTS))),
            "sortBy": "submittedDate",
            "sortOrder": "descending",
        }
        reply = await self._ask(asked)
        # arXiv has been seen to ignore its own sort order.
        newest = sorted(reply.papers, key=lambda paper: paper.published or date.min, reverse=True)
        return Reply(tuple(newest[:limit]), rejected=reply.rejected)

    async def _ask(self, asked: Mapping[str, str]) -> Reply:
        """Return one page; one that is empty although arXiv counts results is asked for once more."""
        for _ in range(2):
            page = await self._http.get(self._query, asked, atom.results)
            parsed, total = page.content or (Parsed(), 0)
            if parsed.records or not total:
                return Reply(parsed.papers, rejected=parsed.rejected)
        raise SourceDown(_NONE.format(total=total))
