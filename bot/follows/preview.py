"""Topic preview: which stored papers a topic would have sent, how many a week, and near misses of a typo."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import Final

from bot.domain.papers import Paper
from bot.domain.topics.clauses import Explanation
from bot.domain.topics.parser import Topic, parse_topic
from bot.errors import Mistake
from bot.ports.skipped_papers import SkippedPapers
from bot.ports.stores import Stores

_DAYS_PER_WEEK: Final = 7
_SIMILARITY_CUTOFF: Final = 0.8
"""How much alike two topics are of which one may be a slip of the other; 1 is the same."""


@dataclass(frozen=True, slots=True)
class TopicPreview:
    """What a topic would have sent: ``papers`` newest first with the reason.

    ``days`` is the span looked at, ``last_date`` the date that it ends with; ``is_outdated`` tells that
    this was a week ago or more. ``suggestion`` is what a topic that matched nothing may have meant, or empty.
    """

    match_count: int
    per_week: float
    days: int
    papers: tuple[tuple[Paper, Explanation], ...]
    last_date: date | None = None
    is_outdated: bool = False
    suggestion: str = ""


async def preview_topic(
    stores: Stores, topic: Topic, days: int | None, now: datetime, known_topics: Sequence[str] = ()
) -> TopicPreview:
    """Run *topic* over the stored papers of the last *days* (all, when None).

    The span ends at the newest stored date, so that it means the same on a machine that is behind. *known_topics* are
    those that one without any paper may have meant, before all keywords.
    """
    span = await stores.papers.get_date_range()
    if span is None:
        return TopicPreview(0, 0.0, days or 0, ())
    last = min(span[1], now.date())
    first = max(span[0], last - timedelta(days=days - 1)) if days else span[0]
    papers = await stores.papers.list_between(first, last)
    matches = await asyncio.to_thread(_explain_matches, topic, papers, stores.skipped_papers)
    looked = (last - first).days + 1
    return TopicPreview(
        len(matches),
        round(len(matches) * _DAYS_PER_WEEK / max(looked, _DAYS_PER_WEEK), 1),
        looked,
        tuple(matches),
        last,
        (now.date() - last).days >= _DAYS_PER_WEEK,
        "" if matches else await asyncio.to_thread(_suggest_topic, topic, known_topics, papers),
    )


def _explain_matches(
    topic: Topic, papers: Sequence[Paper], skipped_papers: SkippedPapers
) -> list[tuple[Paper, Explanation]]:
    explained = skipped_papers.collect_sound("matched", papers, lambda paper: (paper, topic.explain(paper)))
    return [(paper, why) for paper, why in explained if why.matched]


def _suggest_topic(topic: Topic, known_topics: Sequence[str], papers: Sequence[Paper]) -> str:
    """Return what *topic*, on which there is no paper, may have meant: a known topic, or a keyword that has one."""
    typed = topic.label.casefold()
    labels = {parse_topic(text).label.casefold(): parse_topic(text).label for text in known_topics}
    if near := get_close_matches(typed, labels.keys() - {typed}, 1, _SIMILARITY_CUTOFF):
        return labels[near[0]]
    keywords = {name.casefold() for paper in papers for keyword in paper.keywords for name in keyword.split()}
    keywords |= {keyword.casefold() for paper in papers for keyword in paper.keywords}
    # What is a keyword as it stands is no slip, only rare.
    close_keywords = [] if typed in keywords else get_close_matches(typed, keywords, 3, _SIMILARITY_CUTOFF)
    return next((name for name in close_keywords if _has_matching_paper(name, papers)), "")


def _has_matching_paper(name: str, papers: Sequence[Paper]) -> bool:
    """Tell whether *name* is a topic that one of *papers* is on."""
    try:
        topic = parse_topic(name)
    except Mistake:
        return False
    return any(topic.matches(paper) for paper in papers)
