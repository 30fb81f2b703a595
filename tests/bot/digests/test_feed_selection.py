from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.digests.feed_selection import BEFORE_FIRST_DIGEST, TOO_OLD, get_recheck_time, is_eligible, select_feed_days
from bot.domain.feed import DayState, FeedDay, FeedMode
from bot.domain.preferences import Preferences
from bot.domain.schedules import Cadence, Schedule
from bot.reasons.reason import Reason

MONDAY = date(2026, 11, 23)
BERLIN = Preferences(on=True, schedule=Schedule(time(9), "Europe/Berlin"))
TUESDAY_9 = datetime(2026, 11, 24, 8, tzinfo=UTC)
BEHIND: dict[date, Reason | None] = {date(2026, 11, 20): None}


def ok(day: date, *papers: str) -> FeedDay:
    return FeedDay(day, DayState.OK, papers or (f"p{day:%d}",))


def test_a_list_settles_eighteen_hours_after_it_opened_in_new_york() -> None:
    opened = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    assert not is_eligible(MONDAY, FeedMode.SETTLED, opened + timedelta(hours=17, minutes=59))
    assert is_eligible(MONDAY, FeedMode.SETTLED, opened + timedelta(hours=18))
    assert not is_eligible(MONDAY, FeedMode.FRESH, opened - timedelta(seconds=1))
    assert is_eligible(MONDAY, FeedMode.FRESH, opened)


def test_every_settled_uncovered_list_is_used_and_covered() -> None:
    days = [ok(date(2026, 11, 19)), ok(date(2026, 11, 20)), ok(MONDAY), ok(date(2026, 11, 24))]
    choice = select_feed_days(days, {date(2026, 11, 19): None}, BERLIN, TUESDAY_9)
    assert [day.date for day in choice.days] == [date(2026, 11, 20), MONDAY]
    assert {at for at, reason in choice.coverage.items() if not reason} == {date(2026, 11, 20), MONDAY}


def test_the_first_digest_holds_the_newest_list_alone() -> None:
    choice = select_feed_days([ok(date(2026, 11, 19)), ok(date(2026, 11, 20)), ok(MONDAY)], {}, BERLIN, TUESDAY_9)
    assert [day.date for day in choice.days] == [MONDAY]
    assert choice.coverage[date(2026, 11, 19)] == BEFORE_FIRST_DIGEST


def test_the_first_digest_promises_nothing_older_and_nothing_older_comes_later() -> None:
    friday = date(2026, 11, 20)
    days = [ok(date(2026, 11, 19)), FeedDay(friday, DayState.SOURCE_DOWN), ok(MONDAY)]
    first = select_feed_days(days, {}, BERLIN, TUESDAY_9)
    assert [day.date for day in first.days] == [MONDAY]
    assert first.problem is None
    assert first.coverage[friday] == BEFORE_FIRST_DIGEST
    later = select_feed_days(
        [*days, ok(friday), ok(date(2026, 11, 24))], first.coverage, BERLIN, TUESDAY_9 + timedelta(days=1)
    )
    assert [day.date for day in later.days] == [date(2026, 11, 24)]


def test_the_first_digest_promises_the_list_after_its_own() -> None:
    fresh = Preferences(on=True, mode=FeedMode.FRESH, schedule=BERLIN.schedule)
    days = [ok(MONDAY), FeedDay(date(2026, 11, 24), DayState.STALE)]
    first = select_feed_days(days, {}, fresh, TUESDAY_9)
    assert str(first.problem) == "Hugging Face still repeats an earlier list for Tue 24 Nov"
    assert date(2026, 11, 24) not in first.coverage
    days[1] = ok(date(2026, 11, 24))
    assert [day.date for day in select_feed_days(days, first.coverage, fresh, TUESDAY_9).days] == [date(2026, 11, 24)]


def test_the_first_digest_waits_for_the_newest_list_when_none_is_there() -> None:
    first = select_feed_days([FeedDay(MONDAY, DayState.SOURCE_DOWN)], {}, BERLIN, TUESDAY_9)
    assert str(first.problem) == "Hugging Face did not answer for Mon 23 Nov"
    assert get_recheck_time(first, BERLIN, TUESDAY_9, TUESDAY_9)
    assert not first.coverage


