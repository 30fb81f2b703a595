"""Commands that the Discord adapter has never heard of do there what they declare."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.discord.commands.tree import CommandTree, build_command_tree
from bot.commands.table import build_declared_table
from bot.ports.commands import FOR_CHANNEL, ParameterType
from tests.adapters.declared_commands import CHOICES, EVERY_TYPE, DeclaredCommands
from tests.adapters.discord.bot_harness import BotHarness, list_labels, open_harness
from tests.composition import list_unexpected
from tests.servers.discord import Discord

FORUM = "23"
MANAGER = "91"
ROLE = "30"


@pytest.fixture
def declared() -> DeclaredCommands:
    return DeclaredCommands()


@pytest.fixture
async def harness(
    declared: DeclaredCommands, server: Discord, stored: Path, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[BotHarness]:
    """A bot with them, a role, and a forum that takes no post without a tag."""
    async with open_harness(stored, server) as harness:
        harness.more = declared.build_commands()
        server.channel(FORUM, name="reading", kind="forum", tags=(("1", "Vision"),), requires_tag=True)
        server.role(ROLE)
        async with harness.run_bot():
            yield harness
    assert list_unexpected(caplog.get_records("call"), harness.excused) == []


@pytest.fixture
def tree(declared: DeclaredCommands) -> CommandTree:
    table = build_declared_table()
    return build_command_tree(replace(table, commands=(*table.commands, *declared.build_commands())))


def subcommands(tree: CommandTree, root: str) -> dict[str, Any]:
    (found,) = [each for each in tree.payload if each["name"] == root]
    return {each["name"]: each for each in found["options"]}


def test_everyone_and_managers_have_theirs(tree: CommandTree) -> None:
    everyone, managers = subcommands(tree, "papers"), subcommands(tree, "papers-setup")
    assert {"glance", "meet", "offer", "tell", "sample"} <= everyone.keys()
    assert {"publish", "tour", "sample"} <= managers.keys()
    assert managers["tour"]["description"] == "Everything about tours"
    assert [each["name"] for each in managers["tour"]["options"]] == ["plan", "rules"]


def test_what_starts_posts_says_what_a_forum_gets(tree: CommandTree) -> None:
    managers = subcommands(tree, "papers-setup")
    _, channel = managers["publish"]["options"]
    assert (channel["name"], channel["type"]) == ("channel", 7)
    assert "a forum gets a post for each paper" in channel["description"]
    plan, rules = managers["tour"]["options"]
    assert [each["name"] for each in plan["options"]] == ["sure", "spot"], "it has a channel of its own"
    assert "options" not in rules


def test_every_type_of_parameter_has_its_option(tree: CommandTree) -> None:
    types = {each["name"]: each["type"] for each in subcommands(tree, "papers")["sample"]["options"]}
    native = {
        ParameterType.NUMBER: 4,
        ParameterType.FLAG: 5,
        ParameterType.CONFIRMATION: 5,
        ParameterType.MEMBER: 6,
        ParameterType.CHANNEL: 7,
        ParameterType.FORUM: 7,
        ParameterType.ROLE: 8,
    }
    assert types == {name: native.get(kind, 3) for kind, name in EVERY_TYPE.items()} | {"nobody": 5}


async def test_every_type_of_parameter_can_be_chosen(harness: BotHarness, declared: DeclaredCommands) -> None:
    given: dict[ParameterType, Any] = {
        ParameterType.NUMBER: 7,
        ParameterType.FLAG: True,
        ParameterType.CONFIRMATION: False,
        ParameterType.MEMBER: "101",
        ParameterType.CHANNEL: "22",
        ParameterType.FORUM: FORUM,
        ParameterType.ROLE: ROLE,
    }
    options = {name: given.get(kind, CHOICES.get(kind, ("x",))[-1]) for kind, name in EVERY_TYPE.items()}
    assert "Done: sample." in (await harness.type("papers sample", options)).plain
    request, values = declared.last
    assert values == {name: {True: "yes", False: "no"}.get(value, str(value)) for name, value in options.items()}
    assert request.channel.id == "20", "a channel that is a parameter is not the one in which it was asked"


async def test_nobody_is_no_role(harness: BotHarness, declared: DeclaredCommands) -> None:
    await harness.type("papers sample", {"nobody": True})
    assert declared.last[1] == {EVERY_TYPE[ParameterType.ROLE]: "none"}
    await harness.type("papers sample", {"nobody": False})
    assert declared.last[1] == {}


async def test_managers_have_for_the_channel_what_others_have_for_themselves(
    harness: BotHarness, declared: DeclaredCommands
) -> None:
    await harness.type("papers-setup sample", {EVERY_TYPE[ParameterType.TEXT]: "x"}, user=MANAGER)
    request, values = declared.last
    assert values == {EVERY_TYPE[ParameterType.TEXT]: "x", EVERY_TYPE[ParameterType.PERSON_OR_CHANNEL]: FOR_CHANNEL}
    assert request.person.is_manager


async def test_what_is_typed_is_completed(harness: BotHarness) -> None:
    name = EVERY_TYPE[ParameterType.TEXT]
    choices = await harness.server.type("papers sample", {name: "y"}, name, channel="20", user="100")
    assert [each["value"] for each in choices] == ["y for Ana"]


async def test_tags_are_completed_from_the_forum(harness: BotHarness) -> None:
    given = {"label": "v", "channel": FORUM}
    choices = await harness.server.type("papers-setup publish", given, "label", channel="20", user=MANAGER)
    assert [each["value"] for each in choices] == ["Vision"]
    name, spot = EVERY_TYPE[ParameterType.TAG], EVERY_TYPE[ParameterType.CHANNEL]
    choices = await harness.server.type("papers sample", {name: "", spot: FORUM}, name, channel="20", user="100")
    assert [each["value"] for each in choices] == ["Vision", "none"]


async def test_posts_in_a_forum_want_a_tag(harness: BotHarness, declared: DeclaredCommands) -> None:
    shown = await harness.type("papers-setup publish", {"channel": FORUM}, user=MANAGER)
    assert "takes no post without a tag" in shown.plain
    assert list_labels(shown) == ["Use “Vision”"]
    assert declared.last[0].channel.id == FORUM
    settled = await harness.press("Use “Vision”", shown, user=MANAGER)
    assert "tag" in settled.plain.casefold()
    assert "takes no post" not in (await harness.type("papers-setup publish", {"channel": FORUM}, user=MANAGER)).plain


async def test_a_proposal_starts_no_posts(harness: BotHarness) -> None:
    await harness.type("papers-setup digest on", {"channel": FORUM, "start": "next"}, user=MANAGER)
    proposed = await harness.type("papers-setup tour plan", {"spot": FORUM}, user=MANAGER)
    assert "takes no post" not in proposed.plain
    done = await harness.type("papers-setup tour plan", {"spot": FORUM, "sure": True}, user=MANAGER)
    assert "takes no post without a tag" in done.plain
    elsewhere = await harness.type("papers-setup tour plan", {"spot": "22", "sure": True}, user=MANAGER)
    assert "takes no post" not in elsewhere.plain


async def test_one_that_opens_a_thread_is_offered_where_there_can_be_one(harness: BotHarness) -> None:
    assert list_labels(await harness.type("papers offer")) == ["Glance", "Meet"]
    assert list_labels(await harness.type("papers offer", channel="")) == ["Glance"], "there are no threads in private"
    harness.server.places["22"].permissions = 1 << 10 | 1 << 11
    assert list_labels(await harness.type("papers offer", channel="22")) == ["Glance"]
    refused = await harness.type("papers meet", channel="22")
    assert "Done" not in refused.plain
    assert "Done: glance." in (await harness.type("papers glance", channel="22")).plain


async def test_a_message_has_it_in_its_menu(harness: BotHarness, declared: DeclaredCommands) -> None:
    said = harness.server.say("Look at https://arxiv.org/abs/2602.12160 please", "20", "101")
    shown = await (await harness.server.menu("Papers nearby", said, user="100")).settled()
    assert "Done: nearby." in shown.plain
    assert declared.last[1] == {"papers": "2602.12160"}


async def test_a_command_that_is_told_of_can_be_clicked(harness: BotHarness) -> None:
    shown = await harness.type("papers tell", {"about": "glance"})
    assert shown.content.startswith("### </papers glance:")
