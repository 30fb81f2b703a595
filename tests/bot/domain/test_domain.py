"""The nouns that compute: where a paper is read, when a list opens, when a digest is posted."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey
from bot.domain.feed import compute_opening_time, find_newest_feed_date
from bot.domain.papers import Paper
from bot.domain.schedules import EVERY_DAY, Cadence, Schedule

ZONES = sorted(available_timezones() - {"Factory", "localtime"})
MONDAY = date(2026, 11, 23)


def posts(schedule: Schedule, first: datetime, last: datetime) -> list[datetime]:
    """Return every post from *first* to *last*, as the clock would find them."""
    found: list[datetime] = []
    moment = first
    while (following := schedule.find_next_post(moment)) and following <= last:
        found.append(following)
        moment = following
    return found


def local(schedule: Schedule, day: date) -> datetime:
    return datetime.combine(day, schedule.at, schedule.zone_info)


def exists(schedule: Schedule, day: date) -> bool:
    """Tell whether the local time occurs at all on *day*."""
    wall = local(schedule, day)
    return wall.astimezone(UTC).astimezone(schedule.zone_info).replace(tzinfo=None) == wall.replace(tzinfo=None)


@settings(max_examples=400, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    at=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    days=st.sets(st.integers(0, 6), min_size=1).map(lambda chosen: tuple(sorted(chosen))),
    start=st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - aware by timezones
)
def test_never_two_for_a_date_and_none_missing(zone: str, at: time, days: tuple[int, ...], start: datetime) -> None:
    schedule = Schedule(at, zone, days)
    end = start + timedelta(days=45)
    moments = posts(schedule, start, end)
    dates = [schedule.to_local_date(moment) for moment in moments]
    assert all(one < other for one, other in pairwise(moments))
    assert all(moment.tzinfo is UTC for moment in moments)
    assert len(dates) == len(set(dates))
    assert {day.weekday() for day in dates} <= set(days)
    first, last = schedule.to_local_date(start), schedule.to_local_date(end)
    whole = [first + timedelta(days=n) for n in range(1, (last - first).days)]
    assert {day for day in whole if day.weekday() in days and exists(schedule, day)} <= set(dates)


@pytest.mark.long
def test_every_zone_over_seven_years() -> None:
    """Every zone's every clock change from 2024 to 2030, at times around which clocks are changed."""
    day = timedelta(days=1)
    for zone in ZONES:
        changes = _changes(Schedule(timezone=zone))
        for at in (time(0, 30), time(2, 30)):
            schedule = Schedule(at, zone, EVERY_DAY)
            for change in changes:
                moments = posts(schedule, change - 2 * day, change + 2 * day)
                dates = [schedule.to_local_date(moment) for moment in moments]
                assert len(dates) == len(set(dates)), (zone, at, change)
                span = [dates[0] + n * day for n in range((dates[-1] - dates[0]).days + 1)]
                assert [on for on in span if exists(schedule, on) and on not in dates] == [], (zone, at, change)


def _changes(schedule: Schedule) -> list[datetime]:
    """Return the days on which the zone's offset changes: the weeks in which it does, then the day in each."""
    zone = schedule.zone_info

    def changed(moments: list[datetime]) -> list[tuple[datetime, datetime]]:
        offsets = [moment.astimezone(zone).utcoffset() for moment in moments]
        return [pair for pair, (one, other) in zip(pairwise(moments), pairwise(offsets), strict=True) if one != other]

    weeks = changed([datetime(2024, 1, 1, 12, tzinfo=UTC) + timedelta(weeks=n) for n in range(7 * 53)])
    return [day for week, _ in weeks for _, day in changed([week + timedelta(days=n) for n in range(8)])]


def test_the_clocks_go_forward_and_back() -> None:
    night = Schedule(time(2, 30), "Europe/Berlin", EVERY_DAY)
    assert night.compute_post_time(date(2027, 3, 28)) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC), (
        "03:30, for 02:30 is not there"
    )
    assert night.compute_post_time(date(2027, 10, 31)) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "the first 02:30"


