"""Full-text search: rank stored papers for a query and fuse them with the sources' own searches. Writes nothing.

What a query may say is read in `bot.search.query_parser`. Nothing is written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import Final

from bot.domain.papers import Paper
from bot.domain.topics.clauses import Clause, TokenizedPaper, split_words
from bot.errors import SourceError
from bot.i18n.translation import gettext
from bot.ports.sources import PaperSearch, Source
from bot.ports.stores import Stores
from bot.search.query_parser import ParsedQuery, parse_query

REMOTE_TIMEOUT: Final = 1.5
"""Seconds that the sources' own searches have."""
MAX_RESULTS: Final = 200
"""Results that a search looks at."""
_MAX_REMOTE_RESULTS: Final = 40
_MAX_REMOTE_QUERY_LENGTH: Final = 250
_FILTER_OVERFETCH: Final = 5
"""Filters leave few of the best results, so that many times as many are looked at."""
_MIN_SCORE_SHARE: Final = 0.5
"""Share of the best score below which a result is not worth sorting to the top by date or votes."""
_RRF_K: Final = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009)."""
_VOCABULARY_WINDOW: Final = timedelta(days=60)


class SortOrder(StrEnum):
    """What comes first."""

    RELEVANCE = "relevance"
    DATE = "date"
    VOTES = "votes"


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What is looked for: ``text`` as typed; papers before ``since`` or outside an arXiv ``category`` are left out."""

    text: str
    sort: SortOrder = SortOrder.RELEVANCE
    since: date | None = None
    category: str = ""


@dataclass(frozen=True, slots=True)
class SearchResults:
    """What was found, in order, with scores by paper id: higher is better, comparable within one search only.

    ``searched_count`` counts the stored papers, ``notes`` say what did not answer. ``suggestion`` is a query that may
    find more, when nothing was found. ``is_truncated`` tells that there may be more than what was looked at.
    """

    papers: tuple[Paper, ...]
    scores: Mapping[str, float]
    searched_count: int
    notes: tuple[str, ...] = ()
    suggestion: str = ""
    is_truncated: bool = False


@dataclass(frozen=True, slots=True)
class ScoredPaper:
    """One result on its way."""

    paper: Paper
    score: float


async def find_papers(
    stores: Stores,
    sources: Sequence[Source],
    query: SearchQuery,
    now: datetime,
    *,
    remote_seconds: float = REMOTE_TIMEOUT,
) -> SearchResults:
    """Search what is stored and, within *remote_seconds* seconds, the sources; at most `MAX_RESULTS` papers.

    Raises `bot.errors.Mistake` for a query without words and `bot.errors.StoreError`; what a source fails to answer
    becomes a note.
    """
    parsed = parse_query(query.text)
    narrow = bool(parsed.conditions or query.since or query.category)
    (local, searched), (remotes, notes) = await asyncio.gather(
        _search_index(stores, parsed, MAX_RESULTS * _FILTER_OVERFETCH if narrow else MAX_RESULTS),
        _search_sources(sources, parsed, remote_seconds),
    )
    stored_papers = await stores.papers.get([paper.id for remote in remotes for paper in remote])
    remote_rankings = [[stored_papers.get(paper.id, paper) for paper in remote] for remote in remotes]
    filtered_papers = [scored_paper for scored_paper in local if _passes_filters(query, parsed, scored_paper.paper)]
    near = filtered_papers if query.sort is SortOrder.RELEVANCE else _drop_weak_matches(filtered_papers)
    ranking = _sort_results(
        _fuse_rankings(near, [[p for p in ranked if _passes_filters(query, parsed, p)] for ranked in remote_rankings]),
        query.sort,
    )
    best = ranking[:MAX_RESULTS]
    return SearchResults(
        papers=tuple(scored_paper.paper for scored_paper in best),
        scores={scored_paper.paper.id: scored_paper.score for scored_paper in best},
        searched_count=searched,
        notes=notes,
        suggestion="" if best else await _suggest_query(stores, parsed, now),
        is_truncated=len(ranking) >= MAX_RESULTS,
    )


async def _search_index(stores: Stores, parsed: ParsedQuery, limit: int) -> tuple[list[ScoredPaper], int]:
    hits = await stores.search_index.search(parsed.words, limit)
    papers = await stores.papers.get([hit.paper_id for hit in hits])
    return [
        ScoredPaper(papers[hit.paper_id], hit.score) for hit in hits if hit.paper_id in papers
    ], await stores.papers.count_papers()


