"""A card seen as Discord shows it: what is sent, to the letter, and its drawing."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from adapters.discord.forms import panel
from adapters.discord.forms.state import FormState
from adapters.discord.preview.html import render_preview
from adapters.discord.rendering.messages import render_messages, render_private_answer
from bot.cards import messages
from bot.cards.models import Card, Field, Form
from bot.domain.channels import DIRECT_MESSAGE_WORKSPACE
from bot.domain.people import Person
from bot.errors import Mistake
from bot.ports.commands import Answer, Request
from bot.ports.previews import PrivateAnswer
from bot.ports.web_messages import WebMessage
from tests.adapters.discord import samples
from tests.adapters.discord.bot_harness import PAPERS_CHANNEL, BotHarness
from tests.adapters.slack import cards


def test_what_is_sent_is_shown_to_the_letter() -> None:
    (sent,) = render_messages(cards.digest())
    seen = render_preview(cards.digest())
    assert json.loads(seen.source) == sent.payload
    assert seen.source.startswith('{\n  "content": "Fri 27 Feb: DreamID-Omni')
    assert "…" in seen.source


def test_every_part_is_there() -> None:
    sent = render_messages(cards.abstracts())
    seen = render_preview(cards.abstracts())
    assert len(sent) > 1
    assert json.loads(seen.source) == [each.payload for each in sent]
    assert seen.html.count('class="dc-message"') == len(sent)
    assert seen.html.count('class="dc-by"') == 1


def test_pictures_are_another_layout() -> None:
    seen = render_preview(cards.digest(), pictures=True)
    assert [json.loads(seen.source)] == [each.payload for each in render_messages(cards.digest(), pictures=True)]
    assert "dc-thumbnail" in seen.html
    assert "dc-thumbnail" not in render_preview(cards.digest()).html


def test_examples_are_written_as_they_are_typed_there() -> None:
    card = messages.build_mistake_card(Mistake("“serch” is not a command; did you mean “search”?", "search graphs"))
    assert "/papers search graphs" in render_preview(card).html
    typed = render_preview(card, command_formatter=lambda line: f"/papers {line.replace(' ', ' query:')}")
    assert "<code>/papers search query:graphs</code>" in typed.html
    assert "search query:graphs" in typed.source


def test_an_answer_to_one_person_says_so() -> None:
    answer, asked = Answer(cards.shown(), shareable=True), samples.asked("show", paper="2602.22001")
    seen = render_preview(PrivateAnswer(answer, asked))
    assert json.loads(seen.source) == render_private_answer(answer, asked).payload
    assert "Only you can see this" in seen.html
    assert "Only you can see this" not in render_preview(cards.shown()).html


def test_an_answer_stands_below_the_command_that_was_used() -> None:
    asked = replace(samples.asked("me", paper="1"), person=Person("1", "Ana <b>"))
    html = render_preview(
        PrivateAnswer(Answer(cards.status()), asked), command_formatter=lambda line: f"/papers {line} show"
    ).html
    said = re.sub(r"<[^>]+>", "", html)
    assert said.startswith("AAna &lt;b&gt; used /papers me showBBroadsheetAPP27/02/2026, 08:00 UTC")
    assert '<time class="dc-quiet" datetime="2026-02-27T08:00:00Z" data-style="s">' in html
    assert "used" not in render_preview(cards.status()).html


def test_a_message_has_its_moment_and_whether_it_was_edited() -> None:
    post = WebMessage(1, samples.PAPERS, cards.digest(), cards.NOW)
    seen, edited = render_preview(post), render_preview(replace(post, edited_at=cards.NOW))
    assert json.loads(seen.source) == render_messages(cards.digest())[0].payload
    assert "08:00 UTC" in seen.html
    assert "(edited)" not in seen.html
    assert edited.html.count("(edited)") == 1
    assert "<time" not in render_preview(cards.digest()).html


def test_an_attached_text_is_drawn() -> None:
    whole = "{\n" + ' "<i>": 1,\n' * 200 + "}"
    html = render_preview(
        PrivateAnswer(Answer(Card("Everything stored about you", code=whole)), samples.asked("me export"))
    ).html
    attachment = html[html.index('class="dc-file"') :]
    assert "broadsheet.json" in attachment
    assert "2.2 KB" in attachment
    assert attachment.count("&lt;i&gt;") == 5
    assert "dc-file" not in render_preview(PrivateAnswer(Answer(cards.status()), samples.asked("status"))).html


async def test_it_is_what_is_sent_indeed(harness: BotHarness) -> None:
    """A card and a panel of everybody's and of managers' commands, each held against what goes over the wire."""
    for words, command in (
        ("papers today", "today"),
        ("papers-setup log", "log"),
        ("papers-setup settings", "settings"),
    ):
        await harness.type("papers-setup digest set", {"number": 3}, user="90")
        reaction = await harness.server.slash(words, {}, user="90", channel="20")
        await reaction.settled()
        olga = Person("90", "Olga", is_manager=True, is_admin=True, direct_workspace=DIRECT_MESSAGE_WORKSPACE)
        asked = Request("", PAPERS_CHANNEL, olga, harness.now, command, locale="en-US", channel_locale="en-US")
        seen = render_preview(
            PrivateAnswer(await harness.context.answer_request(asked), asked),
            command_formatter=harness.context.tree.format_slash_command,
        )
        shown = json.loads(seen.source)
        assert (shown[0] if isinstance(shown, list) else shown) == reaction.payload, words


def test_a_form_is_drawn_with_the_modals_that_its_buttons_open() -> None:
    form = samples.settings(number="A digest has 1 to 10 papers.")
    seen = render_preview(PrivateAnswer(Answer(form), samples.asked("settings")))
    shown, *modals = json.loads(seen.source)
    assert shown == panel.render_panel(form, FormState("settings")).payload
    assert [modal["title"] for modal in modals] == [form.title] * seen.html.count('class="dc-modal"')
    drawn = seen.html[seen.html.index('class="dc-modal"') :]
    assert "<b>Number" in drawn
    assert "A digest has 1 to 10 papers." in drawn
    assert re.search(r'class="dc-input dc-lines">diffusion\nworld model<', drawn)


def test_a_form_that_begins_with_typing_is_its_modal() -> None:
    form = Form("Follow a topic", "follow", (Field("topic", "Topic", "text", required=True),), submit="Follow")
    seen = render_preview(PrivateAnswer(Answer(form), samples.asked("follow")))
    assert json.loads(seen.source)["title"] == "Follow a topic"
    assert "dc-message" not in seen.html


def test_a_card_that_says_nothing_is_drawn() -> None:
    assert (
        "Broadsheet"
        in render_preview(replace(cards.digest(), items=(), actions=(), folio=(), footer=(), fallback="")).html
    )
