"""Search: the words of a query over everything stored and, when it answers in time, Hugging Face's own search.

What a query may say is read in `bot.search.reading`. Nothing is written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import Final

from bot.clauses import Clause, Page, words
from bot.errors import SourceError
from bot.language import gettext
from bot.models import Paper
from bot.ports.sources import DailyPapers
from bot.ports.stores import Stores
from bot.search.reading import Asked, read

BUDGET: Final = 1.5
"""Seconds that Hugging Face's own search has."""
DEPTH: Final = 200
"""Results that a search looks at."""
_REMOTE: Final = 40
_LONGEST_REMOTE: Final = 250
_DEEPER: Final = 5
"""Filters leave few of the best results, so that many times as many are looked at."""
_NEAR: Final = 0.5
"""Share of the best score below which a result is not worth sorting to the top by date or votes."""
_FUSION: Final = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009)."""
_VOCABULARY: Final = timedelta(days=60)


class Sort(StrEnum):
    """What comes first."""

    RELEVANCE = "relevance"
    DATE = "date"
    VOTES = "votes"


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: ``text`` as typed; papers before ``since`` or outside an arXiv ``category`` are left out."""

    text: str
    sort: Sort = Sort.RELEVANCE
    since: date | None = None
    category: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """What was found, in order, with scores by paper id: higher is better, comparable within one search only.

    ``searched`` counts the stored papers, ``notes`` say what did not answer. ``suggestion`` is a query that may find
    more, when nothing was found. ``capped`` tells that there may be more than what was looked at.
    """

    papers: tuple[Paper, ...]
    scores: Mapping[str, float]
    searched: int
    notes: tuple[str, ...] = ()
    suggestion: str = ""
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One result on its way."""

    paper: Paper
    score: float


async def find(
    stores: Stores, daily: DailyPapers | None, query: Query, now: datetime, *, budget: float = BUDGET
) -> Results:
    """Search what is stored and, within *budget* seconds, Hugging Face; at most `DEPTH` papers.

    Raises `bot.errors.Mistake` for a query without words and `bot.errors.StoreError`; what a source fails to answer
    becomes a note.
    """
    asked = read(query.text)
    narrow = bool(asked.conditions or query.since or query.category)
    (local, searched), (remote, note) = await asyncio.gather(
        _local(stores, asked, DEPTH * _DEEPER if narrow else DEPTH), _remote(daily, asked, budget)
    )
    known = await stores.papers.get([paper.id for paper in remote])
    merged = [known.get(paper.id, paper) for paper in remote]
    kept = [found for found in local if _holds(query, asked, found.paper)]
    near = kept if query.sort is Sort.RELEVANCE else _near(kept)
    ordered = _ordered(_fuse(near, [paper for paper in merged if _holds(query, asked, paper)]), query.sort)
    best = ordered[:DEPTH]
    return Results(
        papers=tuple(found.paper for found in best),
        scores={found.paper.id: found.score for found in best},
        searched=searched,
        notes=(note,) if note else (),
        suggestion="" if best else await _suggestion(stores, asked, now),
        capped=len(ordered) >= DEPTH,
    )


async def _local(stores: Stores, asked: Asked, depth: int) -> tuple[list[Found], int]:
    hits = await stores.index.find(asked.words, depth)
    papers = await stores.papers.get([hit.paper for hit in hits])
    return [Found(papers[hit.paper], hit.score) for hit in hits if hit.paper in papers], await stores.papers.count()


async def _remote(daily: DailyPapers | None, asked: Asked, budget: float) -> tuple[Sequence[Paper], str]:
    """Ask Hugging Face; return its papers and a note when there are none to be had."""
    if daily is None:
        return (), gettext("Stored papers only.")
    try:
        async with asyncio.timeout(budget):
            reply = await daily.search(" ".join(asked.words)[:_LONGEST_REMOTE], _REMOTE)
    except TimeoutError:
        return (), gettext("Hugging Face’s own search did not answer in time; stored papers only.")
    except SourceError:
        return (), gettext("Hugging Face’s own search is not available; stored papers only.")
    return reply.papers, ""


def _fuse(local: Sequence[Found], remote: Sequence[Paper]) -> list[Found]:
    """Merge by paper; two ranks are added as reciprocals, one alone keeps its scores."""
    if not remote:
        return list(local)
    papers = {found.paper.id: found.paper for found in local} | {paper.id: paper for paper in remote}
    ranks = ([found.paper.id for found in local], list(dict.fromkeys(paper.id for paper in remote)))
    scores = dict.fromkeys(papers, 0.0)
    for ranked in ranks:
        for place, paper in enumerate(ranked, 1):
            scores[paper] += 1 / (_FUSION + place)
    return sorted((Found(papers[paper], score) for paper, score in scores.items()), key=lambda found: -found.score)


def _holds(query: Query, asked: Asked, paper: Paper) -> bool:
    """Tell whether *paper* passes every filter."""
    if query.since and (paper.day is None or paper.day < query.since):
        return False
    if query.category and not Clause("category", query.category, (query.category,)).found(_categories(paper)):
        return False
    if not asked.conditions:
        return True
    page = Page.of(paper)
    return all(condition.holds(page) for condition in asked.conditions)


def _categories(paper: Paper) -> Page:
    """Return a page of nothing but the categories, which costs no cutting of words."""
    return Page((), (), (), paper.categories)


def _near(found: Sequence[Found]) -> list[Found]:
    """Return what comes near the best, so that sorting by date or votes does not bring chance hits to the top."""
    best = max((result.score for result in found), default=0.0)
    return [result for result in found if result.score >= best * _NEAR]


def _ordered(found: Sequence[Found], sort: Sort) -> list[Found]:
    """Sort; what is equal stays in the order of relevance."""
    if sort is Sort.VOTES:
        return sorted(found, key=lambda result: -(result.paper.votes or 0))
    if sort is Sort.DATE:
        return sorted(found, key=lambda result: result.paper.day or date.min, reverse=True)
    return list(found)


async def _suggestion(stores: Stores, asked: Asked, now: datetime) -> str:
    """Return the query with its unknown words replaced by the nearest ones of recent titles, or ""."""
    span = await stores.papers.span()
    if span is None:
        return ""
    last = min(span[1], now.date())
    recent = await stores.papers.between(last - _VOCABULARY, last)
    return await asyncio.to_thread(_corrected, asked.words, [paper.title for paper in recent])


def _corrected(wanted: Iterable[str], titles: Iterable[str]) -> str:
    asked, vocabulary = tuple(wanted), {word for title in titles for word in words(title)}
    meant = tuple(
        word if word in vocabulary else next(iter(get_close_matches(word, vocabulary, n=1, cutoff=0.75)), word)
        for word in asked
    )
    return " ".join(meant) if meant != asked else ""
