"""Poller: stores what the sources offer (daily lists, trending rank, announcements) and files that are imported."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from bot.domain.day_state import classify_day
from bot.domain.feed import DayState, FeedDay, find_newest_feed_date
from bot.domain.papers import Paper
from bot.errors import SourceError, SourceRefused, StoreError
from bot.ports.papers import AddResult
from bot.ports.sources import DailyLists, Source, SourceResponse, TrendingPapers, Validators
from bot.ports.stores import Stores
from bot.sources.sample.stored_sample import set_sample_stored

log = logging.getLogger(__name__)

LOOKBACK_DAYS: Final = 7
"""Days whose lists and votes are read again every day."""
_COMPARISON_WINDOW: Final = timedelta(days=16)
"""How far back the last ten weekday lists lie."""
_SATURDAY: Final = 5
_AWAITED_LIST: Final = "awaited list"
"""The date of the list that a start has waited for, in the key-value store."""
_READ_STATES: Final = {DayState.OK, DayState.PARTIAL, DayState.STALE, DayState.WEEKEND, DayState.HOLIDAY}
"""States of a list that was read; an outage does not take them back."""


async def store_papers(stores: Stores, papers: Sequence[Paper], now: datetime) -> AddResult:
    """Store *papers* for search, and as unmatched for `bot.follows.matching.match_new_papers`."""
    stored = await stores.papers.add(papers, now, queue_matching=True)
    if stored.new or stored.changed:
        await _refresh_index(stores)
    return stored


async def _refresh_index(stores: Stores) -> None:
    """Bring the index up to date; one that can't be written catches up later and stops nothing."""
    try:
        await stores.search_index.refresh()
    except StoreError as error:
        log.warning("New papers can't be searched yet. %s", error)


async def poll_source(stores: Stores, source: Source, now: datetime) -> None:
    """Read what is new at a source; what fails is a line in the log."""
    await poll_lists(stores, source, now)
    await poll_announcement(stores, source, now)


async def poll_lists(stores: Stores, source: Source, now: datetime) -> None:
    """Read a source's newest lists and its trending rank; a failure is a line in the log."""
    try:
        if source.lists:
            await _read_days(stores, source.lists, await _list_wanted_days(stores, now), now)
        if source.trending:
            await read_trending(stores, source.trending, now)
    except SourceError as error:
        log.warning("The newest lists could not be read. %s", error)


async def claim_list_wait(stores: Stores, sources: Iterable[Source], now: datetime) -> bool:
    """Tell whether digests should wait a moment for the newest list, which was not read yet or is still filling.

    Each list is waited for once: a process that is killed again and again must get round to what is stored.
    """
    newest = find_newest_feed_date(now)
    if not any(source.lists for source in sources):
        return False
    try:
        stored = await stores.feed_days.get_day(newest)
        if stored and stored.state in _READ_STATES - {DayState.PARTIAL, DayState.STALE}:
            return False
        if await stores.key_values.get(_AWAITED_LIST) == newest.isoformat():
            return False
        await stores.key_values.set(_AWAITED_LIST, newest.isoformat())
    except StoreError:
        return False  # the jobs say so
    return True


async def _list_wanted_days(stores: Stores, now: datetime) -> list[date]:
    """Return the newest date, the one before it, and what is missing of the last week."""
    newest = find_newest_feed_date(now)
    week = await stores.feed_days.list_between(newest - timedelta(days=LOOKBACK_DAYS), newest)
    known = {day.date for day in week if day.state in _READ_STATES}
    return [day for day in _list_last_week(newest) if day not in known or day >= newest - timedelta(days=1)]


async def reread_last_week(stores: Stores, lists: DailyLists, now: datetime) -> None:
    """Read the lists of the last seven days again: late papers, votes, and what was missed while nothing ran."""
    try:
        await _read_days(stores, lists, _list_last_week(find_newest_feed_date(now)), now, fresh=True)
    except SourceError as error:
        log.warning("The lists of the last week could not be read. %s", error)


def _list_last_week(newest: date) -> list[date]:
    """Return the dates that are read again, oldest first: a list is judged by those before it."""
    return [newest - timedelta(days=age) for age in range(LOOKBACK_DAYS, -1, -1)]


