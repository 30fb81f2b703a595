"""Days of the week: written as settings do, and read back however people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.parsing.dates import read_weekdays
from bot.domain.schedules import EVERY_DAY, WEEKDAYS, WEEKENDS, parse_weekdays, serialize_weekdays
from bot.errors import Mistake


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("weekdays", WEEKDAYS),
        ("  Weekday ", WEEKDAYS),
        ("weekends", WEEKENDS),
        ("daily", EVERY_DAY),
        ("every  day", EVERY_DAY),
        ("Mon, Wed and Fri", (0, 2, 4)),
        ("fri fri mon", (0, 4)),
        ("mon-fri", WEEKDAYS),
        ("Saturday to Monday", (0, 5, 6)),
        ("tue–thu; sunday", (1, 2, 3, 6)),
        ("mon-nonsense", (0,)),
        ("never", ()),
        ("", ()),
        ("-\x00- 🗓 \ud800", ()),
    ],
)
def test_days_as_people_write_them(text: str, days: tuple[int, ...]) -> None:
    assert parse_weekdays(text) == days


@pytest.mark.parametrize(
    ("days", "text"),
    [((4, 0), "mon fri"), ((1, 0, 3, 2, 4), "weekdays"), ((6, 5, 5), "weekends"), ((6,), "sun"), ((), "")],
)
def test_days_as_settings_write_them(days: tuple[int, ...], text: str) -> None:
    assert serialize_weekdays(days) == text


@given(st.sets(st.sampled_from(EVERY_DAY)))
def test_what_is_written_is_read_again(days: set[int]) -> None:
    assert parse_weekdays(serialize_weekdays(days)) == tuple(sorted(days))


@given(
    st.text() | st.lists(st.sampled_from(["mon", "tuesdays", "to", "-", "sat", ",", "and", "weekdays"])).map(" ".join)
)
def test_what_a_command_takes_a_form_shows(text: str) -> None:
    try:
        days = read_weekdays(text)
    except Mistake:
        assert set(parse_weekdays(text)) <= set(EVERY_DAY)
    else:
        assert days
        assert set(parse_weekdays(text)) == set(days)
