"""Cards survive the database: what is dumped is loaded again, and nothing else is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.models import Action, Card, Item, Link, dump_card, load_card
from bot.errors import Malformed
from bot.reasons.reason import Reason

text = st.text(max_size=12)
some = st.text(min_size=1, max_size=12)
rows = st.lists(text, max_size=3).map(tuple)
actions = st.builds(Action, some, some, st.dictionaries(text, some, max_size=2), text, st.sampled_from(("", "main")))
links = st.builds(Link, some, some)
items = st.builds(
    Item,
    title=some,
    url=text,
    number=st.none() | st.integers(1, 99),
    text=text,
    votes=st.none() | st.integers(0, 9999),
    notes=rows,
    links=st.lists(links, max_size=2).map(tuple),
    because=rows,
    abstract=text,
    thumbnail=text,
    section=text,
    paper=text,
    actions=st.lists(actions, max_size=2).map(tuple),
)
notices = st.builds(
    lambda code, values: Reason(code, **values), some, st.dictionaries(some, text | st.integers(0, 9), max_size=2)
)
cards = st.builds(
    Card,
    title=text,
    text=text,
    folio=rows,
    items=st.lists(items, max_size=3).map(tuple),
    actions=st.lists(actions, max_size=2).map(tuple),
    footer=rows,
    marks=rows,
    fallback=text,
    tone=st.sampled_from(("digest", "alert", "answer", "mistake", "failure")),
    notice=st.none() | notices,
)


@given(cards)
def test_round_trip(card: Card) -> None:
    assert load_card(json.loads(json.dumps(dump_card(card)))) == card


def test_arguments_are_kept_as_they_are_even_empty_ones() -> None:
    card = Card(actions=(Action("Clear", "settings", {"topics": ""}),), items=(Item(""),))
    assert load_card(dump_card(card)) == card


def test_empty_parts_are_left_out_and_zero_votes_are_not() -> None:
    assert dump_card(Card(items=(Item("A", votes=0),))) == {"v": 1, "items": [{"title": "A", "votes": 0}]}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"v": 2},
        {"v": 1, "colour": "red"},
        {"v": 1, "items": [1]},
        {"v": 1, "items": [{"votes": 1}]},
        {"v": 1, "items": 5},
        {"v": 1, "actions": [{"label": "x"}]},
        {"v": 1, "notice": "the channel was archived"},
        {"v": 1, "notice": {"code": "text", "values": {"text": {"date": "tomorrow"}}}},
    ],
)
def test_what_is_no_card_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        load_card(data)
