"""Every answer in another language: nothing that the table says is English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.cards.models import Action, Card, Form
from bot.commands.context import get_direct_channel
from bot.domain.channels import ChannelKind
from bot.i18n import translation
from bot.ports.commands import Request
from tests.bot.commands.conftest import ADA, BOB, PAPERS, TITLES, Room

WIDE = {ord(c): ord(c) + 0xFEE0 for c in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"}
"""Latin letters, as wide as Japanese ones: what is made of them went through the catalogues."""
LINES = (
    "help", "help search", "help follow", "today", "today 2026-11-20", "today 2026-11-21", "new", "search method",
    "search zzzz", "search method since:2026-11-23 category:cs.CL", "show 2611.23000", "show 9999.99999", "show #3",
    "like 2611.23000", "save 2611.23000", "save 2611.23000", "saved", "unsave 2611.23000", "follow", "follow method",
    "follow method", "follow diffusoin", "follow speculative where:here", "follow speculative where:here alerts:yes",
    "follows", "follows where:workspace", "preview method", "mute 2611.23001", "mute 2611.23001", "unmute 2611.23001",
    "mute speculative", "why 2611.23000", "digest on", "digest on start:now", "digest on", "digest now", "settings",
    "settings time:10:30 days:mon,wed number:3 topics:caching", "settings time:25:00", "pause", "pause", "resume",
    "resume", "pause 2026-12-01", "pause 2020-01-01", "status", "why 2611.23000", "log", "undo", "undo", "digest off",
    "digest off", "digest access", "digest access admins", "digest access members", "member exclude U012ABCDEF",
    "member exclude U012ABCDEF", "member readmit U012ABCDEF", "member limit", "member limit 5", "me", "me export",
    "me forget", "me forget confirm:yes", "discuss 2611.23000", "setup", "within", "folow x", "search",
    "today nonsense",
    "settings number:11 zone:Atlantis days:never cadence:yearly", "unfollow nothing", "unmute nothing", "page 3",
)  # fmt: skip
OURS = re.compile(r"[A-Za-z]{3,}")
THEIRS = re.compile(
    r"https?://\S+|\b(arXiv|Hugging Face|alphaXiv|Slack|Discord|Broadsheet|JSON|PDF|IANA|Code|Abstract)\b|Europe/\w+"
    r"|“[^”]*”|„[^“]*“|#papers|cs\.\w+|\d{4}\.\d{5}"
)
"""What no catalogue translates: names, addresses, ids, zones, and what stands in quotation marks."""


MOMENT = re.compile(r"\b\w{3} \d{1,2} \w{3} \d\d:\d\d\b")


class Widened:
    """A catalogue of every sentence there is."""

    def gettext(self, sentence: str) -> str:
        return re.sub(
            r"\{[^}]*\}|“[^”]*”|[^{“]+", lambda m: m[0] if m[0][0] in "{“" else m[0].translate(WIDE), sentence
        )

    def ngettext(self, one: str, several: str, number: int) -> str:
        return self.gettext(one if number == 1 else several)


@pytest.fixture
def widened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Japanese is one's own language here: Babel writes its dates and lists without any Latin letter."""
    monkeypatch.setattr(translation, "_load_catalogue", lambda _: Widened())


def said(body: Card | Form) -> Iterator[str]:
    """Yield what the table itself says in an answer."""
    if isinstance(body, Form):
        yield from (body.title, *body.preview, body.submit, body.note)
        for each in body.fields:
            yield from (each.label, each.mistake)
            yield from (label for value, label in each.choices if label != translation.LANGUAGES.get(value))
        return
    yield from (body.text, *body.folio, *body.footer)
    yield from (body.title if not body.title.isascii() else "",)
    for item in body.items:
        if not item.paper:
            # What a parameter takes is typed as it stands there, whatever one's language.
            yield from (item.section, *(() if body.title.isascii() else item.notes))
    yield from (action.label for action in actions(body))


def actions(card: Card) -> Iterator[Action]:
    yield from card.actions
    for item in card.items:
        yield from item.actions


async def test_nothing_of_an_answer_is_english(room: Room, widened: None) -> None:
    left: list[str] = []
    names = {word for titles in TITLES.values() for title in titles for word in title.split()}
    known = {"Ada", "Bob", "Yann", "Example", "Lovelace", *names, "method", "speculative", "caching", "diffusoin"}
    known |= {"weekdays", "mon", "wed", "fri", "daily", "weekly", "monthly", "text", "query", "Canada", "Atlantic"}
    for line in LINES:
        for person in (ADA, BOB):
            body = (await room.send(line, person=person, locale="ja", channel_locale="ja")).body
            with translation.use_language("ja"):
                for text in said(body):
                    words = set(OURS.findall(THEIRS.sub(" ", text))) - known
                    if words:
                        left.append(f"{line}: {text} -> {sorted(words)}")
            room.later(seconds=10)
    assert not left, "\n".join(dict.fromkeys(left))


