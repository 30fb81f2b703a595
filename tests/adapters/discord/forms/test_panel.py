"""Forms as panels: shown, answered, and read back as a person would type it; the real commands take the answers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.forms import panel
from adapters.discord.forms.pages import paginate_fields
from adapters.discord.forms.state import FormCustomId, FormState, parse_custom_id, unpack_state
from adapters.discord.rendering.messages import EPHEMERAL, RenderedMessage
from bot.bootstrap.platforms import list_features
from bot.cards.models import Card, Field, Form
from bot.commands.context import CommandContext
from bot.commands.preferences.fields import _CADENCE_LABELS
from bot.commands.table import CommandTable, build_table
from bot.domain.feed import FeedMode
from bot.domain.people import Person
from bot.domain.preferences import Preferences
from bot.domain.schedules import EVERY_DAY, Cadence, Schedule, serialize_weekdays
from bot.errors import Malformed
from bot.ports.commands import Answer, Request
from bot.ports.stores import Stores
from bot.ports.workspaces import Workspace
from tests.adapters.discord import samples
from tests.adapters.discord.samples import PAPERS
from tests.adapters.slack import cards
from tests.adapters.slack.hostile import FORMS
from tests.servers.discord import markdown, pressing, rules, schema
from tests.stores import open_stores

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
ANA = Person("100", "Ana", is_manager=True, direct_workspace="@me")
ROLE = "123456789012345678"


def pressed(message: RenderedMessage, what: str, *values: str) -> tuple[FormCustomId, FormState]:
    """Press or choose something by the words on it; return what it means and the state after it."""
    rows = message.payload["components"]
    one = pressing.select(rows, what) if values or what not in labels(message) else pressing.button(rows, what)
    chosen = pressing.chosen(one, list(values)) if one["type"] != 2 else []
    part = parse_custom_id(one["custom_id"])
    assert part
    return part, unpack_state(message.stored_data[part.token]).apply_input(part, {"values": chosen})


def ticked(message: RenderedMessage, *labels_: str) -> FormState:
    """Let exactly these flags be on."""
    return _unplaced(message, "Also", *labels_)


def _unplaced(message: RenderedMessage, placeholder: str, *values: str) -> FormState:
    one = pressing.select(message.payload["components"], placeholder)
    part = parse_custom_id(one["custom_id"])
    assert part
    return unpack_state(message.stored_data[part.token]).apply_input(
        part, {"component_type": one["type"], "values": pressing.chosen(one, list(values))}
    )


def typed(form: Form, state: FormState, **fill: str) -> FormState:
    """Open the first modal of a panel, fill it in and send it; what is left alone stays."""
    window, kept = panel.render_page_modal(form, state)
    assert not list(rules.components(window["components"], new=True))
    part = parse_custom_id(window["custom_id"])
    assert part
    return unpack_state(kept[part.token]).apply_input(part, {"components": pressing.filled(window, fill)})


def labels(message: RenderedMessage) -> list[str]:
    return [each["label"] for row in message.payload["components"] for each in row["components"] if each["type"] == 2]


def drawn(form: Form, state: FormState | None = None) -> RenderedMessage:
    return panel.render_panel(form, state or FormState(form.command, manager=True))


@pytest.mark.long
@settings(max_examples=80, deadline=None)
@given(form=FORMS, page=st.integers(0, 3))
def test_no_form_exceeds_a_limit(form: Form, page: int) -> None:
    message = drawn(form, FormState(form.command, page=page))
    everybodys = {**message.payload, "flags": message.payload["flags"] & ~EPHEMERAL}
    assert [
        *rules.message(message.payload, rules.ANSWER, private=True),
        *schema.problems("POST", "/channels/{channel_id}/messages", everybodys),
    ] == []
    assert message.payload["content"]
    read = markdown.read(re.sub(r"<@&\d+>", "", message.payload["content"]), {})
    assert (read.mentions, read.links) == ([], [])
    assert {mark for mark, _ in read.formats} <= {"**", "-#", "###", ">", "<t"}
    for number in range(len(paginate_fields(form.fields)[0].modals)):
        window, _ = panel.render_page_modal(form, FormState(form.command), number)
        assert list(rules.components(window["components"], new=True)) == []
        assert 1 <= len(window["components"]) <= 5
        assert 1 <= len(window["title"]) <= 45


@settings(deadline=None)
@given(FORMS)
def test_every_question_is_asked_once(form: Form) -> None:
    asked = [
        each.name
        for page in paginate_fields(form.fields)
        for group in (page.selects, page.oversized_fields, *page.flag_groups, *page.modals)
        for each in group
    ]
    assert sorted(asked) == sorted(each.name for each in form.fields)


WORD = st.text("abcdefghij ", min_size=1, max_size=20).map(str.strip).filter(bool)
VALUES = {
    "text": WORD,
    "number": st.integers(1, 10).map(str),
    "time": st.times().map(lambda at: f"{at:%H:%M}"),
    "days": st.sets(st.sampled_from(EVERY_DAY)).map(serialize_weekdays),
    "choice": st.sampled_from(["daily", "weekly"]),
    "zone": st.sampled_from(["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires"]),
    "flag": st.sampled_from(["yes", "no"]),
    "topics": st.lists(WORD, max_size=4).map("; ".join),
}


@st.composite
def answerable(draw: st.DrawFn) -> Form:
    """Return a form with a field of each kind, each with a value that its kind can have."""
    found = tuple(
        Field(kind, kind, kind, draw(values), choices=(("daily", "Daily"), ("weekly", "Weekly")), minimum=1, maximum=10)  # type: ignore[arg-type]
        for kind, values in VALUES.items()
    )
    return Form("Title", "settings", found, arguments={"where": "here"})


@given(answerable())
def test_what_is_not_touched_comes_back_as_it_was(form: Form) -> None:
    message = drawn(form)
    _, state = pressed(message, "Save changes")
    expected = {each.name: each.value for each in form.fields} | {"where": "here"}
    assert state.arguments == expected
    assert typed(form, FormState("settings")).arguments == expected
    on = [each.name for each in form.fields if each.value == "yes"]
    assert ticked(message, *on).arguments == expected


def test_the_settings_take_three_pages() -> None:
    form = samples.settings()
    assert labels(drawn(form)) == ["Time, zone, number and topics…", "Advanced", "Save changes", "Cancel"]
    _, state = pressed(drawn(form), "Advanced")
    assert state.page == 1
    second = drawn(form, state)
    assert labels(second) == ["Least votes, lift and tag…", "More", "Save changes", "Cancel"]
    placeholders = [row["components"][0].get("placeholder") for row in second.payload["components"][:-1]]
    assert placeholders == ["How often", "Mode", "Mention: nobody", "Language"]
    third = drawn(form, pressed(second, "More")[1])
    assert labels(third) == ["Back", "Save changes", "Cancel"]
    placeholders = [row["components"][0].get("placeholder") for row in third.payload["components"][:-1]]
    assert placeholders == ["Lift into: a thread of its own", "Also"]
    assert pressed(third, "Back")[1].page == 0


def test_a_panel_says_what_holds_and_what_saving_would_do() -> None:
    content = drawn(samples.settings()).payload["content"]
    assert content.splitlines()[:3] == ["### The digest in #papers", "**Days** weekdays", "**Time** 09:00"]
    assert content.splitlines()[-2:] == [
        "Next: <t:1772179200:f>, <t:1772438400:f>, <t:1772524800:f>.",
        "-# Nothing changes until you save.",
    ]


def test_what_is_wrong_stands_at_its_question_on_every_page() -> None:
    form = samples.settings(votes="“many” is not a number.", number="50 is out of range.")
    first = drawn(form).payload["content"]
    assert "**Number** 5\n> 50 is out of range." in first
    assert "**Least votes** 0\n> “many” is not a number." in first
    window, _ = panel.render_page_modal(form, FormState("settings"))
    (number,) = [each for each in window["components"] if each["label"] == "Number"]
    assert number["description"] == "50 is out of range."


def test_a_panel_remembers_how_it_was_opened() -> None:
    state = FormState("settings", manager=True, channel="30")
    _, after = pressed(panel.render_panel(samples.settings(), state), "Save changes")
    assert (after.command, after.manager, after.channel) == ("settings", True, "30")
    assert unpack_state(after.pack()) == after


@pytest.mark.parametrize(
    "data", [{}, {"form": "settings"}, {**FormState("x").pack(), "p": "one"}, {**FormState("x").pack(), "a": 1}]
)
def test_what_is_no_panels_state_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        unpack_state(data)


@pytest.mark.parametrize("custom_id", ["", "p;show;;", "t;00", "c;0", "f;x"])
def test_what_is_no_panels_part(custom_id: str) -> None:
    assert parse_custom_id(custom_id) is None


def test_a_role_is_chosen_from_discords_own_list() -> None:
    held = Preferences(mention=ROLE)
    _, state = pressed(drawn(samples.settings(held)), "Advanced")
    message = drawn(samples.settings(held), state)
    assert f"**Mention** <@&{ROLE}>" in message.payload["content"]
    assert message.payload["allowed_mentions"] == {"parse": []}
    select = pressing.select(message.payload["components"], "Mention: nobody")
    assert select["default_values"] == [{"id": ROLE, "type": "role"}]
    assert _unplaced(message, "Mention: nobody").arguments["mention"] == "none"
    assert _unplaced(message, "Mention: nobody", "999999999999999999").arguments["mention"] == "999999999999999999"


def test_a_form_that_lacks_something_begins_with_its_modal() -> None:
    assert panel.starts_with_modal(cards.follow())
    assert not panel.starts_with_modal(cards.follow("world model"))
    assert not panel.starts_with_modal(samples.settings())
    state = typed(cards.follow(), FormState("follow"), Topic="world model")
    assert state.arguments == {"topic": "world model", "where": "me", "alerts": "no"}


def test_what_is_emptied_is_as_if_never_answered_unless_that_says_something() -> None:
    state = typed(samples.settings(), FormState("settings"), Time="", Topics="")
    assert "time" not in state.arguments
    assert state.arguments["topics"] == ""


def test_what_does_not_fit_is_not_offered() -> None:
    form = Form("T", "settings", (Field("topics", "Topics", "topics", "; ".join(["word " * 40] * 25)),))
    message = drawn(form)
    assert "Topics is too long to be changed here" in message.payload["content"]
    assert labels(message) == ["Save changes", "Cancel"]


# -- the real commands -------------------------------------------------------------------------------------------------


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    async with open_stores(tmp_path, NOW) as found:
        await found.workspaces.save(Workspace("discord", "10", "Lab", timezone="Europe/Berlin"))
        yield found


@pytest.fixture
def real(stores: Stores) -> CommandTable:
    return build_table(CommandContext(stores, platforms=list_features()))


def request(command: str, arguments: Mapping[str, str] | None = None, *, dry: bool = True) -> Request:
    identity = "" if dry else f"{command} {sorted((arguments or {}).items())}"
    return Request(identity, PAPERS, ANA, NOW, command, arguments or {}, dry_run=dry)


async def shown(real: CommandTable, state: FormState) -> tuple[Form, RenderedMessage]:
    """Ask what would happen; return the form and its panel."""
    form = (await real.answer(request(state.command, state.arguments))).body
    assert isinstance(form, Form), form
    return form, panel.render_panel(form, state)


async def saved(real: CommandTable, message: RenderedMessage, label: str = "Save changes") -> Answer:
    part, state = pressed(message, label)
    assert part.action == "save"
    return await real.answer(request(state.command, state.arguments, dry=False))


async def test_settings_that_nobody_touched_change_nothing(real: CommandTable) -> None:
    _, message = await shown(real, FormState("settings"))
    body = (await saved(real, message)).body
    assert isinstance(body, Card)
    assert body.text.startswith("Nothing was changed.")


async def test_settings_are_saved_as_they_were_chosen(real: CommandTable, stores: Stores) -> None:
    form, message = await shown(real, FormState("settings", manager=True))
    state = _unplaced(message, "Days", "Monday", "Friday")
    form, message = await shown(real, state)
    state = typed(form, state, Time="7:15", Zone="Tokyo", Number="7", Topics="diffusion\n\nworld model, simulator")
    form, message = await shown(real, state)
    assert "Next: <t:" in message.payload["content"]
    _, state = pressed(message, "Advanced")
    for placeholder, label in (("How often", _CADENCE_LABELS["weekly"]), ("Mode", "Fresh: what is open now")):
        _, message = await shown(real, state)
        state = _unplaced(message, placeholder, label)
    _, message = await shown(real, state)
    state = _unplaced(message, "Mention: nobody", ROLE)
    form, message = await shown(real, state)
    state = typed(form, state, Lift="4", **{"Least votes": "3"})
    _, message = await shown(real, state)
    state = _unplaced(message, "Language", "Deutsch")
    _, message = await shown(real, state)
    _, state = pressed(message, "More")
    _, message = await shown(real, state)
    state = _unplaced(message, "Lift into: a thread of its own", ROLE)
    _, message = await shown(real, state)
    assert f"**Lift into** <#{ROLE}>" in message.payload["content"]
    state = ticked(message, "Abstracts", "One entry per paper")
    _, message = await shown(real, state)
    body = (await saved(real, message)).body
    assert isinstance(body, Card)
    assert body.tone == "answer"
    assert body.text.startswith("Saved for #papers")
    standing = await stores.channels.get(PAPERS)
    assert standing
    expected = Preferences(
        schedule=Schedule(time(7, 15), "Asia/Tokyo", (0, 4), Cadence.WEEKLY),
        number=7,
        min_votes=3,
        mode=FeedMode.FRESH,
        your_topics=False,
        abstracts=True,
        entries=True,
        mention=ROLE,
        lift=4,
        into=ROLE,
        language="de",
    )
    assert replace(standing.preferences, on=False) == expected
    assert {each.topic for each in await stores.follows.list_for_channel(PAPERS)} == {
        '"diffusion"',
        '"simulator", "world model"',
    }


async def test_a_wrong_setting_is_marked_and_nothing_is_saved(real: CommandTable, stores: Stores) -> None:
    form, _ = await shown(real, FormState("settings"))
    state = typed(form, FormState("settings"), Time="25:99", Number="50")
    _, message = await shown(real, state)
    assert "**Time** 25:99\n> " in message.payload["content"]
    assert "**Number** 50\n> " in message.payload["content"]
    answer = await saved(real, message)
    assert isinstance(answer.body, Form)
    standing = await stores.channels.get(PAPERS)
    assert standing is None or standing.preferences.number == 5


async def test_a_topic_is_followed_from_its_modal_and_panel(real: CommandTable, stores: Stores) -> None:
    body = (await real.answer(request("follow", dry=False))).body
    assert isinstance(body, Form)
    assert panel.starts_with_modal(body)
    state = typed(body, FormState("follow"), Topic='"world model" -robot')
    _, message = await shown(real, state)
    assert "last 14 days" in markdown.read(message.payload["content"], {}).plain
    state = _unplaced(message, "For", "#papers, in its digest")
    _, message = await shown(real, state)
    state = ticked(message, "In a channel: post each paper at once")
    _, message = await shown(real, state)
    body = (await saved(real, message, "Follow")).body
    assert isinstance(body, Card)
    (follow,) = await stores.follows.list_for_channel(PAPERS)
    assert (follow.alerts, follow.added_by.id) == (True, "100")
