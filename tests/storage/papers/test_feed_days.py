"""Lists of dates, and the rank of the moment."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.domain.feed import DayState, FeedDay
from bot.ports.stores import Stores

DAY = date(2026, 11, 23)


async def test_papers_outlive_an_empty_answer(stores: Stores, now: datetime) -> None:
    full = FeedDay(DAY, DayState.OK, ("2401.00002", "2401.00001"), now)
    await stores.feed_days.save_days([full])
    assert await stores.feed_days.get_day(DAY) == full
    await stores.feed_days.save_days([FeedDay(DAY, DayState.SOURCE_DOWN)])
    assert await stores.feed_days.get_day(DAY) == replace(full, state=DayState.SOURCE_DOWN)
    later = FeedDay(DAY, DayState.OK, ("2401.00003",), now + timedelta(hours=1))
    await stores.feed_days.save_days([later])
    assert await stores.feed_days.get_day(DAY) == later


async def test_the_newest_list_is_one_with_papers(stores: Stores, now: datetime) -> None:
    assert await stores.feed_days.get_newest() is None
    weekend = FeedDay(DAY + timedelta(days=1), DayState.WEEKEND)
    full = FeedDay(DAY, DayState.OK, ("2401.00001",), now)
    await stores.feed_days.save_days([weekend, full])
    assert await stores.feed_days.get_newest() == full
    assert await stores.feed_days.list_between(DAY, DAY + timedelta(days=7)) == [full, weekend]
    assert await stores.feed_days.get_day(DAY + timedelta(days=9)) is None


async def test_the_rank_is_replaced(stores: Stores, now: datetime) -> None:
    assert await stores.feed_days.get_trending() == ((), None)
    await stores.feed_days.save_trending(["2401.00001", "2401.00002"], now)
    await stores.feed_days.save_trending(["2401.00002"], now + timedelta(hours=1))
    assert await stores.feed_days.get_trending() == (("2401.00002",), now + timedelta(hours=1))
