"""Items that a renderer can't draw: the rest goes out, drawn once where nothing is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.common.unrenderable_items import render_sound_answer, render_sound_items
from bot.cards.models import Card, Form, Item
from bot.ports.commands import Answer
from bot.ports.skipped_papers import SkippedPapers

CARD = Card(title="List", items=tuple(Item(f"Paper {n}", paper=f"p{n}") for n in range(4)))


class Renderer:
    """Joins titles, counts, and can't draw some of them."""

    def __init__(self, *bad: str) -> None:
        self.bad, self.count = bad, 0

    def __call__(self, card: Card) -> str:
        self.count += 1
        titles = [card.title, *(item.title for item in card.items)]
        if set(titles) & set(self.bad):
            raise ValueError("poison")
        return ", ".join(titles)


def test_what_is_sound_is_drawn_once() -> None:
    renderer, skipped = Renderer(), SkippedPapers()
    assert render_sound_items(CARD, renderer, skipped) == "List, Paper 0, Paper 1, Paper 2, Paper 3"
    assert (renderer.count, skipped.list_skipped()) == (1, ())


def test_the_rest_goes_out(caplog: pytest.LogCaptureFixture) -> None:
    skipped = SkippedPapers()
    drawn = render_sound_items(CARD, Renderer("Paper 1", "Paper 3"), skipped, "web:x/digest")
    assert drawn == "List, Paper 0, Paper 2"
    assert [(each.paper, each.step) for each in skipped.list_skipped()] == [("p1", "rendered"), ("p3", "rendered")]
    assert caplog.messages[-1] == "web:x/digest goes out without p1, p3"


@pytest.mark.parametrize("bad", [("List",), ("Paper 0", "Paper 1", "Paper 2", "Paper 3")])
def test_what_is_wrong_as_a_whole_stays_an_error_and_no_paper_is_blamed(bad: tuple[str, ...]) -> None:
    skipped = SkippedPapers()
    with pytest.raises(ValueError, match="poison"):
        render_sound_items(CARD, Renderer(*bad), skipped)
    assert skipped.list_skipped() == ()


def test_an_only_item_that_can_not_be_drawn_stays_an_error() -> None:
    with pytest.raises(ValueError, match="poison"):
        render_sound_items(replace(CARD, items=CARD.items[:1]), Renderer("Paper 0"), SkippedPapers())


def test_items_that_are_bad_only_together_stay_an_error() -> None:
    def render(card: Card) -> str:
        if len(card.items) > 1:
            raise ValueError("too many")
        return ""

    with pytest.raises(ValueError, match="too many"):
        render_sound_items(CARD, render, SkippedPapers())


def test_words_of_people_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    items = (Item("A secret topic"), Item("Another"))

    def render(card: Card) -> str:
        if items[0] in card.items:
            raise ValueError(items[0].title)
        return ""

    render_sound_items(Card(items=items), render, SkippedPapers(), "web:me/share")
    assert "An entry can’t be rendered" in caplog.text
    assert "secret" not in caplog.text


def test_an_answer_keeps_what_is_not_its_card() -> None:
    answer = Answer(CARD, shareable=True)

    def render(each: Answer) -> tuple[bool, str]:
        assert isinstance(each.body, Card)
        return each.shareable, Renderer("Paper 1")(each.body)

    drawn = render_sound_answer(answer, render, SkippedPapers())
    assert drawn == (True, "List, Paper 0, Paper 2, Paper 3")
    form = Answer(Form("Settings", "settings", ()))
    assert render_sound_answer(form, lambda each: each, SkippedPapers()) is form
