"""Cards as Discord shows them: pictures of each kind, and that no card exceeds a limit or does what it should not.

``UPDATE_GOLDEN=1 make test`` writes the pictures anew; look at what changed before it is committed.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.common.button_payload import ButtonPayload
from adapters.common.text import clean_text, count_utf16_units
from adapters.discord.rendering.custom_id import decode_payload
from adapters.discord.rendering.messages import (
    EPHEMERAL,
    SUPPRESS_EMBEDS,
    render_forum_post,
    render_messages,
    render_private_answer,
)
from bot.cards import messages, paper_items
from bot.cards.models import Action, Card, Form, Item, Link
from bot.digests import composition
from bot.digests.reaction_promotion import add_reaction_hint
from bot.domain.channels import ChannelKind
from bot.domain.feed import DayState, FeedDay
from bot.domain.preferences import Preferences
from bot.errors import Malformed, Mistake
from bot.i18n.translation import use_language
from bot.ports.commands import Answer
from bot.ports.skipped_papers import SkippedPapers
from bot.sources import file_import
from tests.adapters.discord.samples import (
    KEY,
    MESSAGES,
    MODALS,
    PAPERS,
    POSTS,
    PRIVATE,
    asked,
    discussable,
    mistaken,
    posted,
    private,
    sent,
)
from tests.adapters.slack import cards
from tests.adapters.slack.hostile import CARDS
from tests.bot.sources.fakes import shared
from tests.servers.discord import markdown, rules, schema

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

GOLDEN = Path(__file__).parents[3] / "golden" / "discord"
UNSEEN = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
ALL = {**MESSAGES, **PRIVATE, **POSTS}
OURS = {"**", "-", "-#", "###", ">", "```", "`", "<t"}
"""Marks that we write ourselves."""


def pictured(name: str) -> Any:
    if name in MODALS:
        return MODALS[name]()
    return [{"payload": each.payload, "kept": each.stored_data} for each in ALL[name]()]


def written(data: Any) -> str:
    """Return JSON in which what can't be seen is spelled out."""
    spread = json.dumps(data, ensure_ascii=False, indent=1)
    return UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", spread) + "\n"


@pytest.mark.parametrize("name", [*ALL, *MODALS])
def test_picture(name: str) -> None:
    path, drawn = GOLDEN / f"{name}.json", written(pictured(name))
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(drawn, encoding="utf-8")
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = difflib.unified_diff(kept.splitlines(), drawn.splitlines(), "kept", "drawn", lineterm="", n=2)
    difference = "\n".join(lines)
    assert not difference, f"{name} is drawn otherwise; UPDATE_GOLDEN=1 keeps it so.\n{difference}"


def test_every_picture_is_of_something() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == {*ALL, *MODALS}


@pytest.mark.parametrize("name", ALL)
def test_discord_would_take_it(name: str) -> None:
    for message in ALL[name]():
        assert refused(message.payload.get("message", message.payload)) == []


def refused(payload: dict[str, Any]) -> list[str]:
    """Return what Discord would not take in a message; for whom it is does not matter."""
    everybodys = {**payload, "flags": payload["flags"] & ~EPHEMERAL}
    return [
        *rules.message(payload, rules.ANSWER, private=True),
        *schema.problems("POST", "/channels/{channel_id}/messages", everybodys),
        *(["content is too long"] if count_utf16_units(payload.get("content", "")) > 2000 else []),
        *([] if payload.get("content") or payload["components"] else ["nothing is said"]),
    ]


def texts(payload: dict[str, Any]) -> Iterator[str]:
    """Yield all formatted texts of a message."""
    yield payload.get("content", "")
    yield from (each["content"] for each in walked(payload["components"]) if each["type"] == 10)


