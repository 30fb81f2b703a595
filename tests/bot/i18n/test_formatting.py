"""The sentences that everything else is made of."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import messages, paper_items
from bot.domain.papers import Paper
from bot.errors import Mistake
from bot.i18n import formatting

TODAY = date(2026, 11, 24)


def test_dates() -> None:
    assert formatting.format_day(TODAY) == "Tue 24 Nov"
    assert formatting.format_day(TODAY, year=True) == "Tue 24 Nov 2026"
    assert formatting.format_short_day(date(2026, 9, 1), TODAY) == "1 Sep"
    assert formatting.format_short_day(date(2026, 2, 1), TODAY) == "1 Feb 2026"
    assert formatting.format_moment(datetime(2026, 11, 24, 23, 30, tzinfo=UTC), "Asia/Tokyo") == "Wed 25 Nov 08:30"


@pytest.mark.parametrize(
    ("days", "written"),
    [((0, 1, 2, 3, 4), "weekdays"), ((5, 6), "weekends"), (tuple(range(7)), "every day"), ((0,), "Mon"),
     ((4, 0, 2), "Mon, Wed and Fri"), ((), "never")],
)  # fmt: skip
def test_weekdays(days: tuple[int, ...], written: str) -> None:
    assert formatting.format_weekdays(days) == written


def test_counts_and_lists() -> None:
    assert [formatting.format_count(n, "vote") for n in (0, 1, 2, 1300)] == [
        "0 votes",
        "1 vote",
        "2 votes",
        "1,300 votes",
    ]
    assert formatting.format_count(2, "entry", "entries") == "2 entries"
    assert formatting.format_list([]) == ""
    assert formatting.format_list(["a", "b", "c"]) == "a, b and c"
    assert formatting.format_list(["a", "b"], "or") == "a or b"


@pytest.mark.parametrize(
    ("text", "longest", "cut"),
    [
        ("short", 10, "short"),
        ("a model that works with a very long tail", 28, "a model that works…"),
        ("unbreakablewordthatgoeson", 10, "unbreakab…"),
    ],
)
def test_shorten(text: str, longest: int, cut: str) -> None:
    assert formatting.shorten(text, longest) == cut


@given(st.text(min_size=1, max_size=200), st.integers(2, 100))
def test_never_longer_than_asked(text: str, longest: int) -> None:
    assert len(formatting.shorten(text, longest)) <= longest


def test_sense_prefers_the_summary_then_the_claim_then_the_first_sentence() -> None:
    abstract = "Models are slow. In this paper, we propose Quick. It is fast."
    assert paper_items.summarize_paper(Paper("1", "T", abstract, summary="A summary.")) == "A summary."
    assert paper_items.summarize_paper(Paper("1", "T", abstract)) == "In this paper, we propose Quick."
    assert paper_items.summarize_paper(Paper("1", "T", "Models are slow. They are big.")) == "Models are slow."
    assert paper_items.summarize_paper(Paper("1", "T")) == ""
    assert len(paper_items.summarize_paper(Paper("1", "T", "word " * 200))) <= paper_items.MAX_SUMMARY_LENGTH


def test_names() -> None:
    assert paper_items.format_paper_name(Paper("1", "DreamID-Omni: Unified")) == "DreamID-Omni"
    assert paper_items.format_paper_name(Paper("1", "A Very Long Title without Any Colon That Goes On")).endswith("…")
    assert paper_items.format_authors(Paper("1", "T")) == ""
    assert paper_items.format_authors(Paper("1", "T", authors=("Ada",))) == "Ada"
    assert paper_items.format_authors(Paper("1", "T", authors=("Ada", "Bob", "Cy"))) == "Ada +2"


def test_a_paper_as_an_entry() -> None:
    paper = Paper(
        "2611.23000", "Quick: Fast", "We propose Quick.", ("Ada", "Bob"), votes=0, organization="Acme",
        code="https://github.com/a/b", listed=date(2026, 11, 23), withdrawn=True,
    )  # fmt: skip
    item = paper_items.build_paper_item(paper, number=3, because=["quick"], today=TODAY)
    assert (item.title, item.number, item.votes) == ("Quick: Fast", 3, 0)
    assert item.notes == ("23 Nov", "Acme", "Ada +1", "withdrawn")
    assert item.url == "https://huggingface.co/papers/2611.23000"
    assert [link.label for link in item.links] == ["code"]
    assert {action.about for action in item.actions} == {"Quick"}


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "now"), (0.9, "now"), (1, "1 second ago"), (59.9, "59 seconds ago"), (190, "3 minutes ago"),
     (7200, "2 hours ago"), (86400, "1 day ago"), (-61, "in 1 minute"), (9e6, "104 days ago")],
)  # fmt: skip
def test_ago(seconds: float, written: str) -> None:
    assert formatting.format_age(seconds) == written


def test_a_mistake_shows_its_example_without_a_platform_s_prefix() -> None:
    card = messages.build_mistake_card(Mistake("“serch” is not a command.", "search x"))
    assert (card.text, card.example, card.tone) == ("“serch” is not a command.", "search x", "mistake")
    assert messages.build_mistake_card(Mistake("There is nobody to share with.")).example == ""
