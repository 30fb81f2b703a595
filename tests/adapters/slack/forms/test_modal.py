"""Forms as modals: drawn, answered, and read back as a person would type it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.features import FEATURES
from adapters.slack.forms import modal
from adapters.slack.forms.private_metadata import PrivateMetadata, unpack_metadata
from bot.cards.models import Field, Form
from bot.commands.preferences.fields import SETTING_FIELDS, list_fields
from bot.domain.preferences import Preferences
from bot.domain.schedules import Schedule
from bot.errors import Malformed, Unsendable
from tests.adapters.slack import cards
from tests.adapters.slack.cards import ORIGIN, PAPERS
from tests.adapters.slack.hostile import FORMS
from tests.servers.slack import checks
from tests.servers.slack.state import put, values

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")


def opened(form: Form, *, advanced: bool = False, **changes: Any) -> dict[str, Any]:
    """Return the modal as Slack sends it back, with *changes* by field."""
    view = modal.build_modal(form, ORIGIN, advanced=advanced)
    state = values(view["blocks"])
    for block in view["blocks"]:
        if block.get("block_id") in changes:
            element = block.get("element") or block["elements"][0]
            state[block["block_id"]] = {element["action_id"]: put(element, changes[block["block_id"]])}
    return {**view, "state": {"values": state}}


@pytest.mark.long
@settings(max_examples=200, deadline=None)
@given(form=FORMS, advanced=st.booleans())
def test_no_form_exceeds_a_limit(form: Form, *, advanced: bool) -> None:
    view = modal.build_modal(form, ORIGIN, advanced=advanced)
    # A modal has to have something in it; a form without a word and a question is none.
    expected = [] if view["blocks"] else ["must have at least one block [json-pointer:/view/blocks]"]
    assert [text for text in checks.view_problems(view) if "views must contain" not in text] == expected


def asked(days: set[int]) -> str:
    """Write weekdays as the settings do."""
    (question,) = (question for question in SETTING_FIELDS if question.name == "days")
    return question.format_value(Preferences(schedule=Schedule(days=tuple(sorted(days)))))


WORD = st.text("abcdefghij ", min_size=1, max_size=20).map(str.strip).filter(bool)
VALUES = {
    "text": WORD,
    "number": st.integers(1, 10).map(str),
    "time": st.times().map(lambda at: f"{at:%H:%M}"),
    "days": st.sets(st.integers(0, 6), min_size=1).map(asked),
    "choice": st.sampled_from(["daily", "weekly"]),
    "zone": st.sampled_from(["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires"]),
    "flag": st.sampled_from(["yes", "no"]),
    "topics": st.lists(WORD, max_size=4).map("; ".join),
}


@st.composite
def answerable(draw: st.DrawFn) -> Form:
    """Return a form with a field of each kind, each with a value that its kind can have."""
    fields = tuple(
        Field(kind, kind, kind, draw(values), choices=(("daily", "Daily"), ("weekly", "Weekly")), minimum=1, maximum=10)  # type: ignore[arg-type]
        for kind, values in VALUES.items()
    )
    return Form("Title", "settings", fields)


@given(answerable())
def test_what_is_not_touched_comes_back_as_it_was(form: Form) -> None:
    assert modal.read_arguments(opened(form)) == {field.name: field.value for field in form.fields}


def test_the_settings_come_back_as_they_were() -> None:
    form = cards.settings()
    assert modal.read_arguments(opened(form, advanced=True)) == {field.name: field.value for field in form.fields}


def test_answers_are_written_as_people_type_them() -> None:
    changes = {
        "time": "21:30",
        "days": ["mon", "sun"],
        "number": "7",
        "topics": " a \n\nb; c ",
        "zone": "Asia/Tokyo",
        "yours": [],
        "empty": ["yes"],
        "cadence": "weekly",
    }
    given = modal.read_arguments(opened(cards.settings(), advanced=True, **changes))
    assert given["time"] == "21:30"
    assert given["days"] == "mon sun"
    assert given["topics"] == "a; b; c"
    assert (given["zone"], given["cadence"], given["yours"], given["empty"]) == ("Asia/Tokyo", "weekly", "no", "yes")
    for question in list_fields(PAPERS, FEATURES):
        question.read(given[question.name])


def test_folded_questions_are_not_answered() -> None:
    form = cards.settings()
    assert set(modal.read_arguments(opened(form))) == {"time", "days", "number", "topics"}
    folded = [block for block in modal.build_modal(form, ORIGIN)["blocks"] if block.get("block_id") == "advanced"]
    assert folded[0]["accessory"]["action_id"] == modal.ADVANCED_ACTION_ID
    unfolded = modal.build_modal(form, ORIGIN, advanced=True)
    assert not any(block.get("block_id") == "advanced" for block in unfolded["blocks"])
    assert unpack_metadata(unfolded["private_metadata"]).shows_advanced


def test_a_mistake_in_a_folded_question_unfolds() -> None:
    view = modal.build_modal(cards.settings(zone="“Xx” is not a zone."), ORIGIN)
    assert "zone" in {block.get("block_id") for block in view["blocks"]}
    assert view["blocks"][0]["text"]["text"] == "*Zone:* “Xx” is not a zone."


def test_emptiness_is_told_where_it_says_something() -> None:
    form = cards.settings()
    given = modal.read_arguments(opened(form, topics="", days=[]))
    assert given == {"time": "09:00", "days": "", "number": "5", "topics": ""}
    assert modal.read_arguments(opened(cards.follow())) == {"where": "me", "alerts": "no"}


def test_what_was_wrong_is_told_by_block() -> None:
    form = cards.settings(number="50 is out of range: 1 to 10.", time="Not a time.")
    assert modal.collect_errors(form) == {"number": "50 is out of range: 1 to 10.", "time": "Not a time."}


def test_what_changes_the_preview_asks_anew() -> None:
    blocks = modal.build_modal(cards.settings(), ORIGIN, advanced=True)["blocks"]
    asking = {block["block_id"] for block in blocks if block.get("dispatch_action")}
    assert asking == {"time", "days", "zone", "cadence", "mode", "language"}
    topic = modal.build_modal(cards.follow(), ORIGIN)["blocks"][0]
    assert topic["element"]["dispatch_action_config"] == {"trigger_actions_on": ["on_enter_pressed"]}


def test_a_value_out_of_bounds_does_not_spoil_the_window() -> None:
    form = Form(
        "T", "settings", (Field("n", "N", "number", "50", minimum=1, maximum=10), Field("t", "T", "time", "9am"))
    )
    first, second = (block["element"] for block in modal.build_modal(form, ORIGIN)["blocks"][:2])
    assert "initial_value" not in first
    assert "initial_time" not in second


def test_what_does_not_fit_is_not_offered() -> None:
    form = Form("T", "settings", (Field("topics", "Topics", "topics", "; ".join(["word " * 40] * 25)),))
    assert modal.read_arguments(opened(form)) == {}
    assert "Topics is too long" in modal.build_modal(form, ORIGIN)["blocks"][0]["elements"][0]["text"]


def test_a_long_title_is_told_in_full() -> None:
    view = modal.build_modal(replace(cards.settings(), title="The digest in #machine-learning-papers"), ORIGIN)
    assert len(view["title"]["text"]) <= 24
    assert "machine-learning-papers" in view["blocks"][0]["text"]["text"]


def test_an_origin_is_carried() -> None:
    form = replace(cards.settings(), arguments={"where": "here"})
    there = unpack_metadata(modal.build_modal(form, ORIGIN)["private_metadata"])
    assert there == replace(ORIGIN, command="settings", arguments={"where": "here"})


def test_an_origin_has_its_bounds() -> None:
    with pytest.raises(Unsendable):
        PrivateMetadata(PAPERS, arguments={"topic": "x" * 3000}).pack()


@pytest.mark.parametrize("metadata", ["", "{}", "[]", '{"c":[1]}', '{"c":["a","b","c","nowhere","e"]}'])
def test_what_is_not_ours_is_refused(metadata: str) -> None:
    with pytest.raises(Malformed):
        unpack_metadata(metadata)
