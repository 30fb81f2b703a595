"""What a command declares, and what follows from it."""

from __future__ import annotations

from typing import get_args

import pytest

from bot.cards.models import Card, Entity, FieldKind
from bot.commands.table import build_declared_table
from bot.ports.commands import (
    FOR_CHANNEL,
    FOR_PERSON,
    Answer,
    Audience,
    Command,
    MessageShortcut,
    Parameter,
    ParameterType,
    Request,
    find_command,
    list_shortcuts,
)
from bot.ports.features import Feature

TABLE = build_declared_table().list_commands()


async def answer(request: Request) -> Answer:
    return Answer(Card(text=request.command))


def command(*parameters: Parameter, audience: Audience = Audience.EVERYONE) -> Command:
    return Command("test", "A test", answer, parameters, audience)


def parameter(name: str, kind: ParameterType) -> Parameter:
    return Parameter(name, "A value", str, kind)


def named(*names: str) -> list[Command]:
    return [each for name in names if (each := find_command(TABLE, name))]


@pytest.mark.parametrize("name", ["", "shows", "Show", "show ", "digest"])
def test_a_command_that_is_not_there_is_not_found(name: str) -> None:
    assert find_command(TABLE, name) is None


def test_the_first_parameter_of_a_type_counts() -> None:
    two = command(*(parameter(name, ParameterType.ROLE) for name in ("first", "second")))
    first = two.find_parameter(ParameterType.ROLE)
    assert first is two.parameters[0]
    assert two.find_parameter(ParameterType.FORUM) is None
    assert two.get_argument(ParameterType.ROLE, {"first": "1", "second": "2"}) == "1"
    assert two.get_argument(ParameterType.ROLE, {"second": "2"}) == ""
    assert two.get_argument(ParameterType.FORUM, {"first": "1"}) == ""


@pytest.mark.parametrize(("said", "confirmed"), [("yes", True), ("no", False), ("", False), ("maybe", False)])
def test_what_only_proposes_wants_a_yes(said: str, confirmed: bool) -> None:  # noqa: FBT001 - what is expected
    asks = command(parameter("sure", ParameterType.CONFIRMATION))
    assert asks.is_confirmed({"sure": said}) is confirmed
    assert not asks.is_confirmed({})
    assert command(parameter("sure", ParameterType.FLAG)).is_confirmed({"sure": said})


def test_who_manages_matters_for_managers_and_for_channels() -> None:
    choice = parameter("where", ParameterType.PERSON_OR_CHANNEL)
    assert command(choice).depends_on_manager
    assert command(audience=Audience.MANAGERS).depends_on_manager
    assert command(audience=Audience.ADMINS).depends_on_manager
    assert not command(parameter("where", ParameterType.CHOICE)).depends_on_manager


def test_a_shortcut_is_where_it_is_meant_to_be() -> None:
    everywhere = Command("a", "A", answer, hidden=True, shortcut=MessageShortcut("a_here", "A"))
    somewhere = Command("b", "B", answer, shortcut=MessageShortcut("b_here", "B", Feature.MORE_SHORTCUTS))
    commands = [everywhere, somewhere, command()]
    assert list_shortcuts(commands, {Feature.MORE_SHORTCUTS}) == [
        (everywhere.shortcut, everywhere),
        (somewhere.shortcut, somewhere),
    ]
    assert list_shortcuts(commands, ()) == [(everywhere.shortcut, everywhere)]


def test_a_shortcut_has_where_to_put_the_papers() -> None:
    shortcuts = [each for _, each in list_shortcuts(TABLE, set(Feature))]
    assert shortcuts
    assert all(each.find_parameter(ParameterType.PAPERS) for each in shortcuts)
    assert len({each.shortcut.id for each in TABLE if each.shortcut}) == len([each for each in TABLE if each.shortcut])


def test_what_unfurls_has_where_to_put_the_link() -> None:
    unfurling = [each for each in TABLE if each.unfurl_domains]
    assert unfurling
    assert all(each.find_parameter(ParameterType.LINK) for each in unfurling)


def test_what_is_for_a_person_or_a_channel_is_for_nothing_else() -> None:
    choices = {
        each.name: found.choices
        for each in TABLE
        if (found := each.find_parameter(ParameterType.PERSON_OR_CHANNEL)) is not None
    }
    assert choices == dict.fromkeys(("follow", "unfollow", "mute", "unmute"), (FOR_PERSON, FOR_CHANNEL))


def test_a_group_says_what_it_is_for() -> None:
    groups = {each.name.split()[0] for each in TABLE if " " in each.name and not each.hidden}
    assert groups == {"digest", "member", "me"}
    assert {each.name.split()[0] for each in TABLE if each.group_summary} == groups


def test_what_the_real_commands_declare() -> None:
    assert [each for each in TABLE if each.opens_modal] == named("show", "why")
    assert [each for each in TABLE if each.opens_thread] == named("discuss")
    assert [each for each in TABLE if each.starts_posts] == named(
        "digest on", "digest now", "settings", "digest set", "setup"
    )
    assert [each for each in TABLE if each.spans_channels] == named("setup")


def test_what_a_form_asks_is_what_a_parameter_can_be() -> None:
    kinds = {each.value for each in ParameterType}
    assert set(get_args(FieldKind)) | {each for each in get_args(Entity) if each} <= kinds
