"""What planning reads, fetched once for many channels: the lists, their papers, and which topics those match."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from bot.clauses import Explanation, Page
from bot.digests import page
from bot.digests.choice import Choice
from bot.language import gettext
from bot.matching import Matcher
from bot.models import DayState, FeedDay, Mode, Paper, feed_date
from bot.ports.places import Standing
from bot.ports.stores import Stores

REACH: Final = timedelta(days=38)
"""How far back lists are read: a monthly digest and a week."""
_ANNOUNCED: Final = timedelta(days=8)
"""How far back arXiv's announcements are offered to *Your topics*: a weekly digest, or one after a long weekend."""
_RANK_AGE: Final = timedelta(hours=24)

Found = Mapping[str, Mapping[str, Explanation]]
"""By topic, the papers that match, with the reason."""


@dataclass(slots=True)
class Lists:
    """The feed's lists and papers at one moment. Papers are cut into words, and matched with a topic, once."""

    days: Sequence[FeedDay]
    trending: FeedDay | None
    announced: Sequence[Paper]
    papers: Mapping[str, Paper]
    cut: dict[tuple[str, ...], list[tuple[str, Page]]] = field(default_factory=dict)
    found: dict[tuple[str, ...], dict[str, dict[str, Explanation]]] = field(default_factory=dict)

    async def match(self, ids: tuple[str, ...], topics: Iterable[str]) -> Found:
        """Return which of the papers match which topics; what is new is worked out beside the loop."""
        known = self.found.setdefault(ids, {})
        new = [topic for topic in dict.fromkeys(topics) if topic not in known]
        if new:
            known.update(await asyncio.to_thread(self._matched, ids, new))
        return known

    def _matched(self, ids: tuple[str, ...], topics: Sequence[str]) -> dict[str, dict[str, Explanation]]:
        matcher = Matcher(topics)
        found: dict[str, dict[str, Explanation]] = {topic: {} for topic in topics}
        for paper, cut in self._pages(ids):
            for topic, why in matcher.judge(cut).items():
                found[topic][paper] = why
        return found

    def _pages(self, ids: tuple[str, ...]) -> list[tuple[str, Page]]:
        if ids not in self.cut:
            self.cut[ids] = [(paper, Page.of(self.papers[paper])) for paper in ids if paper in self.papers]
        return self.cut[ids]


async def lists(stores: Stores, now: datetime) -> Lists:
    """Read the lists that a digest made at *now* may use."""
    newest = feed_date(now)
    days = await stores.days.between(newest - REACH, newest)
    rank, ranked_at = await stores.days.trending()
    fresh = ranked_at is not None and now - ranked_at <= _RANK_AGE
    trending = FeedDay(newest, DayState.OK, tuple(rank), ranked_at) if fresh else None
    recent = await stores.papers.between(newest - _ANNOUNCED, newest)
    announced = [paper for paper in recent if paper.listed is None]
    papers = await stores.papers.get({*page.listed(days), *rank})
    return Lists(days, trending, announced, papers | {paper.id: paper for paper in announced})


@dataclass(frozen=True, slots=True)
class Past:
    """What some channels had before and asked for; keys are the channels' database numbers."""

    posted: Mapping[int, set[str]]
    muted: Mapping[int, set[str]]
    muted_topics: Mapping[int, Sequence[str]]
    topics: Mapping[int, Sequence[str]]

    def gone(self, standing: Standing) -> set[str]:
        """Return the papers that the channel must not get (again)."""
        had = set() if standing.preferences.repeats else self.posted.get(standing.key, set())
        return had | self.muted.get(standing.key, set())


async def past(stores: Stores, choices: Mapping[int, Choice], known: Lists) -> Past:
    """Read what the channels, given with what their digests may hold, had of it, muted and follow."""
    keys = list(choices)
    topics = await stores.follows.many(keys)
    mutes = await stores.wishes.mutes(keys)
    ids = {paper for choice in choices.values() for paper in page.listed(choice.days)}
    if topics or mutes:
        ids |= {paper.id for paper in known.announced}
    posted: dict[int, set[str]] = {}
    for key, paper in await stores.editions.posted(keys, ids):
        posted.setdefault(key, set()).add(paper)
    return Past(
        posted=posted,
        muted={key: {value for kind, value in its if kind == "paper"} for key, its in mutes.items()},
        muted_topics={key: [t for kind, t in its if kind == "topic"] for key, its in mutes.items()},
        topics={key: [t for t in its if ("topic", t) not in mutes.get(key, ())] for key, its in topics.items()},
    )


async def covered(stores: Stores, standings: Sequence[Standing], now: datetime) -> dict[int, dict[date, str]]:
    """Return the feed dates that the channels have behind them."""
    return await stores.editions.covered([standing.key for standing in standings], (now - REACH * 2).date())


def trending(choice: Choice, known: Lists) -> Choice:
    """Return the choice of a channel that wants the source's own rank: its lists count as covered all the same."""
    if known.trending is None:
        return Choice(trouble=gettext("Hugging Face’s trending rank is older than a day"))
    return Choice((known.trending,), choice.covered)


def wants_rank(standing: Standing) -> bool:
    """Tell whether the channel wants the source's own rank."""
    return standing.preferences.mode is Mode.TRENDING
