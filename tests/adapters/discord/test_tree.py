"""The commands as Discord is told of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

import pytest
from jsonschema import Draft202012Validator

from adapters.discord import tree as made
from adapters.discord.tree import Tree, tree
from bot.commands.desk import Desk
from bot.commands.table import Table, table
from bot.ports.commands import Audience

NAME: Final = re.compile(r"[-_'a-z0-9]{1,32}")
OPENAPI: Final = Path(__file__).parents[3] / "../shared/data/fixtures/discord_openapi/openapi.json"


@pytest.fixture(scope="module")
def commands() -> Table:
    return table(Desk(cast("Any", None)))


@pytest.fixture(scope="module")
def shown(commands: Table) -> Tree:
    return tree(commands)


def every(options: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for option in options:
        yield option
        yield from every(option.get("options", []))


def size(option: dict[str, Any]) -> int:
    """Count what Discord's limit of 8,000 characters counts."""
    words = len(option["name"]) + len(option["description"])
    choices = sum(len(choice["name"]) + len(str(choice["value"])) for choice in option.get("choices", ()))
    return words + choices + sum(size(each) for each in option.get("options", ()))


def test_everybody_reads_and_managers_set_up(shown: Tree) -> None:
    everyone, managers, message = shown.payload
    assert (everyone["name"], managers["name"], message["name"]) == ("papers", "papers-setup", "Papers in this message")
    assert "default_member_permissions" not in everyone
    assert managers["default_member_permissions"] == 1 << 4, "Manage Channels"
    assert (managers["contexts"], managers["integration_types"]) == ([0], [0])
    assert (everyone["contexts"], everyone["integration_types"]) == ([0, 1, 2], [0, 1]), "for people too, anywhere"


def test_every_command_of_the_table_is_there_under_its_group(commands: Table, shown: Tree) -> None:
    wanted = {each.name for each in commands.all() if not each.hidden} - {"digest access"}
    assert {each.name for each in shown.commands.values()} == wanted
    for path, command in shown.commands.items():
        assert (path[0] == "papers") is (command.audience is Audience.EVERYONE), command.name
    assert shown.path("digest on") == ("papers-setup", "digest", "on")
    assert shown.path("me") == ("papers", "me", "show"), "nothing can be a command and a group"
    assert shown.path("digest access") == (), "who may is said in the server's own settings"


def test_nothing_exceeds_a_limit(shown: Tree) -> None:
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


def test_options_are_native(shown: Tree) -> None:
    options = {each["name"]: each for each in every(list(shown.payload[:2]))}
    search, settings = options["search"], options["settings"]
    types = {each["name"]: each["type"] for each in [*search["options"], *settings["options"]]}
    assert (types["query"], types["page"], types["number"]) == (3, 4, 4)
    assert (types["yours"], types["mention"], types["channel"]) == (5, 8, 7)
    sort = next(each for each in search["options"] if each["name"] == "sort")
    assert [choice["value"] for choice in sort["choices"]]
    for name in ("zone", "category", "paper"):
        assert options[name]["autocomplete"], name


def test_a_tree_is_told_from_another(commands: Table, shown: Tree) -> None:
    assert tree(commands).digest == shown.digest
    assert Tree(shown.payload[:2], {}).digest != shown.digest


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


def test_what_is_filled_in_is_read_as_if_it_were_typed(shown: Tree) -> None:
    search = shown.commands[made.words(SEARCH)]
    assert (search.name, made.arguments(SEARCH, search)) == ("search", {"query": "graph networks", "page": "2"})
    assert made.elsewhere(SEARCH, search) is None
    setup = shown.commands[made.words(SETUP)]
    assert (setup.name, made.arguments(SETUP, setup)) == ("setup", {"confirm": "yes", "channel": "21"})
    assert made.elsewhere(SETUP, setup) is None, "there the channel is an argument"


def test_another_channel_can_be_meant(shown: Tree) -> None:
    on = shown.commands[made.words(ON)]
    assert (on.name, made.arguments(ON, on)) == ("digest on", {})
    assert made.elsewhere(ON, on) == ON["resolved"]["channels"]["21"]  # type: ignore[index]


def test_what_is_the_whole_servers_is_about_no_channel(shown: Tree) -> None:
    inner = [{"type": 4, "name": "number", "value": 3}, {"type": 7, "name": "channel", "value": "21"}]
    limit = {
        "name": "papers-setup",
        "options": [{"type": 2, "name": "member", "options": [{"type": 1, "name": "limit", "options": inner}]}],
        "resolved": ON["resolved"],
    }
    command = shown.commands[made.words(limit)]
    assert (command.name, made.elsewhere(limit, command)) == ("member limit", None)


def test_managers_follow_and_mute_for_the_channel_in_their_own_group(shown: Tree) -> None:
    assert {" ".join(path) for path in shown.fixed} == {
        f"papers-setup {name}" for name in ("follow", "unfollow", "mute", "unmute")
    }
    for path, said in shown.fixed.items():
        assert said == {"where": "here"}
        assert "where" not in {each.name for each in shown.commands[path].parameters}
    assert shown.path("follow") == ("papers", "follow"), "examples are everybody's"


def test_a_command_without_options_is_read(shown: Tree) -> None:
    data = {"name": "papers", "options": [{"type": 1, "name": "new", "options": []}]}
    assert made.words(data) == ("papers", "new")
    assert made.arguments(data, shown.commands["papers", "new"]) == {}


def test_discords_own_description_takes_the_payload(shown: Tree) -> None:
    if not OPENAPI.exists():
        pytest.skip("Discord's OpenAPI file is not beside the repository.")
    described = json.loads(OPENAPI.read_text())
    body = described["paths"]["/applications/{application_id}/commands"]["put"]["requestBody"]
    schema = {**body["content"]["application/json"]["schema"], "components": described["components"]}
    faults = [error.message for error in Draft202012Validator(schema).iter_errors(shown.payload)]
    assert faults == []
