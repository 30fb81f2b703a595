"""Cards as Slack shows them: pictures of each kind, and that no card exceeds a limit or does what it should not.

``UPDATE_GOLDEN=1 make test`` writes the pictures anew; look at what changed before it is committed.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.common.button_payload import ButtonPayload
from adapters.slack.preview.html import render_message_html, render_view_html
from adapters.slack.preview.mrkdwn_html import render_inline
from adapters.slack.rendering.action_value import decode_payload
from adapters.slack.rendering.layout import MAX_MESSAGE_WEIGHT
from adapters.slack.rendering.messages import (
    RenderedMessage,
    render_card_modal,
    render_message,
    render_private_answer,
    render_unfurl,
)
from bot.cards import messages, paper_items
from bot.cards.models import Action, Card, Form, Item, Link
from bot.domain.channels import ChannelKind
from bot.errors import Mistake
from bot.ports.commands import Answer
from tests.adapters.slack.cards import MESSAGES, MODAL_COMMANDS, PAPERS, VIEWS, asked, digest, listed, shown
from tests.adapters.slack.hostile import CARDS
from tests.servers.slack import checks

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

GOLDEN = Path(__file__).parents[3] / "golden" / "slack"
UNSEEN = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def pictured(name: str) -> dict[str, Any]:
    if name in VIEWS:
        return VIEWS[name]()
    message = MESSAGES[name]()
    return {"text": message.text, "blocks": message.blocks, "kept": message.stored_data}


def written(data: Any) -> str:
    """Return JSON in which what can't be seen is spelled out."""
    spread = json.dumps(data, ensure_ascii=False, indent=1)
    return UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", spread) + "\n"


@pytest.mark.parametrize("name", [*MESSAGES, *VIEWS])
def test_picture(name: str) -> None:
    path, drawn = GOLDEN / f"{name}.json", written(pictured(name))
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(drawn, encoding="utf-8")
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = difflib.unified_diff(kept.splitlines(), drawn.splitlines(), "kept", "drawn", lineterm="", n=2)
    difference = "\n".join(lines)
    assert not difference, f"{name} is drawn otherwise; UPDATE_GOLDEN=1 keeps it so.\n{difference}"


@pytest.mark.parametrize("name", [*MESSAGES, *VIEWS])
def test_slack_would_take_it(name: str) -> None:
    kept = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    assert (checks.view_problems(kept) if name in VIEWS else refused(kept["blocks"])) == []


def test_every_picture_is_of_something() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == {*MESSAGES, *VIEWS}


def refused(blocks: list[dict[str, Any]]) -> list[str]:
    """Return what Slack would not take in a message; the SDK's own validators are among the checks."""
    heavy = [f"weighs {checks.weight(blocks)}"] if checks.weight(blocks) > MAX_MESSAGE_WEIGHT else []
    return [*checks.problems(blocks), *heavy, *twice(blocks)]


def twice(blocks: Any) -> list[str]:
    names = [part["action_id"] for part in checks.walk(blocks) if "action_id" in part]
    return sorted({name for name in names if names.count(name) > 1})


def texts(blocks: Any) -> Iterator[str]:
    """Yield all formatted texts."""
    yield from (part["text"] for part in checks.walk(blocks) if part.get("type") == "mrkdwn")


def presses(blocks: Any) -> dict[str, ButtonPayload | str]:
    """Return what can be pressed, by label; of equal labels the last."""
    parts = [part for part in checks.walk(blocks) if isinstance(part.get("value"), str)]
    return {part["text"]["text"]: decode_payload(part["value"]) for part in parts}


@pytest.mark.long
@settings(max_examples=100, deadline=None)
@given(card=CARDS, pictures=st.booleans())
def test_no_card_exceeds_a_limit(card: Card, *, pictures: bool) -> None:
    message = render_message(card, pictures=pictures)
    assert refused(message.blocks) == []
    assert 0 < len(message.text) <= 3000
    assert len(message.text.encode()) <= 3900
    view, _ = render_card_modal(card)
    assert checks.view_problems(view) == []
    assert twice(view["blocks"]) == []
    assert checks.problems(render_unfurl(card)) == []
    json.dumps([message.blocks, view], ensure_ascii=False).encode()