async def _read_days(
    stores: Stores, lists: DailyLists, days: Sequence[date], now: datetime, *, fresh: bool = False
) -> None:
    """Read lists; one that fails holds up no other, two mean that the source is down, and it is left alone."""
    has_failed = False
    for day in days:
        try:
            await read_day(stores, lists, day, now, fresh=fresh)
        except SourceError as error:
            if has_failed:
                raise
            has_failed = True
            log.warning("The list of %s could not be read. %s", day, error)


async def read_day(
    stores: Stores, lists: DailyLists, day: date, now: datetime, *, news: bool = True, fresh: bool = False
) -> FeedDay:
    """Read one list into the store and return it.

    Papers of lists that are no *news* any more are not told to those who follow a topic. Raises
    `bot.errors.SourceError` when the source fails; what was stored of the day is then as before.
    """
    former_day = await stores.feed_days.get_day(day)
    try:
        reply = await lists.fetch_day(day, fresh=fresh)
    except SourceRefused:
        return await _save_day(
            stores, former_day if former_day and former_day.papers else FeedDay(day, DayState.NOT_YET_OPEN)
        )
    except SourceError:
        if not (former_day and former_day.state in _READ_STATES) and day.weekday() < _SATURDAY:
            await _save_day(
                stores, replace(former_day or FeedDay(day, DayState.SOURCE_DOWN), state=DayState.SOURCE_DOWN)
            )
        raise
    await (store_papers(stores, reply.papers, now) if news else stores.papers.add(reply.papers, now))
    if reply.papers:
        await set_sample_stored(stores.key_values, is_stored=False)
    # A list that is empty all of a sudden is a fault of the source, not a holiday.
    ids = tuple(paper.id for paper in reply.papers) or (former_day.papers if former_day else ())
    stored_day = await _save_day(stores, await judge_day(stores, day, ids, now))
    await _save_validators(stores, reply)
    return stored_day


async def _save_validators(stores: Stores, reply: SourceResponse) -> None:
    """Let the next request ask only for what is newer than *reply*, all of which is stored by now."""
    if reply.validators != Validators():
        await stores.source_states.save_validators(reply.url, reply.validators)


async def _save_day(stores: Stores, day: FeedDay) -> FeedDay:
    await stores.feed_days.save_days([day])
    return day


async def judge_day(stores: Stores, day: date, ids: Sequence[str], now: datetime) -> FeedDay:
    """Return the list with its state, judged against the lists before it."""
    earlier = await stores.feed_days.list_between(day - _COMPARISON_WINDOW, day - timedelta(days=1))
    return FeedDay(day, classify_day(day, ids, now, earlier), tuple(ids), now)


async def read_trending(stores: Stores, trending: TrendingPapers, now: datetime) -> None:
    """Read the source's trending rank; raises `bot.errors.SourceError`."""
    reply = await trending.fetch_trending()
    await store_papers(stores, reply.papers, now)
    rank = [paper.id for paper in reply.papers]
    if reply.unchanged:
        rank = list((await stores.feed_days.get_trending())[0])
    if rank:
        await stores.feed_days.save_trending(rank, now)


async def poll_announcement(stores: Stores, source: Source, now: datetime) -> int:
    """Read a source's newest announcement, once; return how many papers were new."""
    if source.announcements is None:
        return 0
    announcement_date = source.announcements.get_announcement_date(now).isoformat()
    if await stores.key_values.get(source.name) == announcement_date:
        return 0
    try:
        reply = await source.announcements.fetch_announcement()
    except SourceError as error:
        log.warning("%s's announcement could not be read. %s", source.title, error)
        return 0
    stored_papers = await store_papers(stores, reply.papers, now)
    await _save_validators(stores, reply)
    if source.announcements.is_final(now, has_news=bool(stored_papers.new)):
        await stores.key_values.set(source.name, announcement_date)
    return len(stored_papers.new)


async def import_batch(stores: Stores, day: date | None, papers: Iterable[Paper], now: datetime) -> AddResult:
    """Store a recorded list (or, without *day*, loose papers). Old papers are no news: follows are not asked."""
    listed = [replace(paper, listed=paper.listed or day) for paper in papers]
    stored = await stores.papers.add(listed, now)
    if day is not None:
        await stores.feed_days.save_days([await judge_day(stores, day, [paper.id for paper in listed], now)])
    return stored
