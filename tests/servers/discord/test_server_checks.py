"""What Discord on loopback refuses in a request's body, with and without Discord's own OpenAPI file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import discord
import pytest

from tests.adapters.discord.plain_client import log_in_client
from tests.servers.discord import Discord, commands, front, interactions, rules, schema

WITH_FILE = pytest.mark.usefixtures("openapi")

BUTTON = {"type": 2, "style": 2, "label": "B", "custom_id": "b"}
OPTION = {"label": "L", "value": "v"}


def row(*inside: Any) -> dict[str, Any]:
    return {"type": 1, "components": list(inside)}


def select(**more: Any) -> dict[str, Any]:
    return {"type": 3, "custom_id": "s", "options": [OPTION], **more}


def rows(count: int) -> list[dict[str, Any]]:
    return [row(BUTTON | {"custom_id": str(number)}) for number in range(count)]


FINE: dict[str, Any] = {
    "content": "x" * 2000,
    "embeds": [{"title": "T", "description": "d" * 4096, "fields": [{"name": "n", "value": "v"}]}],
    "components": [row(BUTTON, {"type": 2, "style": 5, "label": "L", "url": "https://a.org"}), row(select())],
    "flags": 4,
    "allowed_mentions": {"parse": [], "roles": ["1"]},
    "nonce": "n" * 25,
    "enforce_nonce": True,
}
V2: dict[str, Any] = {
    "flags": 1 << 15,
    "components": [
        {"type": 10, "content": "# Text"},
        {"type": 12, "items": [{"media": {"url": "https://a.org/x.png"}, "description": "Alt"}]},
        {"type": 17, "components": [row(BUTTON)]},
    ],
}

MISSED = [
    {"content": "x" * 2001},
    {"embeds": [{"description": "d" * 3001}, {"description": "d" * 3000}]},
    {"content": "x", "components": rows(6)},
    {"content": "x", "surprise": 1},
    {"content": "x", "embeds": [{"title": "T", "surprise": 1}]},
    {"content": "x", "components": [row(BUTTON | {"surprise": 1})]},
    {"content": "x", "components": [row(BUTTON), row(BUTTON)]},
    {"content": "x", "flags": 1 << 6},
    V2 | {"content": "x"},
    {"content": "x", "components": [{"type": 10, "content": "no flag"}]},
    {"content": "x", "allowed_mentions": {"parse": ["roles"], "roles": ["1"]}},
    {"content": "x", "components": [row(select(options=[OPTION, OPTION]))]},
    {"content": "x", "components": [row(select(max_values=2))]},
]
KNOWN = [
    {"content": "x", "embeds": [{"description": "d" * 4097}]},
    {"content": "x", "embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]},
    {"content": "x", "embeds": [{"title": "T"}] * 11},
    {"content": "x", "components": [row(*(BUTTON | {"custom_id": str(n)} for n in range(6)))]},
    {
        "content": "x",
        "components": [row(select(options=[{"label": "L", "value": str(number)} for number in range(26)]))],
    },
    {"content": "x", "components": [row(BUTTON | {"label": "l" * 81})]},
    {"content": "x", "components": [row(BUTTON | {"custom_id": "i" * 101})]},
]
ONLY_THE_FILE = [{"content": "x", "nonce": "n" * 26}, {"content": 5}, {"content": "x", "flags": "4"}]


def of_schema(body: Any, method: str = "POST", route: str = "/channels/{channel_id}/messages") -> list[str]:
    return list(schema.problems(method, route, body))


@pytest.mark.parametrize("body", [FINE, V2])
def test_good_messages_pass(body: dict[str, Any]) -> None:
    assert list(rules.message(body, rules.CREATE)) == []


@WITH_FILE
@pytest.mark.parametrize("body", [FINE, V2])
def test_good_messages_pass_the_file(body: dict[str, Any]) -> None:
    assert of_schema(body) == []


@pytest.mark.parametrize("body", [*MISSED, *KNOWN])
def test_own_rules_refuse(body: dict[str, Any]) -> None:
    assert list(rules.message(body, rules.CREATE))


@WITH_FILE
@pytest.mark.parametrize("body", [*KNOWN, *ONLY_THE_FILE])
def test_the_file_refuses(body: dict[str, Any]) -> None:
    assert of_schema(body)


@WITH_FILE
def test_every_route_with_a_body_is_in_the_file() -> None:
    assert of_schema([{"name": 5}], "PUT", "/applications/{application_id}/commands")
    assert of_schema({"type": 99}, "POST", "/interactions/{interaction_id}/{interaction_token}/callback")
    hook = "/webhooks/{webhook_id}/{webhook_token}"
    wrong = {"content": 5}
    assert of_schema(wrong, "PATCH", f"{hook}/messages/@original")
    assert of_schema(wrong, "PATCH", f"{hook}/messages/{{message_id}}")
    assert of_schema(wrong, "POST", hook)
    assert of_schema(wrong, "PATCH", "/channels/{channel_id}/messages/{message_id}")
    assert of_schema({"name": 5}, "POST", "/channels/{channel_id}/threads")
    assert of_schema({"name": 5}, "POST", "/channels/{channel_id}/messages/{message_id}/threads")
    assert of_schema({"name": "x" * 101}, "PATCH", "/channels/{channel_id}")
    assert of_schema({"recipient_id": "x"}, "POST", "/users/@me/channels")


@WITH_FILE
@pytest.mark.parametrize("name", [name for name in front.METHODS if not name.startswith(("GET ", "DELETE "))])
def test_a_route_that_is_served_is_named_as_in_the_file(name: str) -> None:
    """Of one that it does not know the file would have nothing to say, whatever the body."""
    assert schema.known(*name.split(" "))


@WITH_FILE
async def test_every_body_is_held_against_the_file(server: Discord) -> None:
    async with log_in_client(server) as client:
        with pytest.raises(discord.HTTPException, match="nonce"):
            await client.call("POST", "/channels/{channel_id}/messages", json=ONLY_THE_FILE[0], channel_id="20")
    assert server.violations
    server.violations.clear()


def found(problems: Iterable[str]) -> bool:
    return bool(list(problems))


def test_commands() -> None:
    command = {"name": "papers", "description": "Papers"}
    option = {"type": 3, "name": "query", "description": "Words"}
    fine = [command | {"options": [option | {"required": True}, option | {"name": "x", "autocomplete": True}]}]
    assert not found(commands.problems([*fine, {"type": 3, "name": "Papers in this message"}]))
    sub = {"type": 1, "name": "on", "description": "On"}
    for wrong in (
        [command, command],
        [command | {"name": "Papers"}],
        [command | {"description": "d" * 101}],
        [command | {"surprise": 1}],
        [command | {"description_localizations": {"de": "d" * 101}}],
        [{"type": 3, "name": "x", "name_localizations": {"de": "d" * 33}}],
        [
            command
            | {"options": [option | {"choices": [{"name": "a", "name_localizations": {"de": ""}, "value": "a"}]}]}
        ],
        [command | {"options": [option] * 2}],
        [command | {"options": [option, sub]}],
        [command | {"options": [option, option | {"name": "b", "required": True}]}],
        [command | {"options": [option | {"name": f"o{n}"} for n in range(26)]}],
        [command | {"options": [option | {"choices": [{"name": "a", "value": "a"}], "autocomplete": True}]}],
        [command | {"options": [option | {"name": f"o{n}", "description": "d" * 100} for n in range(25)]}] * 1
        + [{"type": 3, "name": "x", "description": "none allowed"}],
    ):
        assert found(commands.problems(wrong)), wrong
    long = [{"name": "n" * 100, "value": f"{n:0100}"} for n in range(25)]
    assert found(commands.problems([command | {"options": [option | {"choices": long, "name": n} for n in "ab"]}]))
    told = {"description": "d", "description_localizations": {"de": "d" * 98, "fr": ""}}
    many = [option | told | {"description_localizations": {"de": "d" * 98}, "name": f"o{n:02}"} for n in range(20)]
    subs = [sub | {"name": f"s{n}", "options": many} for n in range(4)]
    assert not found(commands.problems([command | {"options": subs[:3]}]))
    assert found(commands.problems([command | {"options": subs}])), "the longest language counts"


def test_modals_and_choices() -> None:
    field = {"type": 4, "custom_id": "t", "label": "Topic", "style": 1}
    modal = {"custom_id": "m", "title": "T", "components": [row(field)]}
    assert not found(interactions.modal(modal))
    for wrong in (
        modal | {"title": "t" * 46},
        modal | {"components": []},
        modal | {"components": [row(field)] * 6},
        modal | {"components": [row(field | {"label": "l" * 46})]},
        modal | {"components": [row(field | {"placeholder": "p" * 101})]},
        modal | {"components": [row(BUTTON)]},
        modal | {"flags": 64},
    ):
        assert found(interactions.modal(wrong)), wrong
    choice = {"name": "N", "value": "v"}
    assert not found(interactions.choices({"choices": [choice] * 25}))
    assert found(interactions.choices({"choices": [choice] * 26}))
    assert found(interactions.choices({"choices": [choice | {"name": "n" * 101}]}))