def test_the_first_weekly_digest_holds_the_week() -> None:
    weekly = Preferences(on=True, schedule=Schedule(time(9), "Europe/Berlin", (1,), Cadence.WEEKLY))
    choice = select_feed_days([ok(date(2026, 11, 19)), ok(date(2026, 11, 20)), ok(MONDAY)], {}, weekly, TUESDAY_9)
    assert len(choice.days) == 3


def test_lists_older_than_the_window_are_skipped_with_a_reason() -> None:
    choice = select_feed_days([ok(MONDAY)], {date(2026, 11, 2): None}, BERLIN, TUESDAY_9)
    assert choice.coverage[date(2026, 11, 3)] == TOO_OLD
    assert choice.coverage[date(2026, 11, 16)] == TOO_OLD
    assert date(2026, 11, 7) not in choice.coverage, "weekends have no lists to skip"


@pytest.mark.parametrize("state", [DayState.STALE, DayState.SOURCE_DOWN, DayState.NOT_YET_OPEN])
def test_a_troubled_list_is_waited_for_until_local_midnight(state: DayState) -> None:
    choice = select_feed_days([FeedDay(MONDAY, state)], BEHIND, BERLIN, TUESDAY_9)
    assert not choice.days
    assert "Mon 23 Nov" in str(choice.problem)
    assert get_recheck_time(choice, BERLIN, TUESDAY_9, TUESDAY_9) == TUESDAY_9 + timedelta(minutes=10)
    midnight = datetime(2026, 11, 24, 23, tzinfo=UTC)
    assert get_recheck_time(choice, BERLIN, TUESDAY_9, midnight - timedelta(minutes=1)) == midnight
    assert get_recheck_time(choice, BERLIN, TUESDAY_9, midnight) is None
    assert MONDAY not in choice.coverage, "it stays open for the next digest"


def test_a_list_that_was_never_read_counts_as_a_source_that_is_down() -> None:
    choice = select_feed_days([], BEHIND, BERLIN, TUESDAY_9)
    assert str(choice.problem) == "Hugging Face did not answer for Mon 23 Nov"


def test_trouble_with_one_list_does_not_hold_another_back() -> None:
    days = [FeedDay(date(2026, 11, 20), DayState.SOURCE_DOWN), ok(MONDAY)]
    choice = select_feed_days(days, {date(2026, 11, 19): None}, BERLIN, TUESDAY_9)
    assert [day.date for day in choice.days] == [MONDAY]
    assert get_recheck_time(choice, BERLIN, TUESDAY_9, TUESDAY_9) is None
    assert "Fri 20 Nov" in str(choice.problem)


def test_a_filling_list_is_waited_for_three_hours_and_stays_open() -> None:
    fresh = Preferences(on=True, mode=FeedMode.FRESH, schedule=BERLIN.schedule)
    filling = FeedDay(date(2026, 11, 24), DayState.PARTIAL, ("a",))
    choice = select_feed_days([filling], {MONDAY: None, **BEHIND}, fresh, TUESDAY_9)
    assert choice.days == (filling,)
    assert filling.date not in choice.coverage
    assert get_recheck_time(choice, fresh, TUESDAY_9, TUESDAY_9 + timedelta(hours=2, minutes=55)) == (
        TUESDAY_9 + timedelta(hours=3)
    )
    assert get_recheck_time(choice, fresh, TUESDAY_9, TUESDAY_9 + timedelta(hours=3)) is None


def test_weekends_and_holidays_are_no_trouble() -> None:
    days = [ok(date(2026, 11, 20)), FeedDay(MONDAY, DayState.HOLIDAY)]
    choice = select_feed_days(days, BEHIND, BERLIN, TUESDAY_9)
    assert not choice.problem
    assert not choice.days
    assert choice.coverage == {MONDAY: Reason("list.empty")}