@pytest.mark.long
@settings(max_examples=100, deadline=None)
@given(CARDS)
def test_no_card_does_more_than_we_meant(card: Card) -> None:
    blocks = render_message(card).blocks
    for text in texts(blocks):
        drawn = render_inline(text)
        assert not re.search(r"<(i|s|blockquote)\b|sk-mention|sk-emoji", drawn)
        assert not re.search(r"[@#]\w", re.sub(r"<https://[^|>]*", "", text))
        assert all(address.startswith("https://") for address in re.findall(r'href="([^"]*)"', drawn))
    assert all(part["verbatim"] for part in checks.walk(blocks) if part.get("type") == "mrkdwn")
    assert not re.search(r"<(script|img)|<(i|s)>", render_message_html(render_message(card)))


@pytest.mark.long
@settings(max_examples=50, deadline=None)
@given(CARDS)
def test_equal_cards_are_drawn_equally(card: Card) -> None:
    assert render_message(card) == render_message(replace(card))


def test_what_is_left_out_is_counted() -> None:
    items = tuple(paper_items.build_paper_item(listed()[0], number=n) for n in range(1, 61))
    blocks = render_message(Card(items=items, footer=("Last line.",))).blocks
    shown = [text for text in texts(blocks) if "DreamID-Omni" in text]
    assert shown[0].startswith("*1. ")
    assert 12 <= len(shown) < 60
    assert blocks[-1]["elements"][0]["text"] == f"and {60 - len(shown)} more\nLast line."


def test_long_texts_give_way_before_entries_do() -> None:
    items = tuple(Item(f"Paper {n}", "https://x.org", text="word " * 500) for n in range(13))
    found = list(texts(render_message(Card(items=items)).blocks))
    assert len(found) == 13
    assert max(len(text) for text in found) - min(len(text) for text in found) < 10


def test_ten_papers_and_three_on_topics_fit() -> None:
    assert "more" not in list(texts(MESSAGES["digest-ten"]().blocks))[-1].split("\n")[0][:4]
    assert sum(text.startswith("*") and "https://" in text for text in texts(MESSAGES["digest-ten"]().blocks)) >= 12


def test_what_can_be_done_with_a_paper() -> None:
    blocks = render_message(digest(), modal_commands=MODAL_COMMANDS).blocks
    (first,) = [block for block in blocks if block["type"] == "section"][:1]
    assert presses(first) == {
        "Abstract": ButtonPayload("show", {"paper": "2602.12160"}, modal=True),
        "Save": ButtonPayload("save", {"paper": "2602.12160"}),
        "More like this": ButtonPayload("similar", {"paper": "2602.12160"}),
        "Not for us": ButtonPayload("mute", {"what": "2602.12160"}),
        "Why this paper": ButtonPayload("why", {"paper": "2602.12160"}, modal=True),
    }


def test_one_thing_to_do_is_a_button() -> None:
    item = Item("diffusion", "https://x.org", actions=(Action("Unmute", "unmute", {"what": "diffusion"}),))
    assert render_message(Card(items=(item,))).blocks[0]["accessory"]["type"] == "button"


def test_pictures_have_words_and_only_safe_addresses() -> None:
    papers = [
        replace(paper, thumbnail=at) for paper, at in zip(listed(), ("https://x.org/a.png", "http://x"), strict=False)
    ]
    blocks = render_message(Card(items=tuple(map(paper_items.build_paper_item, papers))), pictures=True).blocks
    assert [part["alt_text"] for part in checks.walk(blocks) if part.get("type") == "image"] == [
        "First page or figure of DreamID-Omni"
    ]
    assert render_message(Card(items=tuple(map(paper_items.build_paper_item, papers)))).blocks != blocks


