"""Whatever a source says of a paper: it can be worded, and every renderer draws it into bytes that can be sent."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.rendering import messages as discord
from adapters.slack.interactions.app_home import render_home_view
from adapters.slack.rendering import messages as slack
from adapters.web.rendering import messages as web
from bot.cards import paper_items
from bot.cards.models import Card, Page, dump_card, load_card
from bot.domain.channels import Channel
from bot.domain.papers import Paper
from bot.domain.people import Person
from bot.domain.topics.matcher import Matcher
from bot.i18n.translation import LANGUAGES, use_language
from bot.ports.commands import Answer, Request
from bot.ports.web_messages import WebMessage
from tests.adapters.slack.hostile import TEXT, TEXTS, URLS
from tests.workspace import NOW

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

LETTERS = st.text(st.characters(), max_size=30)
"""Any letters, halves of some among them."""
ANY_TEXT = st.one_of(TEXT, LETTERS)
NUMBERS = st.one_of(st.none(), st.integers(), st.sampled_from([0, -1, 2**63, 10**30]))
DATES = st.one_of(st.none(), st.dates(), st.sampled_from([date.min, date.max]))
PAPERS = st.builds(
    Paper,
    id=st.one_of(st.sampled_from(["2602.12160", "hep-th/9901001"]), ANY_TEXT),
    title=ANY_TEXT,
    abstract=ANY_TEXT,
    authors=TEXTS,
    categories=TEXTS,
    published=DATES,
    votes=NUMBERS,
    comments=st.integers(),
    summary=ANY_TEXT,
    keywords=TEXTS,
    organization=ANY_TEXT,
    code=URLS,
    stars=NUMBERS,
    project=URLS,
    thumbnail=URLS,
    withdrawn=st.booleans(),
    listed=DATES,
    seen=st.one_of(st.none(), st.datetimes()),
)
CARDS = st.builds(
    lambda papers, because, section, tone: Card(
        folio=("Tue 24 Nov",),
        items=tuple(
            paper_items.build_paper_item(
                paper, number=number, because=because, section=section, today=date(2026, 11, 24)
            )
            for number, paper in enumerate(papers, 1)
        ),
        marks=because,
        tone=tone,
    ),
    st.lists(PAPERS, min_size=1, max_size=4),
    TEXTS,
    st.one_of(st.just(""), ANY_TEXT),
    st.sampled_from(["digest", "alert", "answer"]),
)
REQUEST = Request("1", Channel("web", "local", "papers", name="papers"), Person("U1", "Ana"), NOW, "search")


def can_be_sent(payload: Any) -> bool:
    return bool(json.dumps(payload, ensure_ascii=False).encode())


@settings(max_examples=40, deadline=None)
@given(card=CARDS, pictures=st.booleans(), language=st.sampled_from(sorted(LANGUAGES)))
def test_every_renderer_draws_every_paper(card: Card, language: str, *, pictures: bool) -> None:
    card = replace(card, language=language)
    assert load_card(json.loads(json.dumps(dump_card(card)))) == card
    answer = Answer(card, shareable=True)
    for message in (slack.render_message(card, pictures=pictures), slack.render_private_answer(answer, REQUEST)):
        assert can_be_sent([message.text, message.blocks])
    assert can_be_sent(slack.render_card_modal(card)[0])
    assert can_be_sent(slack.render_unfurl(card))
    assert can_be_sent(render_home_view(Page((card, card)))[0])
    for drawn in discord.render_messages(card, "key", pictures=pictures):
        assert can_be_sent(drawn.payload)
    assert can_be_sent(discord.render_private_answer(answer, REQUEST).payload)
    assert can_be_sent(discord.render_forum_post(card, "key", pictures=pictures)[:2])
    assert web.render_message(WebMessage(1, REQUEST.channel, card, NOW), pictures=pictures).encode()
    assert web.render_private_answer(answer, REQUEST, pictures=pictures).encode()


@settings(max_examples=100, deadline=None)
@given(paper=PAPERS, language=st.sampled_from(sorted(LANGUAGES)))
def test_every_paper_can_be_worded_and_matched(paper: Paper, language: str) -> None:
    with use_language(language):
        item = paper_items.build_paper_item(paper, today=date(2026, 11, 24))
    assert paper_items.get_item_name(item) == paper_items.format_paper_name(paper) or not item.actions[0].about
    Matcher(['"world model"', 'author:"x"', "cat:cs.CL"]).match(paper)
