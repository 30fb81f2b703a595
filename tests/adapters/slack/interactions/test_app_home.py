"""A person's home: every part gets its share of the room."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.interactions import app_home
from bot.cards.models import Card, Page
from tests.adapters.slack import cards
from tests.adapters.slack.hostile import CARDS
from tests.servers.slack import checks

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")


@pytest.mark.long
@settings(max_examples=40, deadline=None)
@given(st.lists(CARDS, max_size=5).map(tuple))
def test_no_home_exceeds_a_limit(sections: tuple[Card, ...]) -> None:
    view, _ = app_home.render_home_view(Page(sections))
    assert checks.view_problems(view) == []
    names = [part["action_id"] for part in checks.walk(view["blocks"]) if "action_id" in part]
    assert len(names) == len(set(names))


def test_a_long_part_leaves_room_for_the_others() -> None:
    page = cards.myself()
    long = replace(page.sections[0], items=page.sections[0].items * 100)
    blocks = app_home.render_home_view(Page((long, *page.sections[1:])))[0]["blocks"]
    assert [block["text"]["text"] for block in blocks if block["type"] == "header"] == [
        "What you follow",
        "Channels",
        "Saved papers",
    ]
    assert len(blocks) > 30


def test_an_empty_home_says_so() -> None:
    assert app_home.render_home_view(Page(()))[0]["blocks"][0]["text"]["text"] == "Nothing is here yet."
