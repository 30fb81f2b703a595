"""What comes from the sources goes into the store: lists, votes, announcements, recorded files. Digests never fetch."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

from bot import follows
from bot.errors import SourceError, SourceRefused
from bot.models import NEW_YORK, DayState, FeedDay, Paper, feed_date, opening
from bot.ports.papers import Stored
from bot.ports.sources import Announcements, DailyPapers
from bot.ports.stores import Stores
from bot.sources.states import judge

log = logging.getLogger(__name__)

LOOKED_BACK: Final = 7
"""Days whose lists and votes are read again every day."""
_COMPARED: Final = timedelta(days=16)
"""How far back the last ten weekday lists lie."""
_SATURDAY: Final = 5
_READ: Final = {DayState.OK, DayState.PARTIAL, DayState.STALE, DayState.WEEKEND, DayState.HOLIDAY}
"""States of a list that was read; an outage does not take them back."""


async def keep(stores: Stores, papers: Sequence[Paper], now: datetime) -> Stored:
    """Store *papers*, note which followed topics the new ones match, and make them findable."""
    stored = await stores.papers.add(papers, now)
    news = (*stored.new, *stored.changed)
    if news:
        await follows.probe(stores, news, now)
        await stores.index.refresh()
    return stored


async def poll(stores: Stores, daily: DailyPapers, now: datetime) -> None:
    """Read the newest list, the one before it, what is missing of the last week, and the trending rank.

    A source that fails is a line in the log.
    """
    newest = feed_date(now)
    week = await stores.days.between(newest - timedelta(days=LOOKED_BACK), newest)
    known = {day.date for day in week if day.state in _READ}
    try:
        for day in (newest - timedelta(days=age) for age in range(LOOKED_BACK, -1, -1)):
            if day not in known or day >= newest - timedelta(days=1):
                await read_day(stores, daily, day, now)
        await read_trending(stores, daily, now)
    except SourceError as error:
        log.warning("The newest lists could not be read. %s", error)


async def look_back(stores: Stores, daily: DailyPapers, now: datetime) -> None:
    """Read the lists of the last seven days again: late papers, votes, and what was missed while nothing ran."""
    newest = feed_date(now)
    try:
        for age in range(LOOKED_BACK, -1, -1):
            await read_day(stores, daily, newest - timedelta(days=age), now, fresh=True)
    except SourceError as error:
        log.warning("The lists of the last week could not be read. %s", error)


async def read_day(
    stores: Stores, daily: DailyPapers, day: date, now: datetime, *, news: bool = True, fresh: bool = False
) -> FeedDay:
    """Read one list into the store and return it.

    Papers of lists that are no *news* any more are not told to those who follow a topic. Raises
    `bot.errors.SourceError` when the source fails; what was stored of the day is then as before.
    """
    known = await stores.days.get(day)
    try:
        # What was never kept must come whole: a crash between fetching and storing would else lose it for good.
        reply = await daily.day(day, fresh=fresh or not (known and known.papers))
    except SourceRefused:
        state = DayState.NOT_YET_OPEN if opening(day) > now - timedelta(days=1) else DayState.HOLIDAY
        return await _put(stores, known if known and known.papers else FeedDay(day, state))
    except SourceError:
        if not (known and known.state in _READ) and day.weekday() < _SATURDAY:
            await _put(stores, replace(known or FeedDay(day, DayState.SOURCE_DOWN), state=DayState.SOURCE_DOWN))
        raise
    await (keep(stores, reply.papers, now) if news else stores.papers.add(reply.papers, now))
    if reply.papers:
        await stores.marks.put("sample", "")
    ids = known.papers if reply.unchanged and known else tuple(paper.id for paper in reply.papers)
    return await _put(stores, await judged(stores, day, ids, now))


async def _put(stores: Stores, day: FeedDay) -> FeedDay:
    await stores.days.put([day])
    return day


async def judged(stores: Stores, day: date, ids: Sequence[str], now: datetime) -> FeedDay:
    """Return the list with its state, judged against the lists before it."""
    earlier = await stores.days.between(day - _COMPARED, day - timedelta(days=1))
    return FeedDay(day, judge(day, ids, now, earlier), tuple(ids), now)


async def read_trending(stores: Stores, daily: DailyPapers, now: datetime) -> None:
    """Read the source's trending rank; raises `bot.errors.SourceError`."""
    reply = await daily.trending()
    await keep(stores, reply.papers, now)
    rank = [paper.id for paper in reply.papers]
    if reply.unchanged:
        rank = list((await stores.days.trending())[0])
    if rank:
        await stores.days.rank(rank, now)


def announcement(now: datetime) -> date:
    """Return the date of arXiv's newest announcement feed: rebuilt about midnight Eastern, never on a weekend.

    See https://info.arxiv.org/help/rss.html.
    """
    day = now.astimezone(NEW_YORK).date()
    while day.weekday() >= _SATURDAY:
        day -= timedelta(days=1)
    return day


async def poll_arxiv(stores: Stores, arxiv: Announcements, categories: Sequence[str], now: datetime) -> int:
    """Read arXiv's newest announcement, once; return how many papers were new."""
    due = announcement(now).isoformat()
    if not categories or await stores.marks.get("arxiv") == due:
        return 0
    try:
        reply = await arxiv.announced(categories, fresh=True)
    except SourceError as error:
        log.warning("arXiv's announcement could not be read. %s", error)
        return 0
    stored = await keep(stores, reply.papers, now)
    if (stored.new and _rebuilt(now)) or _over(now):
        await stores.marks.put("arxiv", due)
    return len(stored.new)


def _rebuilt(now: datetime) -> bool:
    """Tell whether the day's feed surely is the new one: about midnight it may still be yesterday's."""
    return now.astimezone(NEW_YORK).time() >= time(1)


def _over(now: datetime) -> bool:
    """Tell whether the day is so far gone that a feed without anything new means a holiday."""
    return now.astimezone(NEW_YORK).time() >= time(12)


async def take_in(stores: Stores, day: date | None, papers: Iterable[Paper], now: datetime) -> Stored:
    """Store a recorded list (or, without *day*, loose papers). Old papers are no news: follows are not asked."""
    listed = [replace(paper, listed=paper.listed or day) for paper in papers]
    stored = await stores.papers.add(listed, now)
    if day is not None:
        await stores.days.put([await judged(stores, day, [paper.id for paper in listed], now)])
    return stored
