"""A card seen as Discord shows it: what is sent, to the letter, and its drawing."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from adapters.discord import panel, render
from adapters.discord.seen import see
from adapters.discord.states import State
from bot import wording
from bot.cards import Field, Form
from bot.errors import Mistake
from bot.ports.commands import Answer
from bot.ports.drawings import Aside
from tests.adapters.discord import samples
from tests.adapters.slack import cards


def test_what_is_sent_is_shown_to_the_letter() -> None:
    (sent,) = render.messages(cards.digest())
    seen = see(cards.digest())
    assert json.loads(seen.source) == sent.payload
    assert seen.source.startswith('{\n  "content": "Fri 27 Feb: DreamID-Omni')
    assert "…" in seen.source


def test_every_part_is_there() -> None:
    sent = render.messages(cards.abstracts())
    seen = see(cards.abstracts())
    assert len(sent) > 1
    assert json.loads(seen.source) == [each.payload for each in sent]
    assert seen.html.count('class="dc-message"') == len(sent)
    assert seen.html.count('class="dc-by"') == 1


def test_pictures_are_another_layout() -> None:
    seen = see(cards.digest(), pictures=True)
    assert [json.loads(seen.source)] == [each.payload for each in render.messages(cards.digest(), pictures=True)]
    assert "dc-thumbnail" in seen.html
    assert "dc-thumbnail" not in see(cards.digest()).html


def test_examples_are_written_as_they_are_typed_there() -> None:
    card = wording.mistake(Mistake("“serch” is not a command; did you mean “search”?", "search graphs"))
    assert "/papers search graphs" in see(card).html
    typed = see(card, native=lambda line: f"/papers {line.replace(' ', ' query:')}")
    assert "<code>/papers search query:graphs</code>" in typed.html
    assert "search query:graphs" in typed.source


def test_an_answer_to_one_person_says_so() -> None:
    answer, asked = Answer(cards.shown(), shareable=True), samples.asked("show", paper="2602.22001")
    seen = see(Aside(answer, asked))
    assert json.loads(seen.source) == render.private(answer, asked).payload
    assert "Only you can see this" in seen.html
    assert "Only you can see this" not in see(cards.shown()).html


def test_a_form_is_drawn_with_the_modals_that_its_buttons_open() -> None:
    form = samples.settings(number="A digest has 1 to 10 papers.")
    seen = see(Aside(Answer(form), samples.asked("settings")))
    shown, *modals = json.loads(seen.source)
    assert shown == panel.panel(form, State("settings"), cards.NOW).payload
    assert [modal["title"] for modal in modals] == [form.title] * seen.html.count('class="dc-modal"')
    drawn = seen.html[seen.html.index('class="dc-modal"') :]
    assert "<b>Number" in drawn
    assert "A digest has 1 to 10 papers." in drawn
    assert re.search(r'class="dc-input dc-lines">diffusion\nworld model<', drawn)


def test_a_form_that_begins_with_typing_is_its_modal() -> None:
    form = Form("Follow a topic", "follow", (Field("topic", "Topic", "text", required=True),), submit="Follow")
    seen = see(Aside(Answer(form), samples.asked("follow")))
    assert json.loads(seen.source)["title"] == "Follow a topic"
    assert "dc-message" not in seen.html


def test_a_card_that_says_nothing_is_drawn() -> None:
    assert "Broadsheet" in see(replace(cards.digest(), items=(), actions=(), folio=(), footer=(), fallback="")).html