def walked(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for each in components:
        yield each
        yield from walked([*each.get("components", ()), *([each["accessory"]] if "accessory" in each else [])])


def presses(payload: dict[str, Any]) -> dict[str, ButtonPayload | str]:
    """Return what can be pressed or chosen, by label; of equal labels the last."""
    found: dict[str, ButtonPayload | str] = {}
    for each in walked(payload["components"]):
        if each["type"] == 2 and "custom_id" in each:
            found[each["label"]] = decode_payload(each["custom_id"])
        found |= {option["label"]: decode_payload(option["value"]) for option in each.get("options", ())}
    return found


def plain(payload: dict[str, Any]) -> str:
    return "\n".join(markdown.read(text, {}).plain for text in texts(payload))


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(card=CARDS, pictures=st.booleans())
def test_no_card_exceeds_a_limit(card: Card, *, pictures: bool) -> None:
    every = render_messages(card, KEY, pictures=pictures, role="30")
    assert 1 <= len(every) <= 15
    name, post, _ = render_forum_post(card, KEY)
    assert 1 <= count_utf16_units(name) <= 100
    alone = render_private_answer(Answer(card, shareable=True), asked(query="x" * 200), manager=True)
    for payload in (*(each.payload for each in every), post, alone.payload):
        assert refused(payload) == []
        json.dumps(payload, ensure_ascii=False).encode()


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(card=CARDS, pictures=st.booleans())
def test_no_card_does_more_than_we_meant(card: Card, *, pictures: bool) -> None:
    every = [each.payload for each in render_messages(card, KEY, pictures=pictures)]
    for payload in (*every, render_forum_post(card)[1], private(card).payload):
        assert payload["allowed_mentions"] == {"parse": []}
        for text in texts(payload):
            read = markdown.read(text, {})
            assert read.mentions == []
            assert {mark for mark, _ in read.formats} <= OURS
            assert all(address.startswith("https://") for address, _ in read.links)


@pytest.mark.long
@settings(max_examples=50, deadline=None)
@given(CARDS)
def test_equal_cards_are_drawn_equally(card: Card) -> None:
    assert render_messages(card, KEY) == render_messages(replace(card), KEY)


@pytest.mark.long
@settings(max_examples=50, deadline=None)
@given(CARDS)
def test_what_does_not_ride_is_kept(card: Card) -> None:
    for message in render_messages(card, KEY):
        found = presses(message.payload).values()
        assert {each for each in found if isinstance(each, str)} <= message.stored_data.keys()


def test_a_digest_reads_well() -> None:
    (message,) = MESSAGES["digest"]()
    lines = plain(message.payload).splitlines()
    assert lines[:2] == [
        "Fri 27 Feb: DreamID-Omni, ARLArena, SkyReels-V4, HyTRec, GUI-Libra",
        "top 5 of 17 · votes of Thu 26 Feb",
    ]
    assert lines[3].startswith("1. DreamID-Omni: Unified Framework")
    assert lines[5] == "19 votes · ByteDance · Xu Guo +9 · code"
    assert lines[-1] == "12 more"


def recorded_days(wanted: Preferences) -> Iterator[tuple[date, Card]]:
    """Yield the digest of every recorded day."""
    for batch in file_import.read_batches([shared("hf_daily/raw_api")]):
        assert batch.day
        papers = sorted(batch.papers, key=lambda paper: -(paper.votes or 0))
        day = FeedDay(batch.day, DayState.OK, tuple(paper.id for paper in papers))
        made = composition.select_papers(papers, (), {}, wanted, ())
        yield (
            batch.day,
            add_reaction_hint(
                composition.build_digest_card(
                    made, composition.build_digest_items(made, {}, SkippedPapers()), (day,), wanted, batch.day
                ),
                wanted,
            ),
        )


@pytest.mark.long
def test_every_recorded_day_is_one_message() -> None:
    lengths = {}
    for day, card in recorded_days(Preferences()):
        (message,) = render_messages(card, KEY)
        lengths[day] = count_utf16_units(message.payload["content"])
        shown = plain(message.payload)
        assert all(clean_text(item.title)[:200].rsplit(" ", 1)[0] in shown for item in card.items), day
        assert all(clean_text(item.text)[:50] in shown for item in card.items), day
    assert len(lengths) == 457
    assert max(lengths.values()) <= 2000


@pytest.mark.long
@pytest.mark.parametrize("language", ["de", "fr"])  # which say it in the most words
def test_it_is_one_where_a_role_is_pinged_and_readers_lift_papers(language: str) -> None:
    with use_language(language):
        days = list(recorded_days(Preferences(lift=50)))
    assert len(days) == 457
    assert [day for day, card in days if len(render_messages(card, KEY, role="1" * 19)) > 1] == []
    assert all("1️⃣" in render_messages(card, KEY)[0].payload["content"] for _, card in days[:5])


def test_a_long_card_goes_on_in_the_next_message() -> None:
    items = tuple(paper_items.build_paper_item(paper, number=n) for n, paper in enumerate(cards.listed(), 1))
    every = sent(Card(items=items, actions=(Action("Settings", "settings"),), footer=("Last line.",)))
    shown = "\n".join(plain(each.payload) for each in every)
    assert re.findall(r"^(\d+)\. ", shown, re.MULTILINE) == [str(n) for n in range(1, len(items) + 1)]
    assert len(every) > 1
    assert all("Pick a paper" in json.dumps(each.payload) for each in every)
    assert ["Settings" in presses(each.payload) for each in every] == [False] * (len(every) - 1) + [True]
    assert shown.endswith("Last line.")


def test_what_is_left_out_is_counted() -> None:
    items = tuple(paper_items.build_paper_item(cards.listed()[0], number=n) for n in range(1, 61))
    shown = plain(private(Card(items=items, footer=("Last line.",))).payload)
    number = len(re.findall(r"^\d+\. ", shown, re.MULTILINE))
    assert 3 <= number < 60
    assert shown.endswith(f"and {60 - number} more\nLast line.")


def test_a_line_of_sense_gives_way_before_a_second_message() -> None:
    items = tuple(Item(f"Paper {n} " + "t" * 90, "https://x.org", text="word " * 27, paper=str(n)) for n in range(8))
    (message,) = sent(Card(items=items))
    assert plain(message.payload).count("word…") == 8
    assert len(sent(Card(items=tuple(replace(item, text="word " * 60) for item in items)))) == 2


def test_papers_are_opened_from_the_list() -> None:
    (message,) = MESSAGES["digest"]()
    found = presses(message.payload)
    labels = [label for label in found if label[0].isdecimal()]
    assert len(labels) == 5
    assert found[labels[0]] == ButtonPayload("show", {"paper": "2602.12160"})
    assert found["All 17"] == ButtonPayload("today", {"date": "2026-02-26"})


def test_what_can_be_done_with_a_paper() -> None:
    found = presses(private(discussable(), shareable=True, command="show", paper="2602.12160").payload)
    assert found == {
        "Save": ButtonPayload("save", {"paper": "2602.12160"}),
        "Discuss in a thread": ButtonPayload("discuss", {"paper": "2602.12160"}),
        "More like this": ButtonPayload("similar", {"paper": "2602.12160"}),
        "Not for us": ButtonPayload("mute", {"what": "2602.12160"}),
        "Why this paper": ButtonPayload("why", {"paper": "2602.12160"}),
        "Share": ButtonPayload("show", {"paper": "2602.12160"}, share=True),
    }


def test_what_can_not_be_used_is_not_offered() -> None:
    message = render_private_answer(Answer(discussable(), shareable=True), asked("show"), unavailable={"discuss"})
    assert list(presses(message.payload)) == ["Save", "More like this", "Not for us", "Why this paper", "Share"]
    silent = render_private_answer(Answer(discussable(), shareable=True), asked("show"), can_share=False)
    assert "Share" not in presses(silent.payload)


def test_small_things_share_their_lists() -> None:
    payload = PRIVATE["follows"]()[0].payload
    labels = [each["placeholder"] for each in walked(payload["components"]) if each["type"] == 3]
    assert labels == ["Unfollow", "Mute", "Preview", "Unmute"]
    crowd = tuple(
        Item(f"i{n}", actions=tuple(Action(f"Do {m}", "do", {"n": f"{n} {m}"}) for m in range(6))) for n in range(9)
    )
    (message,) = sent(Card(items=crowd, actions=(Action("Help", "help"),)))
    (first, *_) = [each for each in walked(message.payload["components"]) if each["type"] == 3]
    assert (first["placeholder"], first["options"][0]["label"]) == ("Choose what to do", "Do 0: i0")


def test_what_can_be_shared_is_offered_where_others_are() -> None:
    answer = Answer(Card(text="x"), shareable=True)
    shared_ = presses(render_private_answer(answer, asked(query="video"), manager=True).payload)
    assert shared_ == {"Share": ButtonPayload("search", {"query": "video"}, share=True, manager=True)}
    alone = replace(asked(), channel=replace(PAPERS, kind=ChannelKind.DIRECT))
    assert presses(render_private_answer(answer, alone).payload) == {}
    assert presses(render_private_answer(Answer(Card(text="x")), asked()).payload) == {}


def test_only_the_chosen_role_is_pinged() -> None:
    first, *others = sent(cards.digest(*cards.TOPICS), role="30")
    assert first.payload["content"].startswith("<@&30> Fri 27 Feb: ")
    assert first.payload["allowed_mentions"] == {"parse": [], "roles": ["30"]}
    assert [each.payload["allowed_mentions"] for each in others] == [{"parse": []}] * len(others)
    assert sent(cards.digest(), role="30> @everyone") == sent(cards.digest())


def test_links_have_no_previews() -> None:
    assert all(each.payload["flags"] & SUPPRESS_EMBEDS for name in PRIVATE for each in PRIVATE[name]())
    assert sent(cards.digest())[0].payload["embeds"] == []


def test_pictures_have_words_and_only_safe_addresses() -> None:
    thumbnails = ("https://x.org/a.png", "http://x")
    papers = [replace(paper, thumbnail=at) for paper, at in zip(cards.listed(), thumbnails, strict=False)]
    (message,) = sent(Card(items=tuple(map(paper_items.build_paper_item, papers))), pictures=True)
    drawn = [each for each in walked(message.payload["components"]) if each["type"] == 11]
    assert [(each["media"]["url"], each["description"]) for each in drawn] == [
        ("https://x.org/a.png", "First page or figure of DreamID-Omni")
    ]


def test_a_mistake_shows_what_to_type() -> None:
    assert mistaken().payload["content"] == (
        "**Not done.** “serch” is not a command; did you mean “search”?\n\n-# For example: `/papers search graphs`"
    )
    answer = Answer(messages.build_mistake_card(Mistake("No.", "search `graphs`")))
    message = render_private_answer(answer, asked(), command_formatter=lambda line: f"/papers query:{line}")
    assert message.payload["content"].endswith("`/papers query:search ˋgraphsˋ`")
    said = Answer(Card(text="No.", footer=("For example: *graphs*",)))
    assert render_private_answer(said, asked()).payload["content"].endswith(r"For example: \*graphs\*"), "is no example"


def test_next_sends_are_everybodys_own_time() -> None:
    moments = {"Fri 27 Feb 09:00": 1772179200, "Mon 2 Mar 09:00 (Europe/Berlin)": 1772438400}
    card = Card(text="On. Next: Fri 27 Feb 09:00, Mon 2 Mar 09:00 (Europe/Berlin).", moments=moments)
    shown = "On. Next: <t:1772179200:f>, <t:1772438400:f>."
    assert private(card).payload["content"] == shown
    (posted,) = render_messages(card)
    assert posted.payload["content"] == shown
    (drawn,) = render_messages(card, pictures=True)
    assert [*texts(drawn.payload)][1:] == [shown]


def test_a_long_text_to_copy_is_attached_whole() -> None:
    whole = "{\n}" * 3000
    message = private(Card("Everything", code=whole))
    assert message.attachment == whole
    assert refused(message.payload) == []
    assert private(Card("Everything", code="{}")).attachment == ""


def test_a_form_is_not_a_message() -> None:
    with pytest.raises(TypeError):
        render_private_answer(Answer(Form("Title", "settings", ())), asked())


def test_a_post_is_named_for_its_paper() -> None:
    card = Card(
        items=(Item("A *title* " * 30, "https://x.org", number=3, text="Sense.", abstract="Whole.", paper="1"),)
    )
    (post,) = posted(card)
    assert post.payload["name"].startswith("A *title* A *title*")
    assert "Whole." in post.payload["message"]["content"]
    assert "3." not in post.payload["message"]["content"]
    assert posted(Card())[0].payload["name"] == "Untitled"


def test_a_link_of_a_paper_is_a_button_on_its_own_card() -> None:
    item = Item(
        "T", "https://x.org", text="A", paper="1", links=(Link("code", "https://y.org"), Link("bad", "http://z"))
    )
    payload = private(Card(items=(item,))).payload
    assert [each["url"] for each in walked(payload["components"]) if "url" in each] == ["https://y.org"]
    assert "y.org" in sent(Card(items=(item,)))[0].payload["content"]


def test_a_select_asks_for_nothing_by_itself() -> None:
    (message,) = MESSAGES["digest"]()
    (select,) = [each for each in walked(message.payload["components"]) if each["type"] == 3]
    with pytest.raises(Malformed):
        decode_payload(select["custom_id"])


@pytest.mark.parametrize("title", ["", "https://", "\u200b"])
def test_a_title_without_a_word_is_still_a_link(title: str) -> None:
    (message,) = sent(Card(items=(Item(title, "https://x.org", number=1),)))
    assert message.payload["content"].splitlines()[0] == "**1. [Untitled](https://x.org)**"
