"""Reasons: kept as codes with values, said in the language of whoever reads them, whatever stands in a row."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.errors import Gone, SourceDown, TryLater, get_reason
from bot.i18n.translation import ENGLISH, LANGUAGES, gettext, use_language
from bot.reasons.reason import (
    Reason,
    decode_reason,
    dump_reason,
    encode_reason,
    format_reason,
    list_names,
    load_reason,
    to_reason,
)
from bot.reasons.sentences import SENTENCES

ROOT = Path(__file__).parents[3]
OTHERS = [language for language in LANGUAGES if language != ENGLISH]
DAYS = (date(2026, 11, 23), date(2026, 11, 24))
ARCHIVED = Reason("channel.archived")
AWAY = Reason("workspace.unavailable", why=Reason("installation.uninstalled"))
MISSING = Reason("lists.missing", days=DAYS)


@pytest.mark.parametrize(
    ("reason", "english", "german"),
    [
        (ARCHIVED, "the channel was archived", "Der Kanal wurde archiviert"),
        (
            AWAY,
            "Broadsheet has no access to this workspace (it was uninstalled)",
            "Broadsheet hat keinen Zugang zu diesem Workspace (es wurde deinstalliert)",
        ),
        (
            MISSING,
            "Hugging Face did not answer for Mon 23 Nov and Tue 24 Nov",
            "Hugging Face hat für Mo., 23. Nov. und Di., 24. Nov. nicht geantwortet",
        ),
        (Reason("digest.few_votes", n=1), "no new paper had 1 vote", "Kein neues Paper hatte 1 Stimme"),
        (
            Reason("digest.few_votes", n=1300),
            "no new paper had 1,300 votes",
            "Kein neues Paper hatte 1.300 Stimmen",
        ),
        (Reason("follow.added", label="{0} {x}"), "follows “{0} {x}”", "„{0} {x}“ abonniert"),
        (to_reason("Discord's own words"), "Discord's own words", "Discord's own words"),
    ],
)
def test_a_reason_is_said_in_the_language_of_its_reader(reason: Reason, english: str, german: str) -> None:
    assert format_reason(reason) == english
    with use_language("de"):
        assert format_reason(reason) == german
        assert str(reason) == english, "for the log"


@pytest.mark.parametrize("language", OTHERS)
def test_what_it_holds_is_said_in_the_language_too(language: str) -> None:
    with use_language(language):
        assert gettext("it was uninstalled") in format_reason(AWAY)
        assert "access" not in format_reason(AWAY)


@pytest.mark.parametrize(
    "reason",
    [
        ARCHIVED,
        AWAY,
        MISSING,
        to_reason(""),
        to_reason("{not} JSON"),
        to_reason('{"code":"channel.archived"}'),
        Reason("access.changed", before=Reason("policy.members"), after=Reason("policy.admins")),
        Reason("delivery.given_up", attempts=8, why=Reason("lists.missing", days=(*DAYS,))),
    ],
)
def test_what_is_kept_comes_back(reason: Reason) -> None:
    assert decode_reason(encode_reason(reason)) == reason
    assert load_reason(dump_reason(reason)) == reason


def test_nothing_is_kept_as_nothing() -> None:
    assert encode_reason(None) == ""
    assert decode_reason("") is None


@pytest.mark.parametrize(
    "kept",
    [
        "the channel was deleted",
        "429",
        "null",
        "[]",
        '"text"',
        "{",
        "{}",
        '{"code":7}',
        '{"code":"text","values":[]}',
        '{"code":"text","values":{"text":null}}',
        '{"code":"text","values":{"text":{"date":"yesterday"}}}',
        '{"code":"text","values":{"text":{"date":5}}}',
    ],
)
def test_what_is_no_reason_is_a_text_and_said_as_it_is(kept: str) -> None:
    found = decode_reason(kept)
    assert found == to_reason(kept)
    with use_language("de"):
        assert format_reason(to_reason(kept)) == kept


@pytest.mark.parametrize(
    "reason", [Reason("channel.eaten"), Reason("workspace.unavailable"), Reason("digest.few_votes")]
)
def test_what_has_no_sentence_is_said_by_its_code(reason: Reason) -> None:
    """A newer version may have written it, or a hand."""
    assert format_reason(reason) == reason.code


def test_a_count_that_is_none_breaks_nothing() -> None:
    assert format_reason(Reason("digest.few_votes", n="many")) == "no new paper had 0 votes"


def test_errors_carry_their_reason() -> None:
    assert (Gone(ARCHIVED).reason, str(Gone(ARCHIVED))) == (ARCHIVED, "the channel was archived")
    assert get_reason(TryLater("busy", 3)) == to_reason("busy")
    assert get_reason(SourceDown(AWAY)) == AWAY
    assert get_reason(ValueError("what?")) == to_reason("what?")


def test_reasons_that_are_alike_are_one() -> None:
    assert len({AWAY, Reason("workspace.unavailable", why=Reason("installation.uninstalled")), ARCHIVED}) == 2


MAKERS = {"Reason": (0, set[str]()), "_explain": (0, {"platform"}), "build_reason": (1, {"title"})}
"""What makes reasons: where the code stands, and which values it gives by itself."""


def _list_calls() -> Iterator[tuple[str, str, set[str]]]:
    """Yield the place, the code and the names of each reason that the source makes, where they are written there."""
    for path in sorted(path for folder in ("bot", "adapters", "storage") for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and name in MAKERS:
                place, given = MAKERS[name]
                code = node.args[place]
                if isinstance(code, ast.Constant):
                    names = given | {keyword.arg for keyword in node.keywords if keyword.arg}
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", str(code.value), names


def test_every_reason_of_the_source_has_a_sentence_that_holds_its_values() -> None:
    calls = list(_list_calls())
    assert len(calls) > 100
    wrong = [place for place, code, names in calls if names != list_names(SENTENCES.get(code, ""))]
    assert not wrong, "\n".join(wrong)
    unknown = [place for place, code, _ in calls if code not in SENTENCES]
    assert not unknown, "\n".join(unknown)