def test_a_date_that_a_zone_skips_has_no_post() -> None:
    samoa = Schedule(time(9), "Pacific/Apia", EVERY_DAY)
    moments = posts(samoa, datetime(2011, 12, 28, tzinfo=UTC), datetime(2012, 1, 2, tzinfo=UTC))
    dates = [samoa.to_local_date(moment) for moment in moments]
    assert date(2011, 12, 30) not in dates
    assert date(2011, 12, 29) in dates
    assert date(2011, 12, 31) in dates


def test_no_day_no_post() -> None:
    assert Schedule(days=()).find_next_post(datetime(2026, 11, 24, tzinfo=UTC)) is None


@given(
    st.sampled_from(ZONES),
    st.sets(st.integers(0, 6), min_size=1).map(lambda chosen: tuple(sorted(chosen))),
    st.sampled_from((Cadence.WEEKLY, Cadence.MONTHLY)),
    st.integers(0, 2000),
)
@settings(deadline=None)
def test_weekly_and_monthly(zone: str, days: tuple[int, ...], cadence: Cadence, shift: int) -> None:
    schedule = Schedule(time(9), zone, days, cadence)
    start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=shift)
    dates = [schedule.to_local_date(moment) for moment in posts(schedule, start, start + timedelta(days=120))]
    if cadence is Cadence.WEEKLY:
        assert len({day.isocalendar()[:2] for day in dates}) == len(dates) >= 16
        assert {day.weekday() for day in dates} == {min(days)}
    else:
        assert len({(day.year, day.month) for day in dates}) == len(dates) >= 3
        assert all(day.day <= 7 and day.weekday() in days for day in dates)


def test_a_list_opens_in_the_evening_before_in_new_york() -> None:
    assert compute_opening_time(MONDAY) == datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    assert compute_opening_time(date(2026, 7, 20)) == datetime(2026, 7, 20, 1, 30, tzinfo=UTC), "summer time"
    assert find_newest_feed_date(compute_opening_time(MONDAY)) == MONDAY
    assert find_newest_feed_date(compute_opening_time(MONDAY) - timedelta(seconds=1)) == MONDAY - timedelta(days=1)


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_the_newest_list_is_the_one_that_opened_last(day: date) -> None:
    assert find_newest_feed_date(compute_opening_time(day)) == day
    assert compute_opening_time(day) < compute_opening_time(day + timedelta(days=1))


@pytest.mark.parametrize(
    ("paper", "url"),
    [
        (Paper("2611.23000", "T", listed=MONDAY), "https://huggingface.co/papers/2611.23000"),
        (Paper("2611.23000", "T"), "https://arxiv.org/abs/2611.23000"),
        (Paper("quant-ph/0201082", "T"), "https://arxiv.org/abs/quant-ph/0201082"),
        (Paper("cacm-12", "T"), ""),
        (Paper("2611.23000/../x", "T"), ""),
    ],
)
def test_where_a_paper_is_read(paper: Paper, url: str) -> None:
    assert paper.url == url


def test_the_day_of_a_paper() -> None:
    seen = datetime(2026, 11, 24, tzinfo=UTC)
    paper = Paper("1", "T", published=date(2026, 11, 20), listed=MONDAY, seen=seen)
    assert paper.effective_date == MONDAY
    assert Paper("1", "T", published=date(2026, 11, 20), seen=seen).effective_date == date(2026, 11, 20)
    assert Paper("1", "T", seen=seen).effective_date == seen.date()
    assert Paper("1", "T").effective_date is None


def test_a_delivery_is_known_by_its_key() -> None:
    key = DeliveryKey(Channel("slack", "T1", "C1"), "digest", "2026-11-23")
    assert str(key) == "slack:T1:C1/digest/2026-11-23/0/post"
