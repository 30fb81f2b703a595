"""Follow matching: newly stored papers held against every followed topic; hits are recorded for alerts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final

from bot.domain.papers import Paper
from bot.domain.topics.matcher import Matcher
from bot.ports.papers import UnmatchedPapers
from bot.ports.skipped_papers import SkippedPapers
from bot.ports.stores import Stores

_BATCH_SIZE: Final = 500
"""Papers that are held against the topics at once."""


async def match_new_papers(stores: Stores) -> int:
    """Record which followed topics the papers match that were stored as news; return how many matches were new.

    News is struck out after its matches are recorded, so that what a crash or a fault interrupts is done again; a match
    counts from when its paper was stored, however late it is found.
    """
    match_count = 0
    for news in await stores.papers.list_unmatched():
        topics = list(await stores.follows.count_by_topic())
        async for papers in _iterate_batches(stores, news):
            hits = await asyncio.to_thread(_find_matches, topics, papers, stores.skipped_papers) if topics else ()
            match_count += await stores.follows.record_matches(hits, news.stored_at)
        await stores.papers.remove_unmatched(news)
    return match_count


async def _iterate_batches(stores: Stores, news: UnmatchedPapers) -> AsyncIterator[Sequence[Paper]]:
    """Yield the papers of *news*, a few at a time."""
    page: list[Paper] = []
    async for _, paper in stores.papers.iterate_papers(news.after_sequence, news.last_sequence):
        page.append(paper)
        if len(page) == _BATCH_SIZE:
            yield page
            page = []
    if page:
        yield page


def _find_matches(
    topics: Sequence[str], papers: Sequence[Paper], skipped_papers: SkippedPapers
) -> set[tuple[str, str]]:
    matcher = Matcher(topics)
    found = skipped_papers.collect_sound("matched", papers, lambda paper: (paper.id, matcher.match(paper)))
    return {(topic, paper) for paper, matched in found for topic in matched}
