"""Digest inputs, read in bulk for many channels: feed days, their papers, and which topics those papers match."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from bot.digests import composition
from bot.digests.feed_selection import FeedSelection
from bot.domain.feed import DayState, FeedDay, FeedMode, find_newest_feed_date
from bot.domain.papers import Paper
from bot.domain.topics.clauses import Explanation, TokenizedPaper
from bot.domain.topics.matcher import Matcher
from bot.ports.channels import ChannelState
from bot.ports.skipped_papers import SkippedPapers
from bot.ports.stores import Stores
from bot.reasons.reason import Reason

LOOKBACK: Final = timedelta(days=38)
"""How far back lists are read: a monthly digest and a week."""
_ANNOUNCEMENT_LOOKBACK: Final = timedelta(days=8)
"""How far back arXiv's announcements are offered to *Your topics*: a weekly digest, or one after a long weekend."""
_MAX_TRENDING_AGE: Final = timedelta(hours=24)

TopicMatches = Mapping[str, Mapping[str, Explanation]]
"""By topic, the papers that match, with the reason."""


@dataclass(slots=True)
class FeedSnapshot:
    """The feed's lists and papers at one moment. Papers are cut into words, and matched with a topic, once."""

    days: Sequence[FeedDay]
    trending: FeedDay | None
    announced_papers: Sequence[Paper]
    papers: Mapping[str, Paper]
    skipped_papers: SkippedPapers = field(default_factory=SkippedPapers)
    tokenized_papers: dict[str, TokenizedPaper] = field(default_factory=dict)
    topic_matches: dict[tuple[str, ...], dict[str, dict[str, Explanation]]] = field(default_factory=dict)

    async def match_topics(self, ids: tuple[str, ...], topics: Iterable[str]) -> TopicMatches:
        """Return which of the papers match which topics; what is new is worked out beside the loop."""
        known = self.topic_matches.setdefault(ids, {})
        new = [topic for topic in dict.fromkeys(topics) if topic not in known]
        if new:
            known.update(await asyncio.to_thread(self._compute_matches, ids, new))
        return known

    def _compute_matches(self, ids: tuple[str, ...], topics: Sequence[str]) -> dict[str, dict[str, Explanation]]:
        matcher = Matcher(topics)
        matches: dict[str, dict[str, Explanation]] = {topic: {} for topic in topics}
        matched = self.skipped_papers.collect_sound(
            "matched",
            (self.papers[paper] for paper in ids if paper in self.papers),
            lambda paper: (paper.id, matcher.match_tokenized(self._tokenize_paper(paper))),
        )
        for paper, verdicts in matched:
            for topic, why in verdicts.items():
                matches[topic][paper] = why
        return matches

    def _tokenize_paper(self, paper: Paper) -> TokenizedPaper:
        if paper.id not in self.tokenized_papers:
            self.tokenized_papers[paper.id] = TokenizedPaper.from_paper(paper)
        return self.tokenized_papers[paper.id]


async def load_feed(stores: Stores, now: datetime) -> FeedSnapshot:
    """Read the lists that a digest made at *now* may use."""
    newest = find_newest_feed_date(now)
    days = await stores.feed_days.list_between(newest - LOOKBACK, newest)
    rank, ranked_at = await stores.feed_days.get_trending()
    fresh = ranked_at is not None and now - ranked_at <= _MAX_TRENDING_AGE
    trending = FeedDay(newest, DayState.OK, tuple(rank), ranked_at) if fresh else None
    recent = await stores.papers.list_between(newest - _ANNOUNCEMENT_LOOKBACK, newest)
    announced = [paper for paper in recent if paper.listed is None]
    papers = await stores.papers.get({*composition.list_paper_ids(days), *rank})
    papers |= {paper.id: paper for paper in announced}
    return FeedSnapshot(days, trending, announced, papers, stores.skipped_papers)


@dataclass(frozen=True, slots=True)
class ChannelHistory:
    """What some channels had before and asked for; keys are the channels' database numbers."""

    posted_papers: Mapping[int, set[str]]
    muted_papers: Mapping[int, set[str]]
    muted_topics: Mapping[int, Sequence[str]]
    topics: Mapping[int, Sequence[str]]

    def get_excluded_papers(self, channel_state: ChannelState) -> set[str]:
        """Return the papers that the channel must not get (again)."""
        had = set() if channel_state.preferences.repeats else self.posted_papers.get(channel_state.channel_id, set())
        return had | self.muted_papers.get(channel_state.channel_id, set())


async def load_channel_history(
    stores: Stores, selections: Mapping[int, FeedSelection], feed: FeedSnapshot
) -> ChannelHistory:
    """Read what the channels, given with what their digests may hold, had of it, muted and follow."""
    keys = list(selections)
    topics = await stores.follows.list_topics_by_channel(keys)
    mutes = await stores.mutes_and_saves.list_mutes(keys)
    ids = {paper for choice in selections.values() for paper in composition.list_paper_ids(choice.days)}
    if topics or mutes:
        ids |= {paper.id for paper in feed.announced_papers}
    posted_papers: dict[int, set[str]] = {}
    for key, paper in await stores.digests.find_claimed_papers(keys, ids):
        posted_papers.setdefault(key, set()).add(paper)
    return ChannelHistory(
        posted_papers=posted_papers,
        muted_papers={key: {value for kind, value in its if kind == "paper"} for key, its in mutes.items()},
        muted_topics={key: [t for kind, t in its if kind == "topic"] for key, its in mutes.items()},
        topics={key: [t for t in its if ("topic", t) not in mutes.get(key, ())] for key, its in topics.items()},
    )


async def load_covered_dates(
    stores: Stores, channel_states: Sequence[ChannelState], now: datetime
) -> dict[int, dict[date, Reason | None]]:
    """Return the feed dates that the channels have behind them."""
    return await stores.digests.list_coverage(
        [channel_state.channel_id for channel_state in channel_states], (now - LOOKBACK * 2).date()
    )


def select_trending(selection: FeedSelection, feed: FeedSnapshot) -> FeedSelection:
    """Return the choice of a channel that wants the source's own rank: its lists count as covered all the same."""
    if feed.trending is None:
        return FeedSelection(problem=Reason("trending.outdated"))
    return FeedSelection((feed.trending,), selection.coverage)


def uses_trending(channel_state: ChannelState) -> bool:
    """Tell whether the channel wants the source's own rank."""
    return channel_state.preferences.mode is FeedMode.TRENDING
