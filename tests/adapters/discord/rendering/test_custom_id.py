"""What buttons ask for: in their custom_id, or kept beside it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.common.button_payload import ButtonPayload
from adapters.discord.rendering.buttons_and_selects import ComponentBuilder, SelectOption
from adapters.discord.rendering.custom_id import MAX_CUSTOM_ID_LENGTH, decode_payload, encode_payload, restore_payload
from bot.cards.models import Action
from bot.errors import Malformed
from tests.adapters.slack.hostile import TEXT

PRESSES = st.builds(
    ButtonPayload,
    TEXT,
    st.dictionaries(TEXT, TEXT, max_size=3),
    share=st.booleans(),
    manager=st.booleans(),
    channel=st.sampled_from(["", "20", "a;b"]),
)


@given(press=PRESSES, longest=st.sampled_from([84, MAX_CUSTOM_ID_LENGTH]))
def test_what_is_sealed_is_opened(press: ButtonPayload, longest: int) -> None:
    value, kept = encode_payload(press, longest)
    assert len(value) <= longest
    opened = decode_payload(f"{value};k=abcdefghij.0")
    assert (opened if isinstance(opened, ButtonPayload) else restore_payload(kept[opened])) == press


def test_what_is_short_rides_readably() -> None:
    assert encode_payload(ButtonPayload("show", {"paper": "2602.12160"})) == ("p;show;paper=2602.12160;", {})
    press = ButtonPayload("digest now", {"a": "1&2;3", "b": ""}, share=True, manager=True, channel="20")
    assert encode_payload(press)[0] == "p;digest%20now;a=1%262%3B3&b=;s,m,h=20"


def test_what_is_long_is_kept_once() -> None:
    press = ButtonPayload("follow", {"topic": "x" * 100})
    value, kept = encode_payload(press)
    assert value == f"t;{next(iter(kept))}"
    assert encode_payload(press) == (value, kept)
    assert restore_payload(kept[value.removeprefix("t;")]) == press


@pytest.mark.parametrize("value", ["", "x", "p", "p;show", "p;show;", "t;", "t;123", "c;0", "f;save.;1", "{}"])
def test_what_is_not_ours_is_refused(value: str) -> None:
    with pytest.raises(Malformed):
        decode_payload(value)


def test_the_first_thing_carries_the_mark_and_nothing_is_there_twice() -> None:
    pad = ComponentBuilder("abcdefghij.2")
    save = Action("Save", "save", {"paper": "1"}, style="main")
    drawn = [
        *pad.build_button(save),
        *pad.build_button(Action("Keep", "save", {"paper": "1"})),
        *pad.build_button(Action("Why", "why")),
    ]
    assert [(each["label"], each["style"], each["custom_id"]) for each in drawn] == [
        ("Save", 1, "p;save;paper=1;;k=abcdefghij.2"),
        ("Why", 2, "p;why;;"),
    ]
    rows = [
        SelectOption("One", ButtonPayload("show", {"paper": "1"})),
        SelectOption("One again", ButtonPayload("show", {"paper": "1"}), "about"),
    ]
    assert pad.build_select("Pick", rows)["options"] == [{"label": "One", "value": "p;show;paper=1;"}]


def test_a_managers_panel_marks_its_buttons() -> None:
    (button,) = ComponentBuilder(manager=True).build_button(Action("Pause", "pause", channel="20"))
    assert decode_payload(button["custom_id"]) == ButtonPayload("pause", {}, manager=True, channel="20")
