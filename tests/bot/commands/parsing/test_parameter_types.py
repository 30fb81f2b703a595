"""The typed readers: every way people write a value, and every way to get it wrong."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.parsing import dates, parameter_types
from bot.domain import identifiers
from bot.errors import Mistake
from bot.sources.text import cleaning

TODAY = date(2026, 11, 24)
"""A Tuesday."""


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("2602.12160", "2602.12160"),
        ("2602.12160v2", "2602.12160"),
        ("arXiv:2602.12160v2", "2602.12160"),
        ("ARXIV: 2602.12160", "2602.12160"),
        ("0704.0001", "0704.0001"),
        ("https://arxiv.org/abs/2602.12160", "2602.12160"),
        ("http://www.arxiv.org/abs/2602.12160v11", "2602.12160"),
        ("arxiv.org/pdf/2602.12160v1.pdf", "2602.12160"),
        ("https://arxiv.org/pdf/2602.12160", "2602.12160"),
        ("https://arxiv.org/html/2602.12160v3#S2", "2602.12160"),
        ("https://export.arxiv.org/abs/2602.12160?context=cs", "2602.12160"),
        ("https://huggingface.co/papers/2602.12160", "2602.12160"),
        ("https://hf.co/papers/2602.12160#comments", "2602.12160"),
        ("https://www.alphaxiv.org/abs/2602.12160v1", "2602.12160"),
        ("https://www.alphaxiv.org/overview/2602.12160", "2602.12160"),
        ("https://doi.org/10.48550/arXiv.2602.12160", "2602.12160"),
        ("<https://arxiv.org/abs/2602.12160|a title>", "2602.12160"),
        ("(2602.12160).", "2602.12160"),
        ("quant-ph/0201082", "quant-ph/0201082"),
        ("https://arxiv.org/abs/quant-ph/0201082v2", "quant-ph/0201082"),
        ("math/0309136", "math/0309136"),
        ("math.GT/0309136", "math/0309136"),
        ("https://arxiv.org/abs/Math.gt/0309136v1", "math/0309136"),
        ("cond-mat/0201082", "cond-mat/0201082"),
    ],
)
def test_paper_links(text: str, identifier: str) -> None:
    assert identifiers.parse_arxiv_id(text) == identifier
    assert identifiers.parse_paper_id(text) == identifier
    assert cleaning.normalize_arxiv_id(identifier) == identifier, "the sources write it in the same way"


@pytest.mark.parametrize(
    "text",
    ["https://example.com/2602.12160", "https://arxiv.org.evil.com/abs/2602.12160", "two words", "<script>", "a" * 101,
     "https://huggingface.co/papers/date/2026-02-01", "javascript:alert(1)//arxiv.org/abs/x y"],
)  # fmt: skip
def test_not_a_paper(text: str) -> None:
    assert not identifiers.parse_arxiv_id(text)
    with pytest.raises(Mistake, match="not an arXiv id") as caught:
        identifiers.parse_paper_id(text)
    assert identifiers.parse_paper_id(caught.value.example)


def test_an_imported_paper_keeps_its_id() -> None:
    assert identifiers.parse_paper_id("cacm-12") == "cacm-12"
    assert identifiers.parse_paper_id("#3") == "#3"
    assert not identifiers.parse_arxiv_id("cacm-12")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("today", "2026-11-24", "2026-11-24"),
        ("Yesterday", "2026-11-23", "2026-11-23"),
        ("2026-11-23", "2026-11-23", "2026-11-23"),
        ("2026/11/3", "2026-11-03", "2026-11-03"),
        ('"2026-11-23"', "2026-11-23", "2026-11-23"),
        ("2026-11-20..2026-11-23", "2026-11-20", "2026-11-23"),
        ("2026-11-20 to 2026-11-23", "2026-11-20", "2026-11-23"),
        ("2026-11-20 - 2026-11-23", "2026-11-20", "2026-11-23"),
        ("2026-11-20-2026-11-23", "2026-11-20", "2026-11-23"),
        ("2026-11-23..2026-11-20", "2026-11-20", "2026-11-23"),
        ("23 Nov", "2026-11-23", "2026-11-23"),
        ("23. november", "2026-11-23", "2026-11-23"),
        ("Mon 23 Nov", "2026-11-23", "2026-11-23"),
        ("Nov 23", "2026-11-23", "2026-11-23"),
        ("November 23rd, 2025", "2025-11-23", "2025-11-23"),
        ("25 Dec", "2025-12-25", "2025-12-25"),
        ("29 Feb", "2024-02-29", "2024-02-29"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("friday", "2026-11-20", "2026-11-20"),
        ("tue", "2026-11-24", "2026-11-24"),
        ("last 7 days", "2026-11-17", "2026-11-24"),
        ("2w", "2026-11-10", "2026-11-24"),
        ("20 Nov to yesterday", "2026-11-20", "2026-11-23"),
    ],
)
def test_dates(text: str, first: str, last: str) -> None:
    assert dates.read_dates(text)(TODAY) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "text", ["30 Feb", "2026-02-30", "2026-13", "soon", "a..b..c", "1..2", "0001-01-01", "9999-12", "", "32 Nov"]
)
def test_not_dates(text: str) -> None:
    with pytest.raises(Mistake) as caught:
        dates.read_dates(text)
    assert dates.read_dates(caught.value.example)(TODAY)


@pytest.mark.parametrize(
    ("text", "at"),
    [("9", "09:00"), ("9:30", "09:30"), ("0900", "09:00"), ("9am", "09:00"), ("9 pm", "21:00"), ("12am", "00:00"),
     ("12 PM", "12:00"), ("09.30", "09:30"), ("9h30", "09:30"), ("21h", "21:00"), ("930", "09:30"), ("noon", "12:00"),
     ("midnight", "00:00"), ("9 a.m.", "09:00")],
)  # fmt: skip
def test_times(text: str, at: str) -> None:
    assert dates.read_time(text) == time.fromisoformat(at)


@pytest.mark.parametrize("text", ["25", "24:00", "9:60", "13pm", "0pm", "nine", "", "9:3", "-1"])
def test_not_times(text: str) -> None:
    with pytest.raises(Mistake, match="time of day") as caught:
        dates.read_time(text)
    assert dates.read_time(caught.value.example)


@pytest.mark.parametrize(
    ("text", "zone"),
    [("Europe/Berlin", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("Berlin", "Europe/Berlin"),
     ("new york", "America/New_York"), ("new_york", "America/New_York"), ("Tokyo", "Asia/Tokyo"), ("utc", "UTC"),
     ("GMT", "UTC"), ("PST", "America/Los_Angeles"), ("kolkata", "Asia/Kolkata"), ("India", "Asia/Kolkata"),
     ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires")],
)  # fmt: skip
def test_zones(text: str, zone: str) -> None:
    assert dates.read_zone(text) == zone


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("UTC+2", "“UTC+2” does not know summer time; name a city of the zone."),
        ("-05:00", "“-05:00” does not know summer time; name a city of the zone."),
        ("Berln", "“Berln” is not a zone; did you mean Europe/Berlin?"),
        ("Atlantis Prime", "“Atlantis Prime” is not a zone; name a city such as Berlin or Tokyo."),
        ("../../etc/passwd", "“../../etc/passwd” is not a zone; name a city such as Berlin or Tokyo."),
    ],
)
def test_not_zones(text: str, sentence: str) -> None:
    with pytest.raises(Mistake) as caught:
        dates.read_zone(text)
    assert str(caught.value) == sentence
    assert dates.read_zone(caught.value.example)


@pytest.mark.parametrize(
    ("text", "days"),
    [("weekdays", (0, 1, 2, 3, 4)), ("mon-fri", (0, 1, 2, 3, 4)), ("Monday to Friday", (0, 1, 2, 3, 4)),
     ("Mon Wed Fri", (0, 2, 4)), ("mon, wed and fri", (0, 2, 4)), ("Mondays", (0,)), ("thurs", (3,)),
     ("daily", (0, 1, 2, 3, 4, 5, 6)), ("fri-mon", (0, 4, 5, 6)), ("weekend", (5, 6)), ("mon mon", (0,))],
)  # fmt: skip
def test_weekdays(text: str, days: tuple[int, ...]) -> None:
    assert dates.read_weekdays(text) == days


@pytest.mark.parametrize("text", ["", "someday", "mon-tue-wed", "monk", "1-5"])
def test_not_weekdays(text: str) -> None:
    with pytest.raises(Mistake) as caught:
        dates.read_weekdays(text)
    assert dates.read_weekdays(caught.value.example)


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (parameter_types.build_number_reader(1, 10), "5", 5),
        (parameter_types.build_number_reader(1, 10), " #7 ", 7),
        (parameter_types.build_choice_reader("relevance", "date", newest="date"), "Newest", "date"),
        (parameter_types.read_flag, "YES", True),
        (parameter_types.read_flag, "off", False),
        (parameter_types.read_category, "cs.CL", "cs.CL"),
        (parameter_types.read_category, "cond-mat.mes-hall", "cond-mat.mes-hall"),
        (parameter_types.read_category, "hep-th", "hep-th"),
    ],
)
def test_values(read: Any, text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text", "sentence", "example"),
    [
        (parameter_types.build_number_reader(1, 10), "five", "“five” is not a whole number.", "5"),
        (parameter_types.build_number_reader(1, 10), "11", "11 is out of range: 1 to 10.", "10"),
        (parameter_types.build_number_reader(1, 10), "0", "0 is out of range: 1 to 10.", "1"),
        (parameter_types.build_number_reader(1, 10), "1e9", "“1e9” is not a whole number.", "5"),
        (
            parameter_types.build_choice_reader("relevance", "date"),
            "dat",
            "“dat” is none of relevance or date; did you mean “date”?",
            "date",
        ),
        (
            parameter_types.build_choice_reader("relevance", "date"),
            "zzz",
            "“zzz” is none of relevance or date.",
            "relevance",
        ),
        (parameter_types.read_flag, "perhaps", "“perhaps” is neither yes nor no.", "yes"),
        (parameter_types.read_category, "c s", "“c s” is not an arXiv category.", "cs.CL"),
    ],
)
def test_wrong_values(read: Any, text: str, sentence: str, example: str) -> None:
    with pytest.raises(Mistake) as caught:
        read(text)
    assert (str(caught.value), caught.value.example) == (sentence, example)
    read(example)


def test_a_huge_number_is_refused_and_not_computed() -> None:
    with pytest.raises(Mistake):
        parameter_types.build_number_reader(1, 10)("9" * 10_000)


def test_several_topics() -> None:
    assert [topic.label for topic in parameter_types.read_topics("diffusion; world model\nworld model")] == [
        "diffusion",
        "world model",
    ]
    assert parameter_types.read_topics("  ") == ()


READERS = (
    dates.read_time, dates.read_dates, dates.read_zone, dates.read_weekdays, identifiers.parse_paper_id,
    parameter_types.read_flag, parameter_types.read_category, parameter_types.build_number_reader(0, 9),
)  # fmt: skip


@given(st.text(max_size=60), st.sampled_from(READERS))
def test_a_reader_gives_a_value_or_a_mistake_with_an_example(text: str, read: Any) -> None:
    try:
        value = read(text)
        if read is dates.read_dates:
            first, last = value(TODAY)
            assert first <= last
    except Mistake as mistake:
        read(mistake.example)
