"""A card seen as Discord shows it: what is sent, to the letter, and its drawing."""

from __future__ import annotations

import json
from dataclasses import replace

from adapters.discord import render
from adapters.discord.seen import see
from bot import wording
from bot.errors import Mistake
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


def test_a_card_that_says_nothing_is_drawn() -> None:
    assert "Broadsheet" in see(replace(cards.digest(), items=(), actions=(), folio=(), footer=(), fallback="")).html
