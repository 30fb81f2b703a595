"""The commands as Discord is told of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

import pytest
from jsonschema import Draft202012Validator

from adapters.discord.commands import tree
from adapters.discord.commands.tree import CommandTree, build_command_tree
from bot.commands.context import CommandContext
from bot.commands.table import CommandTable, build_table
from bot.ports.commands import Audience

NAME: Final = re.compile(r"[-_'a-z0-9]{1,32}")
OPENAPI: Final = Path(__file__).parents[4] / "../shared/data/fixtures/discord_openapi/openapi.json"


@pytest.fixture(scope="module")
def commands() -> CommandTable:
    return build_table(CommandContext(cast("Any", None)))


@pytest.fixture(scope="module")
def shown(commands: CommandTable) -> CommandTree:
    return build_command_tree(commands)


def every(options: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for option in options:
        yield option
        yield from every(option.get("options", []))


def longest(thing: dict[str, Any], name: str) -> int:
    """Return the length of a text in the language in which it is longest."""
    return max(len(thing[name]), *map(len, thing.get(f"{name}_localizations", {"": ""}).values()))


def size(option: dict[str, Any]) -> int:
    """Count what Discord's limit of 8,000 characters counts: of each text the longest language."""
    words = longest(option, "name") + longest(option, "description")
    choices = sum(longest(choice, "name") + len(str(choice["value"])) for choice in option.get("choices", ()))
    return words + choices + sum(size(each) for each in option.get("options", ()))


def test_everybody_reads_and_managers_set_up(shown: CommandTree) -> None:
    everyone, managers, message = shown.payload
    assert (everyone["name"], managers["name"], message["name"]) == ("papers", "papers-setup", "Papers in this message")
    assert "default_member_permissions" not in everyone
    assert managers["default_member_permissions"] == 1 << 4, "Manage Channels"
    assert (managers["contexts"], managers["integration_types"]) == ([0], [0])
    assert (everyone["contexts"], everyone["integration_types"]) == ([0, 1, 2], [0, 1]), "for people too, anywhere"


def test_every_command_of_the_table_is_there_under_its_group(commands: CommandTable, shown: CommandTree) -> None:
    wanted = {each.name for each in commands.list_commands() if not each.hidden} - {"digest access"}
    assert {each.name for each in shown.commands.values()} == wanted
    for path, command in shown.commands.items():
        assert (path[0] == "papers") is (command.audience is Audience.EVERYONE), command.name
    assert shown.find_path("digest on") == ("papers-setup", "digest", "on")
    assert shown.find_path("me") == ("papers", "me", "show"), "nothing can be a command and a group"
    assert shown.find_path("digest access") == (), "who may is said in the server's own settings"


def test_nothing_exceeds_a_limit(shown: CommandTree) -> None:
    for root in shown.payload[:2]:
        assert size(root) <= 8000
        for option in [root, *every(root["options"])]:
            assert NAME.fullmatch(option["name"]), option["name"]
            assert 1 <= len(option["description"]) <= 100, option
            inner = option.get("options", [])
            assert len(inner) <= 25
            assert len(option.get("choices", ())) <= 25
            needed = [each.get("required", False) for each in inner]
            assert needed == sorted(needed, reverse=True), "the required ones come first"
            names = [each["name"] for each in inner]
            assert len(names) == len(set(names))


def test_options_are_native(shown: CommandTree) -> None:
    options = {each["name"]: each for each in every(list(shown.payload[:2]))}
    search, settings = options["search"], options["settings"]
    types = {each["name"]: each["type"] for each in [*search["options"], *settings["options"]]}
    assert (types["query"], types["page"], types["number"]) == (3, 4, 4)
    assert (types["yours"], types["mention"], types["channel"]) == (5, 8, 7)
    sort = next(each for each in search["options"] if each["name"] == "sort")
    assert [choice["value"] for choice in sort["choices"]]
    for name in ("zone", "category", "paper"):
        assert options[name]["autocomplete"], name


def option(shown: CommandTree, command: str, name: str) -> dict[str, Any]:
    """Return one option of a command."""
    root, *path = shown.find_path(command)
    inside: dict[str, Any] = next(each for each in shown.payload if each["name"] == root)
    for word in (*path, name):
        inside = next(each for each in inside["options"] if each["name"] == word)
    return inside


