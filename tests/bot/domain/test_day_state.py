"""Every state of a feed day, and the borders between them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from bot.domain.day_state import classify_day, compute_median_size
from bot.domain.feed import DayState, FeedDay, compute_opening_time

TUESDAY = date(2026, 2, 10)
SATURDAY = date(2026, 2, 14)
OPENED = compute_opening_time(TUESDAY)


def ids(number: int, start: int = 0) -> tuple[str, ...]:
    return tuple(f"2602.{n:05}" for n in range(start, start + number))


def before(day: date, sizes: list[int]) -> list[FeedDay]:
    """Return weekday lists, newest first, whose ids are their own."""
    days, stored = day, []
    for n, size in enumerate(sizes):
        days -= timedelta(days=1 if days.weekday() else 3)
        stored.append(FeedDay(days, DayState.OK, ids(size, 1000 * (n + 1))))
    return stored


def at(**since_opening: float) -> datetime:
    return OPENED + timedelta(**since_opening)


USUAL = before(TUESDAY, [30] * 10)


@pytest.mark.parametrize(
    ("papers", "now", "state"),
    [
        ((), at(seconds=-1), DayState.NOT_YET_OPEN),
        (ids(30), at(seconds=-1), DayState.NOT_YET_OPEN),
        ((), at(), DayState.PARTIAL),
        ((), at(hours=5, minutes=59), DayState.PARTIAL),
        ((), at(hours=6), DayState.HOLIDAY),
        (ids(9), at(hours=5), DayState.PARTIAL),
        (ids(10), at(hours=5), DayState.OK),
        (ids(1), at(hours=6), DayState.OK),
        (ids(30), at(), DayState.OK),
    ],
)
def test_a_weekday(papers: tuple[str, ...], now: datetime, state: DayState) -> None:
    assert classify_day(TUESDAY, papers, now, USUAL) is state


def test_the_first_list_ever_has_nothing_to_be_compared_with() -> None:
    assert classify_day(TUESDAY, ids(1), at(), []) is DayState.OK


@pytest.mark.parametrize("papers", [USUAL[0].papers, USUAL[0].papers[:4], tuple(reversed(USUAL[3].papers))])
def test_a_list_that_was_there_before_is_stale(papers: tuple[str, ...]) -> None:
    assert classify_day(TUESDAY, papers, at(hours=1), USUAL) is DayState.STALE
    assert classify_day(TUESDAY, papers, at(days=3), USUAL) is DayState.STALE


def test_a_list_with_one_new_paper_is_not_stale() -> None:
    assert classify_day(TUESDAY, (*USUAL[0].papers, "2602.99999"), at(hours=1), USUAL) is DayState.OK


def test_later_lists_and_itself_make_nothing_stale() -> None:
    later = [FeedDay(TUESDAY, DayState.OK, ids(30)), FeedDay(TUESDAY + timedelta(days=1), DayState.STALE, ids(30))]
    assert classify_day(TUESDAY, ids(30), at(days=2), [*USUAL, *later]) is DayState.OK


@pytest.mark.parametrize("day", [SATURDAY, SATURDAY + timedelta(days=1)])
def test_a_weekend(day: date) -> None:
    friday = FeedDay(date(2026, 2, 13), DayState.OK, ids(20))
    now = compute_opening_time(day) + timedelta(hours=1)
    assert classify_day(day, (), now, [friday]) is DayState.WEEKEND
    assert classify_day(day, (), now + timedelta(days=2), [friday]) is DayState.WEEKEND
    assert classify_day(day, friday.papers, now, [friday]) is DayState.WEEKEND
    assert classify_day(day, ids(2, 500), now, [friday]) is DayState.OK
    assert classify_day(day, (), compute_opening_time(day) - timedelta(seconds=1), [friday]) is DayState.NOT_YET_OPEN


def test_the_usual_is_the_median_of_ten_weekdays_with_papers() -> None:
    weekend = FeedDay(date(2026, 2, 8), DayState.OK, ids(900))
    empty = FeedDay(date(2026, 2, 9), DayState.HOLIDAY)
    assert compute_median_size([*before(TUESDAY, [30] * 6 + [3] * 4 + [900] * 9), weekend, empty]) == 30
    assert compute_median_size([]) == 0


def test_daylight_saving_moves_the_border() -> None:
    winter, summer = date(2026, 3, 6), date(2026, 3, 10)
    assert compute_opening_time(winter).hour == 2
    assert compute_opening_time(summer).hour == 1
    assert classify_day(summer, ids(3), compute_opening_time(summer), []) is DayState.OK
    assert (
        classify_day(summer, ids(3), compute_opening_time(summer) - timedelta(seconds=1), []) is DayState.NOT_YET_OPEN
    )