def test_a_mistake_shows_what_to_type() -> None:
    answer = Answer(messages.build_mistake_card(Mistake("“serch” is not a command.", "search `graphs` & more")))
    message = render_private_answer(answer, asked(), command="/sheet")
    assert list(texts(message.blocks)) == [
        "*Not done.* “serch” is not a command.",
        "For example: `/sheet search ˋgraphsˋ &amp; more`",
    ]
    assert message.text == "Not done. “serch” is not a command."
    said = Answer(Card(text="No.", footer=("For example: graphs",)))
    assert list(texts(render_private_answer(said, asked()).blocks))[-1] == "For example: graphs", "is no example"


def test_what_can_be_shared_is_offered_where_others_are() -> None:
    answer = Answer(Card(text="x"), shareable=True)
    label, press = next(iter(presses(render_private_answer(answer, asked(query="video")).blocks).items()))
    assert (label.replace("\u2060", ""), press) == (
        "Share in #papers",
        ButtonPayload("search", {"query": "video"}, share=True),
    )
    alone = replace(asked(), channel=replace(PAPERS, kind=ChannelKind.DIRECT))
    assert presses(render_private_answer(answer, alone).blocks) == {}
    assert presses(render_private_answer(Answer(Card(text="x")), asked()).blocks) == {}


def test_a_form_is_not_a_message() -> None:
    with pytest.raises(TypeError):
        render_private_answer(Answer(Form("Title", "settings", ())), asked())


def test_a_window_holds_the_whole_abstract() -> None:
    whole = " ".join(f"word{n}" for n in range(1500))
    item = replace(shown().items[0], text=whole)
    view, kept = render_card_modal(Card(items=(item,)), "Abstract")
    assert whole == " ".join(text for text in texts(view["blocks"]) if text.startswith("word"))
    assert view["title"]["text"] == "Abstract"
    assert all(isinstance(press, ButtonPayload) and press.modal for press in presses(view["blocks"]).values())
    assert kept == {}


def test_a_long_text_to_copy_is_cut_and_its_rest_a_press_away() -> None:
    answer = Answer(Card("Everything", code="{\n}\u202e" * 3000))
    blocks = render_private_answer(answer, asked("me export")).blocks
    assert presses(blocks) == {"Show all of it": ButtonPayload("me export", {}, modal=True)}
    view, _ = render_card_modal(answer.body if isinstance(answer.body, Card) else Card())
    copied = "".join(
        text["text"]
        for block in view["blocks"]
        if block["type"] == "rich_text"
        for text in checks.walk(block)
        if text.get("type") == "text"
    )
    assert copied == "{\n}" * 3000


def test_unfurled_cards_are_only_read() -> None:
    blocks = render_unfurl(digest())
    assert blocks
    assert not any("action_id" in part for part in checks.walk(blocks))


@pytest.mark.parametrize(
    ("card", "text"),
    [
        (Card(title="A <b>", fallback="Tue 24 Nov: *A*"), "Tue 24 Nov: ∗A∗"),
        (Card(title="A & B"), "A &amp; B"),
        (Card(items=(Item("One"), Item("Two"))), "One, Two"),
        (Card(), "Broadsheet"),
        (Card(text="No.", tone="failure"), "That did not work. No."),
    ],
)
def test_notifications(card: Card, text: str) -> None:
    assert render_message(card).text == text


def test_links_stand_in_the_small_print() -> None:
    item = Item(
        "T", "https://x.org", votes=1, notes=("A & B",), links=(Link("code", "https://y.org"), Link("no", "ftp://z"))
    )
    (text,) = texts(render_message(Card(items=(item,))).blocks)
    assert text == "*<https://x.org|T>*\n1 vote · A &amp; B · <https://y.org|code> · no"


@pytest.mark.parametrize("name", [*MESSAGES, *VIEWS])
def test_every_picture_can_be_drawn(name: str) -> None:
    picture = pictured(name)
    html = (
        render_view_html(picture)
        if name in VIEWS
        else render_message_html(RenderedMessage(picture["text"], picture["blocks"], {}))
    )
    assert html.count("<div") == html.count("</div>")
    for text in texts(picture["blocks"]):
        assert re.sub("<[^>]*>", "", render_inline(text)) in re.sub("<[^>]*>", "", html.replace("<br>", "\n"))
