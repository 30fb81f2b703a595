"""What rides in a button, and what is kept for it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.common.button_payload import ButtonPayload
from adapters.slack.rendering.action_value import (
    MAX_BUTTON_VALUE,
    MAX_OPTION_VALUE,
    decode_payload,
    encode_payload,
    restore_payload,
)
from adapters.slack.rendering.buttons_and_menus import ComponentBuilder
from bot.cards.models import Action
from bot.errors import Malformed
from tests.adapters.slack.hostile import TEXT

PRESSES = st.builds(
    ButtonPayload, TEXT, st.dictionaries(TEXT, TEXT, max_size=3), modal=st.booleans(), share=st.booleans()
)


@given(PRESSES, st.sampled_from([MAX_OPTION_VALUE, MAX_BUTTON_VALUE]))
def test_what_is_sealed_is_opened(press: ButtonPayload, longest: int) -> None:
    value, kept = encode_payload(press, longest)
    assert len(value) <= longest
    opened = decode_payload(value)
    found = opened if isinstance(opened, ButtonPayload) else restore_payload(json.loads(json.dumps(kept[opened])))
    assert found == press
    assert bool(kept) == isinstance(opened, str)


def test_a_token_is_that_of_its_content() -> None:
    long = ButtonPayload("follow", {"topic": "x" * 200})
    value, kept = encode_payload(long, MAX_OPTION_VALUE)
    assert (len(value), list(kept)) == (32, [value])
    assert encode_payload(long, MAX_OPTION_VALUE)[0] == value
    assert encode_payload(ButtonPayload("follow", {"topic": "y" * 200}), MAX_OPTION_VALUE)[0] != value
    assert encode_payload(long, MAX_BUTTON_VALUE)[1] == {}


@pytest.mark.parametrize("value", ["{", "{}", '{"c":"show"}', '{"c":"show","a":[]}', '{"a":{}}'])
def test_what_is_not_ours_is_refused(value: str) -> None:
    with pytest.raises(Malformed):
        decode_payload(value)


def test_names_differ_and_say_what_they_are() -> None:
    pad = ComponentBuilder()
    save = Action("Save", "save", {"paper": "1"}, "Dream")
    drawn = [
        pad.build_button(save),
        pad.build_overflow_menu([("Save", pad.build_payload(save))]),
        pad.build_select("Help", [("save", pad.build_payload(save))]),
    ]
    assert [each["action_id"] for each in drawn] == ["press:1", "menu:2", "menu:3"]
    assert drawn[0]["accessibility_label"] == "Save: Dream"


def test_what_tells_of_one_thing_opens_a_window() -> None:
    assert ComponentBuilder(modal_commands={"why"}).build_payload(Action("Why", "why")).modal
    assert not ComponentBuilder(modal_commands={"why"}).build_payload(Action("Save", "save")).modal
    assert ComponentBuilder(in_modal=True).build_payload(Action("Save", "save")).modal


def test_a_menu_keeps_what_its_rows_can_not_hold() -> None:
    pad = ComponentBuilder()
    rows = [(name, ButtonPayload("save", {"paper": name * 100})) for name in ("a", "bc", "d", "e", "f", "g")]
    menu = pad.build_overflow_menu(rows)
    assert len(menu["options"]) == 5
    assert set(pad.stored_data) == {menu["options"][1]["value"]}


def test_long_values_ride_while_there_is_room() -> None:
    pad = ComponentBuilder()
    drawn = [pad.build_button(Action(name, "search", {"query": name * 1000})) for name in "abc"]
    assert [len(each["value"]) > 1000 for each in drawn] == [True, True, False]
    assert set(pad.stored_data) == {drawn[2]["value"]}
    assert pad.build_button(Action("d", "search", {"query": "d" * 200}))["value"] not in pad.stored_data


@pytest.mark.parametrize("letter", ["語", "д", "a"])
def test_every_script_rides_alike(letter: str) -> None:
    assert encode_payload(ButtonPayload("search", {"query": letter * 500}), MAX_BUTTON_VALUE)[1] == {}


def test_rows_that_ask_for_the_same_are_one() -> None:
    same = ButtonPayload("save", {"paper": "1"})
    menu = ComponentBuilder().build_select(
        "Save", [("One", same), ("Two", same), ("Three", ButtonPayload("save", {"paper": "3"}))]
    )
    assert [option["text"]["text"] for option in menu["options"]] == ["One", "Three"]