async def _search_sources(
    sources: Sequence[Source], parsed: ParsedQuery, remote_seconds: float
) -> tuple[Sequence[Sequence[Paper]], tuple[str, ...]]:
    """Ask every source that can search, all at once; return what each found, and a note for each that found none."""
    searches = [(source.title, source.search) for source in sources if source.search]
    if not searches:
        return (), (gettext("Stored papers only."),)
    query = " ".join(parsed.words)[:_MAX_REMOTE_QUERY_LENGTH]
    answers = await asyncio.gather(*(_search_source(*search, query, remote_seconds) for search in searches))
    notes = {title: note for (title, _), (_, note) in zip(searches, answers, strict=True) if note}
    if len(notes) < len(searches):
        notes = {title: gettext("{source}’s own search did not answer.", source=title) for title in notes}
    return [papers for papers, _ in answers], tuple(notes.values())


async def _search_source(
    title: str, search: PaperSearch, query: str, remote_seconds: float
) -> tuple[Sequence[Paper], str]:
    """Return a source's papers, and a note when there are none to be had."""
    try:
        async with asyncio.timeout(remote_seconds):
            return (await search.search_papers(query, _MAX_REMOTE_RESULTS)).papers, ""
    except TimeoutError:
        return (), gettext("{source}’s own search did not answer in time; stored papers only.", source=title)
    except SourceError:
        return (), gettext("{source}’s own search is not available; stored papers only.", source=title)


def _fuse_rankings(local: Sequence[ScoredPaper], remotes: Sequence[Sequence[Paper]]) -> list[ScoredPaper]:
    """Merge by paper; ranks are added as reciprocals, one alone keeps its scores."""
    if not any(remotes):
        return list(local)
    papers = {scored_paper.paper.id: scored_paper.paper for scored_paper in local}
    papers |= {paper.id: paper for remote in remotes for paper in remote}
    ranks = [[scored_paper.paper.id for scored_paper in local]]
    ranks += [list(dict.fromkeys(paper.id for paper in remote)) for remote in remotes]
    scores = dict.fromkeys(papers, 0.0)
    for ranked in ranks:
        for place, paper in enumerate(ranked, 1):
            scores[paper] += 1 / (_RRF_K + place)
    return sorted(
        (ScoredPaper(papers[paper], score) for paper, score in scores.items()),
        key=lambda scored_paper: -scored_paper.score,
    )


def _passes_filters(query: SearchQuery, parsed: ParsedQuery, paper: Paper) -> bool:
    """Tell whether *paper* passes every filter."""
    if query.since and (paper.effective_date is None or paper.effective_date < query.since):
        return False
    if query.category and not Clause("category", query.category, (query.category,)).find_in(
        _keep_categories_only(paper)
    ):
        return False
    if not parsed.conditions:
        return True
    page = TokenizedPaper.from_paper(paper)
    return all(condition.matches(page) for condition in parsed.conditions)


def _keep_categories_only(paper: Paper) -> TokenizedPaper:
    """Return a page of nothing but the categories, which costs no cutting of words."""
    return TokenizedPaper((), (), (), paper.categories)


def _drop_weak_matches(found: Sequence[ScoredPaper]) -> list[ScoredPaper]:
    """Return what comes near the best, so that sorting by date or votes does not bring chance hits to the top."""
    best = max((result.score for result in found), default=0.0)
    return [result for result in found if result.score >= best * _MIN_SCORE_SHARE]


def _sort_results(found: Sequence[ScoredPaper], sort: SortOrder) -> list[ScoredPaper]:
    """Sort; what is equal stays in the order of relevance."""
    if sort is SortOrder.VOTES:
        return sorted(found, key=lambda result: -(result.paper.votes or 0))
    if sort is SortOrder.DATE:
        return sorted(found, key=lambda result: result.paper.effective_date or date.min, reverse=True)
    return list(found)


async def _suggest_query(stores: Stores, parsed: ParsedQuery, now: datetime) -> str:
    """Return the query with its unknown words replaced by the nearest ones of recent titles, or ""."""
    span = await stores.papers.get_date_range()
    if span is None:
        return ""
    last = min(span[1], now.date())
    recent = await stores.papers.list_between(last - _VOCABULARY_WINDOW, last)
    return await asyncio.to_thread(_correct_spelling, parsed.words, [paper.title for paper in recent])


def _correct_spelling(wanted: Iterable[str], titles: Iterable[str]) -> str:
    asked, vocabulary = tuple(wanted), {word for title in titles for word in split_words(title)}
    meant = tuple(
        word if word in vocabulary else next(iter(get_close_matches(word, vocabulary, n=1, cutoff=0.75)), word)
        for word in asked
    )
    return " ".join(meant) if meant != asked else ""
