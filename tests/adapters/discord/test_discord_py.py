"""What discord.py does not document: used in one module alone, there under its name, and nothing private besides."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from types import SimpleNamespace
from typing import Final, TypeGuard

import discord
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import HTTPClient, Route
from discord.webhook.async_ import AsyncWebhookAdapter

from adapters.discord import discord_py

ALONE: Final = Path(discord_py.__file__)
"""The one module that may use what discord.py does not document."""
PRIVATE: Final = {"_connection", "_global_over"}
"""The private names that it uses."""
UNDOCUMENTED: Final = ("discord.gateway", "discord.http", "discord.shard", "discord.state", "discord.webhook.")
FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)

NEEDED: Final = {
    "client.http.connector": "logs in again after discord.py closed itself",
    "client.http._global_over": "ends the pause for all of whoever was interrupted in it",
    "client._connection.parsers": "leaves out an event that can't be read, and servers that a session does not name",
    "DiscordWebSocket.DEFAULT_GATEWAY": "begins a new session where DISCORD_API_URL says",
    "HTTPClient.request": "sends every call but answers to interactions",
    "HTTPClient.ws_connect": "connects to DISCORD_GATEWAY_URL",
    "AsyncWebhookAdapter.request": "answers interactions",
    "Route.BASE": "calls DISCORD_API_URL",
    "Webhook.session": "lets the rate limiter see the replies to answers",
}
"""What is used of discord.py, and what the bot does with it."""


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_needed_of_discord_py_is_still_there(name: str) -> None:
    client = discord.AutoShardedClient(intents=discord.Intents.none())
    found = SimpleNamespace(
        client=client,
        AsyncWebhookAdapter=AsyncWebhookAdapter,
        DiscordWebSocket=DiscordWebSocket,
        HTTPClient=HTTPClient,
        Route=Route,
        Webhook=discord.Webhook,
    )
    try:
        attrgetter(name)(found)
    except AttributeError:
        pytest.fail(
            f"discord.py {discord.__version__} has no {name} any more, by which {ALONE.name} {NEEDED[name]}: "
            "read its changes, and mend that module, not this test."
        )


@pytest.mark.parametrize("event", ["READY", "GUILD_DELETE"])
def test_the_events_that_are_read_by_hand_have_parsers(event: str) -> None:
    parsers = discord_py.get_event_parsers(discord.AutoShardedClient(intents=discord.Intents.none()))
    assert event in parsers, f"discord.py {discord.__version__} reads {event} in another way: see event_parsers.py."


# -- the rest of the adapter -------------------------------------------------------------------------------------------


def list_modules() -> list[Path]:
    return sorted(ALONE.parent.rglob("*.py"))


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def is_own(node: ast.AST) -> TypeGuard[ast.Attribute]:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}


def list_private_names(tree: ast.AST) -> Iterator[str]:
    """Yield the private names that a module takes from others, by a dot or by `getattr`.

    What a class has of its own is set or defined in its module; what it only reads is inherited from a library.
    """
    nodes = list(ast.walk(tree))
    own = {node.name for node in nodes if isinstance(node, FUNCTIONS)}
    own |= {node.target.id for node in nodes if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)}
    own |= {node.attr for node in nodes if is_own(node) and isinstance(node.ctx, ast.Store)}
    for node in nodes:
        match node:
            case ast.Attribute(attr=name) if is_own(node) and name in own:
                pass
            case ast.Attribute(attr=name) if is_private(name):
                yield name
            case ast.Call(
                func=ast.Name(id="getattr" | "setattr" | "hasattr"), args=[_, ast.Constant(value=str(name)), *_]
            ):
                yield from [name] if is_private(name) else []


def list_undocumented(tree: ast.AST) -> Iterator[str]:
    """Yield what a module imports from discord.py's inside, and where it asks a client for its `http`."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(name)) if name.startswith(UNDOCUMENTED):
                yield name
            case ast.Import(names=names):
                yield from (each.name for each in names if each.name.startswith(UNDOCUMENTED))
            case ast.Attribute(attr="http" | "parsers" | "ws" as name):
                yield name


@pytest.mark.parametrize("path", list_modules(), ids=lambda path: path.relative_to(ALONE.parent).as_posix())
def test_no_module_uses_what_is_private(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found, inside = set(list_private_names(tree)), set(list_undocumented(tree))
    if path == ALONE:
        assert found == PRIVATE, (
            "another private name: is there no other way? One that is not used any more: delete it."
        )
    else:
        assert found == set(), f"private names of others; those of discord.py belong into {ALONE.name}, if anywhere"
        assert inside == set(), f"not documented by discord.py; it belongs into {ALONE.name}, if anywhere"


@pytest.mark.parametrize(
    ("code", "private"),
    [
        ("client._connection.parsers", {"_connection"}),
        ("self._client.http._global_over.set()", {"_client", "_global_over"}),
        ("client.http._HTTPClient__session", {"_HTTPClient__session"}),
        ("discord.Thread(state=guild._state)", {"_state"}),
        ("self._connection", {"_connection"}),
        ("getattr(client, '_connection')", {"_connection"}),
        ("client._connection = self._connection", {"_connection"}),
        ("getattr(permissions, name), client.__class__, client.user", set()),
        ("class A:\n    _b: int\n    def _c(self):\n        self._d = self._b, self._c, self._d", set()),
    ],
)
def test_the_rule_on_private_names_can_fail(code: str, private: set[str]) -> None:
    assert set(list_private_names(ast.parse(textwrap.dedent(code)))) == private


@pytest.mark.parametrize(
    "code", ["from discord.http import Route", "import discord.state", "await client.http.close()", "client.ws"]
)
def test_the_rule_on_what_is_not_documented_can_fail(code: str) -> None:
    assert list(list_undocumented(ast.parse(code)))
