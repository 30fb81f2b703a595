"""What comes from the sources goes into the store: lists, votes, announcements, recorded files. Digests never fetch."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.errors import SourceError, SourceRefused, StoreError
from bot.models import NEW_YORK, DayState, FeedDay, Paper, feed_date
from bot.ports.papers import Stored
from bot.ports.sources import Announcements, DailyPapers, Reply, Validators
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
    """Store *papers* as news for those who follow a topic (see `bot.follows.probe`), and make them findable."""
    stored = await stores.papers.add(papers, now, news=True)
    if stored.new or stored.changed:
        await _make_findable(stores)
    return stored


async def _make_findable(stores: Stores) -> None:
    """Bring the index up to date; one that can't be written catches up later and stops nothing."""
    try:
        await stores.index.refresh()
    except StoreError as error:
        log.warning("New papers can't be searched yet. %s", error)


async def poll(stores: Stores, daily: DailyPapers, now: datetime) -> None:
    """Read the newest list, the one before it, what is missing of the last week, and the trending rank.

    A source that fails is a line in the log.
    """
    newest = feed_date(now)
    week = await stores.days.between(newest - timedelta(days=LOOKED_BACK), newest)
    known = {day.date for day in week if day.state in _READ}
    wanted = [day for day in _last_week(newest) if day not in known or day >= newest - timedelta(days=1)]
    try:
        await _read_days(stores, daily, wanted, now)
        await read_trending(stores, daily, now)
    except SourceError as error:
        log.warning("The newest lists could not be read. %s", error)


async def look_back(stores: Stores, daily: DailyPapers, now: datetime) -> None:
    """Read the lists of the last seven days again: late papers, votes, and what was missed while nothing ran."""
    try:
        await _read_days(stores, daily, _last_week(feed_date(now)), now, fresh=True)
    except SourceError as error:
        log.warning("The lists of the last week could not be read. %s", error)


def _last_week(newest: date) -> list[date]:
    """Return the dates that are read again, oldest first: a list is judged by those before it."""
    return [newest - timedelta(days=age) for age in range(LOOKED_BACK, -1, -1)]


async def _read_days(
    stores: Stores, daily: DailyPapers, days: Sequence[date], now: datetime, *, fresh: bool = False
) -> None:
    """Read lists; one that fails holds up no other, two mean that the source is down, and it is left alone."""
    failed = False
    for day in days:
        try:
            await read_day(stores, daily, day, now, fresh=fresh)
        except SourceError as error:
            if failed:
                raise
            failed = True
            log.warning("The list of %s could not be read. %s", day, error)


async def read_day(
    stores: Stores, daily: DailyPapers, day: date, now: datetime, *, news: bool = True, fresh: bool = False
) -> FeedDay:
    """Read one list into the store and return it.

    Papers of lists that are no *news* any more are not told to those who follow a topic. Raises
    `bot.errors.SourceError` when the source fails; what was stored of the day is then as before.
    """
    known = await stores.days.get(day)
    try:
        reply = await daily.day(day, fresh=fresh)
    except SourceRefused:
        return await _put(stores, known if known and known.papers else FeedDay(day, DayState.NOT_YET_OPEN))
    except SourceError:
        if not (known and known.state in _READ) and day.weekday() < _SATURDAY:
            await _put(stores, replace(known or FeedDay(day, DayState.SOURCE_DOWN), state=DayState.SOURCE_DOWN))
        raise
    await (keep(stores, reply.papers, now) if news else stores.papers.add(reply.papers, now))
    if reply.papers:
        await stores.marks.put("sample", "")
    # A list that is empty all of a sudden is a fault of the source, not a holiday.
    ids = tuple(paper.id for paper in reply.papers) or (known.papers if known else ())
    kept = await _put(stores, await judged(stores, day, ids, now))
    await _remember(stores, reply)
    return kept


async def _remember(stores: Stores, reply: Reply) -> None:
    """Let the next request ask only for what is newer than *reply*, all of which is stored by now."""
    if reply.validators != Validators():
        await stores.sources.remember(reply.url, reply.validators)


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
        reply = await arxiv.announced(categories)
    except SourceError as error:
        log.warning("arXiv's announcement could not be read. %s", error)
        return 0
    stored = await keep(stores, reply.papers, now)
    await _remember(stores, reply)
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
