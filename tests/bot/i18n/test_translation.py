"""Languages: every sentence in each catalogue, plurals and dates as people write them, and channels side by side."""

from __future__ import annotations

import ast
import asyncio
import json
import re
import string
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from adapters.discord.rendering.messages import render_messages
from adapters.slack.rendering.messages import render_message
from bot.cards import models
from bot.cards.models import Card
from bot.commands.papers.lookup import build_detailed_item
from bot.digests import composition
from bot.domain.feed import DayState, FeedDay
from bot.domain.preferences import Preferences
from bot.domain.topics.parser import parse_topic
from bot.i18n import formatting
from bot.i18n.translation import (
    ENGLISH,
    LANGUAGES,
    get_current_language,
    gettext,
    match_language,
    ngettext,
    use_language,
)
from docs import messages
from tests.adapters.slack.cards import digest
from tests.papers import paper

ROOT = Path(__file__).parents[3]
OTHERS = [language for language in LANGUAGES if language != ENGLISH]
TUESDAY = date(2026, 11, 24)


def names(text: str) -> set[str]:
    """Return the {names} of a sentence."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def sentences(language: str) -> Iterator[Message]:
    yield from (message for message in messages.read_catalogue(language) if message.id)


def both(message: Message) -> tuple[list[str], list[str]]:
    """Return what stands in a catalogue for a message, in English and translated, each in all its plurals."""
    english = list(message.id) if isinstance(message.id, (list, tuple)) else [message.id]
    said = list(message.string) if isinstance(message.string, (list, tuple)) else [message.string]
    return english, [text or "" for text in said]


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_is_missing_and_none_is_left_over(language: str) -> None:
    """`python -m docs.messages` brings the catalogues up to date."""
    said = {tuple(m.id) if isinstance(m.id, (list, tuple)) else m.id for m in sentences(language)}
    assert said == set(messages.collect_sentences())


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated_with_its_names_and_plurals(language: str) -> None:
    plurals = messages.read_catalogue(language).num_plurals
    for message in sentences(language):
        english, said = both(message)
        assert all(said), f"{english[0]!r} has no translation"
        assert not message.fuzzy
        assert len(said) == (plurals if len(english) > 1 else 1), english
        for text in said:
            assert names(text) == names(english[-1]), f"{text!r} fills other names than {english[-1]!r}"


def test_sentences_are_extracted() -> None:
    found = messages.collect_sentences()
    assert "adapters/slack/rendering/items.py" in found["matches {reasons}"]
    assert ("{n} vote", "{n} votes") in found


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de-AT", "de"), ("pt-BR", "en"), ("zh-CN", "zh"), ("en-GB", "en"), ("", "en"), ("es_419", "es"), ("ja", "ja")],
)
def test_a_locale_is_answered_in_the_nearest_language(locale: str, language: str) -> None:
    assert match_language(locale) == language


@pytest.mark.parametrize(
    ("language", "one", "several", "day"),
    [
        ("en", "1 vote", "1,300 votes", "Tue 24 Nov"),
        ("de", "1 Stimme", "1.300 Stimmen", "Di., 24. Nov."),
        ("fr", "1 vote", "1\u202f300 votes", "mar. 24 nov."),
        ("es", "1 voto", "1.300 votos", "mar, 24 nov"),
        ("ja", "1票", "1,300票", "11月24日(火)"),
        ("zh", "1 票", "1,300 票", "11月24日周二"),
    ],
)
def test_numbers_and_dates_are_those_of_the_language(language: str, one: str, several: str, day: str) -> None:
    with use_language(language):
        assert formatting.format_count(1, "vote") == one
        assert formatting.format_count(1300, "vote") == several
        assert formatting.format_day(TUESDAY) == day


def test_french_counts_nothing_in_the_singular() -> None:
    with use_language("fr"):
        assert formatting.format_count(0, "paper") == "0 article"


@pytest.mark.parametrize(
    ("language", "people", "papers"), [("de", "und 1 weitere Person", "1 weiteres"), ("ja", "ほか1名", "ほか1件")]
)
def test_those_left_out_are_counted_as_what_they_are(language: str, people: str, papers: str) -> None:
    many = paper("2611.00001", authors=tuple(f"Author {n}" for n in range(13)))
    day = FeedDay(TUESDAY, DayState.OK, (many.id,))
    with use_language(language):
        assert build_detailed_item(many, datetime(2026, 11, 24, 8, tzinfo=UTC)).notes[-1].endswith(people)
        left = composition.DigestContent((many,), (), total_count=2, omitted_count=1)
        assert composition.build_digest_card(left, (), [day], Preferences(), TUESDAY).footer == (papers,)


async def test_two_who_speak_at_once_do_not_mix() -> None:
    async def count(language: str) -> list[str]:
        with use_language(language):
            said = []
            for _ in range(20):
                await asyncio.sleep(0)
                said.append(formatting.format_count(2, "paper"))
            return said

    german, japanese, english = await asyncio.gather(count("de"), count("ja"), count("en"))
    assert (set(german), set(japanese), set(english)) == ({"2 Paper"}, {"論文2件"}, {"2 papers"})
    assert get_current_language() == ENGLISH


def test_braces_in_what_people_wrote_are_left_alone() -> None:
    with use_language("de"):
        assert gettext("matches {reasons}", reasons="{0} {x}") == "passt zu {0} {x}"
        assert ngettext("{n} vote", "{n} votes", 2) == "2 Stimmen"


def test_a_card_knows_its_language_wherever_it_is_read() -> None:
    with use_language("ja"):
        card = Card(text="x")
        kept = models.dump_card(card)
    assert kept["language"] == "ja"
    with use_language("de"):
        assert models.load_card(kept) == card
        assert models.load_card({"v": models.VERSION, "text": "x"}).language == ENGLISH, (
            "of before there were languages"
        )
    assert "language" not in models.dump_card(Card(text="x"))


@pytest.mark.parametrize("language", OTHERS)
def test_a_digest_has_no_english_left(language: str) -> None:
    """What is said is translated; what papers, people and topics are called is not."""
    english = digest("diffusion", "world model")
    with use_language(language):
        other = digest("diffusion", "world model")
    assert [item.title for item in other.items] == [item.title for item in english.items]
    assert [item.text for item in other.items] == [item.text for item in english.items]
    said = [*other.folio, *other.footer, *(action.label for action in other.actions)]
    was = [*english.folio, *english.footer, *(action.label for action in english.actions)]
    labels = {action.label for item in other.items for action in item.actions}
    assert not labels & {"Save", "More like this", "Not for us", "Why this paper"}
    assert not [
        text for text, before in zip(said, was, strict=True) if text == before and not re.fullmatch(r"\W*", text)
    ]
    assert {item.section for item in other.items} & {"Your topics"} == set()


def test_it_is_drawn_in_its_language_wherever_it_is_sent() -> None:
    with use_language("de"):
        card = digest("diffusion")
    drawn = [message.payload for message in render_messages(card)]
    told = json.dumps([render_message(card).blocks, drawn], ensure_ascii=False)
    assert told.count("19 Stimmen") == 3, "in both, and in the list to choose from"
    assert "passt zu „diffusion“" in told
    assert "Paper auswählen" in told
    assert not [word for word in ("votes", "matches", "Pick a paper", "more match", "Abstract, ") if word in told]


def test_why_a_paper_matches_is_said_in_the_language() -> None:
    one = paper("2611.00001", "Sparse Attention")
    with use_language("de"):
        assert str(parse_topic("sparse attention").explain(one)) == "„sparse attention“ im Titel"


def test_moments_are_local() -> None:
    with use_language("de"):
        assert formatting.format_moment(datetime(2026, 11, 24, 8, tzinfo=UTC), "Europe/Berlin") == "Di., 24. Nov. 09:00"


def test_a_card_knows_the_moments_that_it_names_and_no_two_that_are_written_alike() -> None:
    nine = datetime(2026, 11, 24, 8, 0, 59, tzinfo=UTC)
    with use_language("en"):
        first = formatting.format_moment(nine, "Europe/Berlin")
        with use_language("de"):
            formatting.format_moment(nine, "Asia/Tokyo")
        assert Card(text=first).moments == {"Tue 24 Nov 09:00": 1795507200}
        formatting.format_moment(nine.replace(hour=14), "America/New_York")
        assert Card(text=first).moments == {}, "neither of them, for nobody can tell which is meant"
    assert Card(text=formatting.format_moment(nine, "UTC")).moments == {}


def test_a_date_that_ends_a_sentence_brings_its_own_dot() -> None:
    with use_language("de"):
        said = gettext("The newest list is that of {day}.", day=formatting.format_day(TUESDAY))
    assert said.endswith(" 24. Nov.")
    assert gettext("Wait{more}", more="...") == "Wait..."


FIRST = {"Mistake", "build_text_answer", "Action", "Link", "Card", "Form", "Item", "SourceDown", "SourceRefused"}
SECOND = {"Field"}
"""What is given a sentence as what comes first, or second, or by one of these names."""
SAID = {"text", "title", "fallback", "label", "hint", "submit", "note", "summary"}
COMMAND_LINE = {
    "adapters/discord/cli.py",
    "bot/cli",
    "bot/config.py",
    "bot/bootstrap/context.py",
    "bot/sources/file_import.py",
}
"""What is said there is said to operators, in English."""
PROPER = {"Broadsheet", "arXiv", "PDF", "Hugging Face", "alphaXiv", "GitHub"}


def test_nothing_is_said_that_no_catalogue_knows() -> None:
    """What is written bare where a sentence belongs stays English, whatever the language."""
    bare = []
    places = [*sorted((ROOT / "bot").rglob("*.py")), *sorted((ROOT / "adapters" / "discord").rglob("*.py"))]
    operators = {path for name in COMMAND_LINE for path in (ROOT / name, *(ROOT / name).rglob("*.py"))}
    for path in (each for each in places if each not in operators):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name not in FIRST | SECOND:
                continue
            first = call.args[1:2] if name in SECOND else call.args[:1]
            given = [*first, *(word.value for word in call.keywords if word.arg in SAID)]
            for each in given:
                found = constants.get(each.id) if isinstance(each, ast.Name) else each
                if found is not None and (text := _english(found)):
                    bare.append(f"{path.relative_to(ROOT)}:{call.lineno}: {text}")
    assert not bare, "\n".join(bare)


def _english(node: ast.expr) -> str:
    """Return the words that an expression says by itself."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
    elif isinstance(node, ast.JoinedStr):
        text = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
    elif isinstance(node, ast.IfExp):
        return _english(node.body) or _english(node.orelse)
    else:
        return ""
    return text if re.search(r"[A-Za-z]{3}", text) and text not in PROPER else ""
