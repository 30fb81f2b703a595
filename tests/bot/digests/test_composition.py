"""What a digest counts besides what it shows."""

from __future__ import annotations

from datetime import date

import pytest

from bot.digests import composition
from bot.domain.feed import DayState, FeedDay
from bot.domain.papers import Paper
from bot.domain.preferences import Preferences
from bot.domain.topics.parser import parse_topic
from bot.ports.skipped_papers import SkippedPapers
from tests.papers import of_day, paper

MONDAY = date(2026, 11, 23)
LISTED = of_day(MONDAY, 12)
DAY = FeedDay(MONDAY, DayState.OK, tuple(paper.id for paper in LISTED))
ANNOUNCED = [paper(f"2611.9000{n}", published=MONDAY) for n in range(9)]
WHY = [parse_topic("study").explain(LISTED[0])]


def footer(matching: list[Paper], number: int = 5) -> tuple[str, ...]:
    preferences = Preferences(number=number)
    matches = {paper.id: WHY for paper in matching}
    made = composition.select_papers(LISTED, ANNOUNCED, matches, preferences, ())
    return composition.build_digest_card(
        made, composition.build_digest_items(made, matches, SkippedPapers()), [DAY], preferences, MONDAY
    ).footer


@pytest.mark.parametrize(
    ("matching", "line"),
    [
        ([], "7 more"),
        (ANNOUNCED, "7 more"),
        ([*LISTED, *ANNOUNCED], "4 more, 4 match this channel’s topics"),
        ([*LISTED[5:7], *ANNOUNCED], "5 more"),
        ([*LISTED[5:10], *ANNOUNCED], "4 more, 2 match this channel’s topics"),
    ],
)
def test_what_is_left_counts_papers_of_the_lists_alone(matching: list[Paper], line: str) -> None:
    assert footer(matching) == (line,)


def test_nothing_is_left_of_a_list_that_is_shown_whole() -> None:
    assert footer([*LISTED, *ANNOUNCED], number=12) == ()
