"""Modals and lists: each question within Discord's limits, each answer as a person would type it."""

from __future__ import annotations

import pytest

from adapters.discord.forms import fields, modal
from bot.cards.models import Field
from tests.servers.discord import pressing, rules


def test_a_modal_asks_five_questions_with_what_holds_now() -> None:
    asked = [Field(f"q{n}", f"Question {n}", value=str(n), hint=f"Hint {n}", required=n == 0) for n in range(7)]
    window = modal.build_modal("A title that is longer than Discord would ever take", asked, "f;typed.;0")
    assert list(rules.components(window["components"], new=True)) == []
    assert window["title"] == "A title that is longer than Discord would…"
    assert len(window["components"]) == 5
    assert window["components"][0] == {
        "type": 18,
        "label": "Question 0",
        "description": "Hint 0",
        "component": {
            "type": 4,
            "custom_id": "q0",
            "style": 1,
            "required": True,
            "max_length": 4000,
            "value": "0",
        },
    }


def test_topics_are_written_one_a_line() -> None:
    (question,) = modal.build_modal("T", [Field("topics", "Topics", "topics", "a; b,c ;; d")], "x")["components"]
    assert question["component"]["value"] == "a\nb,c\nd"
    assert (question["component"]["style"], question["description"]) == (2, "One a line")


@pytest.mark.parametrize(
    ("field", "hint"),
    [
        (Field("n", "N", "number", minimum=1, maximum=10), "1 to 10"),
        (Field("n", "N", "number", hint="Papers", minimum=1, maximum=10), "Papers"),
        (Field("n", "N", hint="Papers", mistake="Not so."), "Not so."),
        (Field("n", "N"), None),
    ],
)
def test_hints(field: Field, hint: str | None) -> None:
    (question,) = modal.build_modal("T", [field], "x")["components"]
    assert question.get("description") == hint


def test_what_was_typed_is_read_whatever_it_stands_in() -> None:
    window = modal.build_modal("T", [Field("a", "A"), Field("b", "B", "topics")], "x")
    rows = pressing.filled(window, {"A": " 9:30 ", "B": "one\n\n two \r\nthree"})
    assert modal.read_arguments({"components": rows}) == {"a": "9:30", "b": "one; two; three"}
    older = {"components": [{"type": 1, "components": [{"type": 4, "custom_id": "a", "value": "x"}]}]}
    assert modal.read_arguments(older) == {"a": "x"}
    assert modal.read_arguments({"components": [{"component": {"custom_id": "a", "value": None}}]}) == {"a": ""}
    assert modal.read_arguments({}) == {}


def test_a_choice_without_anything_to_choose_is_typed() -> None:
    assert fields.is_text_input(Field("c", "C", "choice"))
    assert fields.has_select(Field("c", "C", "choice", choices=(("a", "A"),)))
    many = Field("c", "C", "choice", "v3", choices=tuple((f"v{n}", f"V {n}") for n in range(40)))
    drawn = fields.build_field_select(many, "x")
    assert len(drawn["options"]) == 25
    assert [option["value"] for option in drawn["options"] if option["default"]] == ["v3"]
