"""Lists of dates, and the rank of the moment."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.models import DayState, FeedDay
from bot.ports.stores import Stores

DAY = date(2026, 11, 23)


async def test_papers_outlive_an_empty_answer(stores: Stores, now: datetime) -> None:
    full = FeedDay(DAY, DayState.OK, ("2401.00002", "2401.00001"), now)
    await stores.days.put([full])
    assert await stores.days.get(DAY) == full
    await stores.days.put([FeedDay(DAY, DayState.SOURCE_DOWN)])
    assert await stores.days.get(DAY) == replace(full, state=DayState.SOURCE_DOWN)
    later = FeedDay(DAY, DayState.OK, ("2401.00003",), now + timedelta(hours=1))
    await stores.days.put([later])
    assert await stores.days.get(DAY) == later


async def test_the_newest_list_is_one_with_papers(stores: Stores, now: datetime) -> None:
    assert await stores.days.newest() is None
    weekend = FeedDay(DAY + timedelta(days=1), DayState.WEEKEND)
    full = FeedDay(DAY, DayState.OK, ("2401.00001",), now)
    await stores.days.put([weekend, full])
    assert await stores.days.newest() == full
    assert await stores.days.between(DAY, DAY + timedelta(days=7)) == [full, weekend]
    assert await stores.days.get(DAY + timedelta(days=9)) is None


async def test_the_rank_is_replaced(stores: Stores, now: datetime) -> None:
    assert await stores.days.trending() == ((), None)
    await stores.days.rank(["2401.00001", "2401.00002"], now)
    await stores.days.rank(["2401.00002"], now + timedelta(hours=1))
    assert await stores.days.trending() == (("2401.00002",), now + timedelta(hours=1))