def named(shown: CommandTree, command: str) -> set[str]:
    root, *path = shown.find_path(command)
    inside: dict[str, Any] = next(each for each in shown.payload if each["name"] == root)
    for word in path:
        inside = next(each for each in inside["options"] if each["name"] == word)
    return {each["name"] for each in inside.get("options", ())}


@pytest.mark.parametrize(
    ("command", "name", "least", "most"),
    [
        ("digest set", "number", 1, 10),
        ("settings", "votes", 0, 1000),
        ("settings", "lift", 0, 100),
        ("preview", "days", 1, 90),
        ("today", "page", 1, 10_000),
        ("member limit", "number", 0, 50),
    ],
)
def test_numbers_have_their_bounds(shown: CommandTree, command: str, name: str, least: int, most: int) -> None:
    found = option(shown, command, name)
    assert (found["type"], found["min_value"], found["max_value"]) == (4, least, most)


def test_every_number_has_bounds_and_every_choice_a_name(shown: CommandTree) -> None:
    for each in every(list(shown.payload[:2])):
        assert each["type"] != 4 or {"min_value", "max_value"} <= each.keys(), each["name"]
        for choice in each.get("choices", ()):
            assert choice["name"] != choice["value"], choice
            assert choice["name_localizations"].keys() >= {"de", "fr", "es-ES", "ja", "zh-CN"}


def test_choices_are_called_what_people_call_them(shown: CommandTree) -> None:
    choices = option(shown, "settings", "cadence")["choices"]
    assert {choice["value"]: choice["name"] for choice in choices}["weekly"] == "On the first chosen day of a week"
    choices = option(shown, "search", "sort")["choices"]
    assert choices[0]["value"] == "relevance"
    assert (choices[0]["name"], choices[0]["name_localizations"]["de"]) != ("Most relevant", "Most relevant")


def test_what_nobody_can_use_is_not_there(shown: CommandTree) -> None:
    for command in ("settings", "digest set"):
        assert "unfurl" not in named(shown, command), "Slack's alone"
        assert {"mention", "nobody", "tag", "lift"} <= named(shown, command)
    assert "of" not in named(shown, "undo"), "buttons fill it in"
    for command in ("member exclude", "member readmit", "member limit"):
        assert "channel" not in named(shown, command), "it is the whole server's"
    assert option(shown, "setup", "channel")["channel_types"] == option(shown, "pause", "channel")["channel_types"]
    assert "forum" in option(shown, "digest on", "channel")["description"]
    assert "forum" not in option(shown, "pause", "channel")["description"]
    ids = [each["description"] for each in every(list(shown.payload[:2])) if re.search(r"\bid\b", each["description"])]
    assert all("arXiv" in text or "paper" in text for text in ids), "only papers are named by an id"


def test_groups_are_told_in_a_sentence_of_their_own(shown: CommandTree) -> None:
    groups = [each for each in every(list(shown.payload[:2])) if each["type"] == 2]
    assert {each["name"] for each in groups} == {"digest", "member", "me"}
    for each in groups:
        assert ":" not in each["description"]
        assert each["description_localizations"].keys() >= {"de", "ja"}
    roots = [each["description"] for each in shown.payload[:2]]
    assert not {each["description"] for each in groups} & set(roots), "each has its own"


def test_people_take_along_what_is_for_everybody(shown: CommandTree) -> None:
    everyone, managers, message = shown.payload
    for each in (everyone, message):
        assert (each["contexts"], each["integration_types"]) == ([0, 1, 2], [0, 1])
    assert managers["integration_types"] == [0]
    assert option(shown, "member exclude", "member")["type"] == 6
    assert all(len(name) <= 32 for name in (message["name"], *message["name_localizations"].values()))


def test_nobody_is_a_role_too(shown: CommandTree) -> None:
    given = [{"type": 5, "name": "nobody", "value": True}]
    data = {"name": "papers-setup", "options": [{"type": 1, "name": "settings", "options": given}]}
    settings = shown.commands["papers-setup", "settings"]
    assert tree.get_arguments(data, settings) == {"mention": "none"}
    given[0]["value"] = False
    assert tree.get_arguments(data, settings) == {}


def test_a_tree_is_told_from_another(commands: CommandTable, shown: CommandTree) -> None:
    assert build_command_tree(commands).payload_hash == shown.payload_hash
    assert CommandTree(shown.payload[:2], {}).payload_hash != shown.payload_hash


