"""What planning reads, fetched once for many channels: the lists, their papers, and what the channels had before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from bot.matching import Matcher
from bot.models import DayState, FeedDay, Mode, Paper, feed_date, opening
from bot.ports.stores import Standing, Stores
from bot.topics import Explanation

_REACH: Final = timedelta(days=38)
"""How far back lists are read: a monthly digest and a week."""
_ANNOUNCED: Final = timedelta(days=2)
"""How far back arXiv's announcements are offered to *Your topics*."""
_RANK_AGE: Final = timedelta(hours=24)


@dataclass(slots=True)
class Lists:
    """The feed's lists and papers at one moment; papers are read when first asked for and kept."""

    days: Sequence[FeedDay]
    trending: FeedDay | None
    announced: Sequence[Paper]
    papers: dict[str, Paper] = field(default_factory=dict)

    async def known(self, stores: Stores, ids: Collection[str]) -> Mapping[str, Paper]:
        """Return the papers, with at least those of *ids* that are stored."""
        missing = [paper for paper in ids if paper not in self.papers]
        if missing:
            self.papers |= await stores.papers.get(missing)
        return self.papers


async def lists(stores: Stores, now: datetime) -> Lists:
    """Read the lists that a digest made at *now* may use."""
    newest = feed_date(now)
    rank, ranked_at = await stores.days.trending()
    fresh = ranked_at is not None and now - ranked_at <= _RANK_AGE
    listed = await stores.papers.between(newest - _ANNOUNCED, newest)
    return Lists(
        days=await stores.days.between(newest - _REACH, newest),
        trending=FeedDay(newest, DayState.OK, tuple(rank), ranked_at) if fresh else None,
        announced=[paper for paper in listed if paper.listed is None],
    )


@dataclass(frozen=True, slots=True)
class Past:
    """What some channels had before and asked for; keys are the channels' database numbers."""

    covered: Mapping[int, Mapping[date, str]]
    posted: Mapping[int, set[str]]
    muted: Mapping[int, set[str]]
    topics: Mapping[int, Sequence[str]]
    matches: Mapping[str, Mapping[str, Explanation]]

    def gone(self, standing: Standing) -> set[str]:
        """Return the papers that the channel must not get (again)."""
        had = set() if standing.preferences.repeats else self.posted.get(standing.key, set())
        return had | self.muted.get(standing.key, set())

    def reasons(self, standing: Standing) -> dict[str, list[Explanation]]:
        """Return why papers are on the channel's topics, by paper id."""
        topics = self.topics.get(standing.key, ())
        found = {
            paper: [because[topic] for topic in topics if topic in because] for paper, because in self.matches.items()
        }
        return {paper: reasons for paper, reasons in found.items() if reasons}


async def past(stores: Stores, standings: Sequence[Standing], known: Lists, now: datetime) -> Past:
    """Read the past of *standings* in a handful of queries."""
    keys = [standing.key for standing in standings]
    recent = [day for day in known.days if opening(day.date) > now - _REACH]
    ids = {paper for day in recent for paper in day.papers} | {paper.id for paper in known.announced}
    if any(standing.preferences.mode is Mode.TRENDING for standing in standings) and known.trending:
        ids |= set(known.trending.papers)
    topics = await stores.follows.many(keys)
    mutes = await stores.wishes.mutes(keys)
    matches = await _matches(stores, known, topics, ids) if topics else {}
    return Past(
        covered=await stores.editions.covered(keys, (now - _REACH * 2).date()),
        posted=_grouped(await stores.editions.posted(keys, ids)),
        muted={key: {value for kind, value in its if kind == "paper"} for key, its in mutes.items()},
        topics=_unmuted(topics, mutes),
        matches=matches,
    )


async def _matches(
    stores: Stores, known: Lists, topics: Mapping[int, Sequence[str]], ids: Collection[str]
) -> dict[str, dict[str, Explanation]]:
    matcher = Matcher({topic for its in topics.values() for topic in its})
    papers = await known.known(stores, ids)
    return {paper: matcher.match(papers[paper]) for paper in ids if paper in papers}


def _grouped(pairs: Collection[tuple[int, str]]) -> dict[int, set[str]]:
    grouped: dict[int, set[str]] = {}
    for key, paper in pairs:
        grouped.setdefault(key, set()).add(paper)
    return grouped


def _unmuted(
    topics: Mapping[int, Sequence[str]], mutes: Mapping[int, Sequence[tuple[str, str]]]
) -> dict[int, Sequence[str]]:
    return {key: [topic for topic in its if ("topic", topic) not in mutes.get(key, ())] for key, its in topics.items()}