async def test_an_answer_knows_every_moment_that_it_names(room: Room) -> None:
    moments = set()
    for line in LINES:
        body = (await room.send(line)).body
        moments |= {(line, found in body.moments) for found in MOMENT.findall(repr(replace(body, moments={})))}
        room.later(seconds=10)
    assert {line for line, known in moments if not known} == set()
    assert {line for line, _ in moments} > {"status", "log", "digest on", "pause 2026-12-01", "settings"}


async def test_japanese_and_chinese_sentences_stand_side_by_side(room: Room) -> None:
    spaced = []
    for line in LINES:
        for code in ("ja", "zh"):
            body = (await room.send(line, locale=code, channel_locale=code)).body
            spaced += [(line, text) for text in said(body) if re.search(r"。 ", text)]
        room.later(seconds=10)
    assert not spaced


async def test_each_is_answered_in_their_own_language(room: Room) -> None:
    german = await room.card("follows", locale="de")
    french = await room.card("follows", locale="fr-FR")
    assert (german.language, french.language) == ("de", "fr")
    assert german.title != french.title != (await room.card("follows")).title


async def test_what_is_shared_is_in_the_language_of_the_channel(room: Room) -> None:
    await room.send("settings language:de")
    said = await room.table.answer(
        Request("s1", PAPERS, ADA, room.now, "search", {"query": "method"}, share=True, locale="fr")
    )
    assert isinstance(said.body, Card)
    assert said.body.language == "fr"
    (posted,) = await room.stores.ledger.claim(room.now, room.now, 10)
    assert posted.card.language == "de"


async def test_a_channel_begins_in_the_language_of_its_place(room: Room) -> None:
    request = room.request("settings", {}, channel_locale="de-DE", locale="fr")
    assert (await room.table.context.load_channel_state(request)).preferences.language == "de"
    await room.send("settings language:es")
    assert (await room.table.context.load_channel_state(request)).preferences.language == "es", "what was chosen stays"


async def test_english_can_be_chosen_where_others_speak_another(room: Room) -> None:
    await room.send("digest on start:next", channel_locale="de-DE", locale="de")
    assert (await room.card("settings language:en", channel_locale="de-DE")).text.startswith(
        "Saved for #papers: language"
    )
    standing = await room.table.context.load_channel_state(
        room.request("settings", {}, channel_locale="de-DE", locale="de")
    )
    assert standing.preferences.language == "en"


async def test_the_alerts_of_a_channel_without_a_digest_are_in_the_language_of_its_place(room: Room) -> None:
    await room.send("follow method where:here alerts:yes", channel_locale="de-DE", locale="fr")
    standing = await room.stores.channels.get(PAPERS)
    assert standing is not None
    assert standing.preferences.language == "de"


async def test_the_log_is_told_in_the_language_of_who_reads_it(room: Room) -> None:
    await room.send("digest on start:next", locale="fr")
    await room.send("settings number:3 topics:caching", locale="fr")
    await room.send("follow speculative where:here", locale="fr")
    await room.send("pause", locale="fr")
    german = [item.title for item in (await room.card("log", locale="de")).items]
    english = [item.title for item in (await room.card("log")).items]
    assert english == [
        "pauses everything", "follows “speculative”", "sets number 5 → 3; topics + caching", "turns the digest on",
    ]  # fmt: skip
    with translation.use_language("de"):
        topics = translation.gettext("topics + {topic}", topic="caching")
        changed = f"{translation.gettext('Number')} 5 → 3; {topics}"
        assert german == [
            translation.gettext("pauses everything"),
            translation.gettext("follows “{label}”", label="speculative"),
            translation.gettext("sets {changes}", changes=changed),
            translation.gettext("turns the digest on"),
        ]
    assert not set(english) & set(german)


async def test_who_follows_is_written_to_in_their_language(room: Room) -> None:
    request: dict[str, Any] = {"person": BOB, "locale": "ja"}
    await room.send("follow method", **request)
    own = get_direct_channel(room.request("me", {}, person=BOB))
    standing = await room.stores.channels.get(own)
    assert own.kind is ChannelKind.DIRECT
    assert standing is not None
    assert standing.preferences.language == "ja"
    await room.send("follow attention", person=BOB, locale="de")
    standing = await room.stores.channels.get(own)
    assert standing is not None
    assert standing.preferences.language == "ja", "it is noted once"