SEARCH: Final = {
    "name": "papers",
    "options": [
        {
            "type": 1,
            "name": "search",
            "options": [
                {"type": 3, "name": "query", "value": "graph networks"},
                {"type": 4, "name": "page", "value": 2},
            ],
        }
    ],
}
ON: Final = {
    "name": "papers-setup",
    "options": [
        {
            "type": 2,
            "name": "digest",
            "options": [{"type": 1, "name": "on", "options": [{"type": 7, "name": "channel", "value": "21"}]}],
        }
    ],
    "resolved": {"channels": {"21": {"id": "21", "name": "forum", "type": 15, "permissions": "16"}}},
}
SETUP: Final = {
    "name": "papers-setup",
    "options": [
        {
            "type": 1,
            "name": "setup",
            "options": [{"type": 5, "name": "confirm", "value": True}, {"type": 7, "name": "channel", "value": "21"}],
        }
    ],
}


def test_what_is_filled_in_is_read_as_if_it_were_typed(shown: CommandTree) -> None:
    search = shown.commands[tree.get_command_path(SEARCH)]
    assert (search.name, tree.get_arguments(SEARCH, search)) == ("search", {"query": "graph networks", "page": "2"})
    assert tree.find_channel_option(SEARCH, search) is None
    setup = shown.commands[tree.get_command_path(SETUP)]
    assert (setup.name, tree.get_arguments(SETUP, setup)) == ("setup", {"confirm": "yes", "channel": "21"})
    assert tree.find_channel_option(SETUP, setup) is None, "there the channel is an argument"


def test_another_channel_can_be_meant(shown: CommandTree) -> None:
    on = shown.commands[tree.get_command_path(ON)]
    assert (on.name, tree.get_arguments(ON, on)) == ("digest on", {})
    assert tree.find_channel_option(ON, on) == ON["resolved"]["channels"]["21"]  # type: ignore[index]


def test_what_is_the_whole_servers_is_about_no_channel(shown: CommandTree) -> None:
    inner = [{"type": 4, "name": "number", "value": 3}, {"type": 7, "name": "channel", "value": "21"}]
    limit = {
        "name": "papers-setup",
        "options": [{"type": 2, "name": "member", "options": [{"type": 1, "name": "limit", "options": inner}]}],
        "resolved": ON["resolved"],
    }
    command = shown.commands[tree.get_command_path(limit)]
    assert (command.name, tree.find_channel_option(limit, command)) == ("member limit", None)


def test_managers_follow_and_mute_for_the_channel_in_their_own_group(shown: CommandTree) -> None:
    assert {" ".join(path) for path in shown.fixed_arguments} == {
        f"papers-setup {name}" for name in ("follow", "unfollow", "mute", "unmute")
    }
    for path, said in shown.fixed_arguments.items():
        assert said == {"where": "here"}
        assert "where" not in {each.name for each in shown.commands[path].parameters}
    assert shown.find_path("follow") == ("papers", "follow"), "examples are everybody's"


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("search sparse attention since:2026-02", "/papers search query:sparse attention since:2026-02"),
        ("member exclude U012ABCDEF", "/papers-setup member exclude member:@Ada"),
        (
            "settings mention:none entries:yes repeats:no",
            "/papers-setup settings mention:@readers entries:True repeats:False",
        ),
        ("settings into:none time:9:30 number:5", "/papers-setup settings into:#reading time:9:30 number:5"),
        ("setup channel:C0123456789", "/papers-setup setup channel:#reading"),
        ("me forget", "/papers me forget"),
        ("today", "/papers today"),
        ("what nobody knows", "/papers what nobody knows"),
    ],
)
def test_an_example_is_written_as_it_is_filled_in_here(shown: CommandTree, line: str, typed: str) -> None:
    assert shown.format_slash_command(line) == typed


def test_a_command_without_options_is_read(shown: CommandTree) -> None:
    data = {"name": "papers", "options": [{"type": 1, "name": "new", "options": []}]}
    assert tree.get_command_path(data) == ("papers", "new")
    assert tree.get_arguments(data, shown.commands["papers", "new"]) == {}


def test_discords_own_description_takes_the_payload(shown: CommandTree) -> None:
    if not OPENAPI.exists():
        pytest.skip("Discord's OpenAPI file is not beside the repository.")
    described = json.loads(OPENAPI.read_text())
    body = described["paths"]["/applications/{application_id}/commands"]["put"]["requestBody"]
    schema = {**body["content"]["application/json"]["schema"], "components": described["components"]}
    faults = [error.message for error in Draft202012Validator(schema).iter_errors(shown.payload)]
    assert faults == []
