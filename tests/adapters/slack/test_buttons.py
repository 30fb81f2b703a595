"""What rides in a button, and what is kept for it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.buttons import Pad
from adapters.slack.presses import BUTTON, OPTION, Press, open_, seal, unfold
from bot.cards import Action
from bot.errors import Malformed
from tests.adapters.slack.hostile import TEXT

PRESSES = st.builds(Press, TEXT, st.dictionaries(TEXT, TEXT, max_size=3), modal=st.booleans(), share=st.booleans())


@given(PRESSES, st.sampled_from([OPTION, BUTTON]))
def test_what_is_sealed_is_opened(press: Press, longest: int) -> None:
    value, kept = seal(press, longest)
    assert len(value) <= longest
    opened = open_(value)
    found = opened if isinstance(opened, Press) else unfold(json.loads(json.dumps(kept[opened])))
    assert found == press
    assert bool(kept) == isinstance(opened, str)


def test_a_token_is_that_of_its_content() -> None:
    long = Press("follow", {"topic": "x" * 200})
    value, kept = seal(long, OPTION)
    assert (len(value), list(kept)) == (32, [value])
    assert seal(long, OPTION)[0] == value
    assert seal(Press("follow", {"topic": "y" * 200}), OPTION)[0] != value
    assert seal(long, BUTTON)[1] == {}


@pytest.mark.parametrize("value", ["{", "{}", '{"c":"show"}', '{"c":"show","a":[]}', '{"a":{}}'])
def test_what_is_not_ours_is_refused(value: str) -> None:
    with pytest.raises(Malformed):
        open_(value)


def test_names_differ_and_say_what_they_are() -> None:
    pad = Pad()
    save = Action("Save", "save", {"paper": "1"}, "Dream")
    drawn = [pad.button(save), pad.menu([("Save", pad.press(save))]), pad.choice("Help", [("save", pad.press(save))])]
    assert [each["action_id"] for each in drawn] == ["press:1", "menu:2", "menu:3"]
    assert drawn[0]["accessibility_label"] == "Save: Dream"


def test_what_tells_of_one_thing_opens_a_window() -> None:
    assert Pad().press(Action("Why", "why")).modal
    assert not Pad().press(Action("Save", "save")).modal
    assert Pad(modal=True).press(Action("Save", "save")).modal


def test_a_menu_keeps_what_its_rows_can_not_hold() -> None:
    pad = Pad()
    rows = [(name, Press("save", {"paper": name * 100})) for name in ("a", "bc", "d", "e", "f", "g")]
    menu = pad.menu(rows)
    assert len(menu["options"]) == 5
    assert set(pad.kept) == {menu["options"][1]["value"]}


def test_long_values_ride_while_there_is_room() -> None:
    pad = Pad()
    drawn = [pad.button(Action(name, "search", {"query": name * 1000})) for name in "abc"]
    assert [len(each["value"]) > 1000 for each in drawn] == [True, True, False]
    assert set(pad.kept) == {drawn[2]["value"]}
    assert pad.button(Action("d", "search", {"query": "d" * 200}))["value"] not in pad.kept


@pytest.mark.parametrize("letter", ["語", "д", "a"])
def test_every_script_rides_alike(letter: str) -> None:
    assert seal(Press("search", {"query": letter * 500}), BUTTON)[1] == {}


def test_rows_that_ask_for_the_same_are_one() -> None:
    same = Press("save", {"paper": "1"})
    menu = Pad().choice("Save", [("One", same), ("Two", same), ("Three", Press("save", {"paper": "3"}))])
    assert [option["text"]["text"] for option in menu["options"]] == ["One", "Three"]
