"""The manifest asks for what the code uses, no more and no less, and Slack would take it."""

from __future__ import annotations

import ast
import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast

import pytest
from slack_sdk.web.async_client import AsyncWebClient

import adapters.slack
from adapters.slack.auth.oauth import REDIRECT_PATH
from adapters.slack.connection.http_endpoints import EVENTS_PATH as REQUESTS
from adapters.slack.events import channels, installations, unfurls
from adapters.slack.interactions import app_home, block_actions, commands, modals, shortcuts
from adapters.slack.manifest import BOT_EVENTS, BOT_SCOPES, build_manifest
from bot.commands.table import build_declared_table
from bot.errors import Mistake

FOLDER = Path(adapters.slack.__file__).parent
URL = "https://bot.example.org"
TABLE: Final = build_declared_table()
COMMANDS: Final = TABLE.list_commands()
SHORTCUTS: Final = ["papers_here", "similar_here"]

# https://docs.slack.dev/reference/methods/… : which scopes a bot's token needs, for the kinds of conversation that the
# bot is in: public and private channels, and direct messages.
METHODS: Final[Mapping[str, frozenset[str]]] = {
    "apps.connections.open": frozenset(),  # connections:write, on the app's own token
    "auth.test": frozenset(),
    "chat.postEphemeral": frozenset({"chat:write"}),
    "chat.postMessage": frozenset({"chat:write"}),
    "chat.unfurl": frozenset({"links:write"}),
    "chat.update": frozenset({"chat:write"}),
    "conversations.history": frozenset({"channels:history", "groups:history", "im:history"}),
    "conversations.info": frozenset({"channels:read", "groups:read"}),
    "conversations.members": frozenset({"channels:read", "groups:read"}),
    "conversations.open": frozenset({"im:write"}),
    "conversations.replies": frozenset({"channels:history", "groups:history", "im:history"}),
    "oauth.v2.access": frozenset(),
    "usergroups.list": frozenset({"usergroups:read"}),
    "usergroups.users.list": frozenset({"usergroups:read"}),
    "users.conversations": frozenset({"channels:read", "groups:read"}),
    "users.info": frozenset({"users:read"}),
    "views.open": frozenset(),
    "views.publish": frozenset(),
    "views.push": frozenset(),
    "views.update": frozenset(),
}
# https://docs.slack.dev/reference/events/… : which scopes the subscription to an event needs.
HEARD: Final[Mapping[str, frozenset[str]]] = {
    "app_home_opened": frozenset(),
    "app_mention": frozenset({"app_mentions:read"}),
    "app_uninstalled": frozenset(),
    "channel_archive": frozenset({"channels:read"}),
    "channel_deleted": frozenset({"channels:read"}),
    "channel_id_changed": frozenset({"groups:read"}),
    "channel_left": frozenset({"channels:read"}),
    "channel_rename": frozenset({"channels:read"}),
    "channel_unarchive": frozenset({"channels:read"}),
    "group_archive": frozenset({"groups:read"}),
    "group_deleted": frozenset({"groups:read"}),
    "group_left": frozenset({"groups:read"}),
    "group_rename": frozenset({"groups:read"}),
    "group_unarchive": frozenset({"groups:read"}),
    "link_shared": frozenset({"links:read"}),
    "member_joined_channel": frozenset({"channels:read", "groups:read"}),
    "member_left_channel": frozenset({"channels:read", "groups:read"}),
    "message.im": frozenset({"im:history"}),
    "team_access_granted": frozenset(),
    "team_access_revoked": frozenset(),
    "tokens_revoked": frozenset(),
}
TYPED: Final = {"message": "message.im"}
"""Events that the code names otherwise than the subscription; the listener turns other conversations down."""


class Ear:
    """Stands for slack_bolt's app and notes what the listeners want to hear."""

    def __init__(self) -> None:
        self.heard: dict[str, list[Any]] = {}

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        def register(what: Any, *_: Any, **__: Any) -> Callable[[Any], Any]:
            self.heard.setdefault(kind, []).append(what)
            return lambda listener: listener

        return register


@pytest.fixture(scope="module")
def heard() -> Mapping[str, list[Any]]:
    ear, nothing = Ear(), cast("Any", None)
    context = cast("Any", SimpleNamespace(commands=TABLE))
    for part in (commands, block_actions, modals, shortcuts, app_home, unfurls, channels):
        part.register_listeners(cast("Any", ear), context)
    installations.register_listeners(cast("Any", ear), nothing, nothing)
    return ear.heard


def calls() -> Iterator[tuple[Path, ast.Call]]:
    for path in sorted(FOLDER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                yield path, node


def called() -> Iterator[str]:
    """Yield the Web API methods that the code calls: through the one place for it, and on slack_sdk's client."""
    known = {name for name in dir(AsyncWebClient) if "_" in name.strip("_") and not name.startswith("_")}
    for path, node in calls():
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name == "call":
            method = node.args[1]
            assert isinstance(method, ast.Constant), f"{path.name}:{node.lineno} does not name its method"
            yield str(method.value)
        elif name in known and name != "api_call":
            yield name.replace("_", ".")


def test_every_method_is_one_that_slack_has() -> None:
    found = set(called())
    assert found | {"oauth.v2.access"} == set(METHODS)  # that one is asked by slack_sdk itself
    assert all(hasattr(AsyncWebClient, method.replace(".", "_")) for method in found)


def test_no_call_goes_around_that() -> None:
    assert not [path.name for path, node in calls() if getattr(node.func, "attr", "") == "api_call"]


def test_the_scopes_are_those_that_the_code_uses(heard: Mapping[str, list[Any]]) -> None:
    needed = set(itertools.chain.from_iterable(METHODS[method] for method in called()))
    needed |= set(itertools.chain.from_iterable(HEARD[event] for event in BOT_EVENTS))
    needed |= {"commands"} if heard["command"] or heard["message_shortcut"] else set()
    assert sorted(needed) == list(BOT_SCOPES)


def test_the_events_are_those_that_the_code_hears(heard: Mapping[str, list[Any]]) -> None:
    assert sorted(TYPED.get(event, event) for event in heard["event"]) == list(BOT_EVENTS)
    assert heard["message_shortcut"] == SHORTCUTS


def test_the_file_is_what_the_program_prints() -> None:
    assert (FOLDER / "manifest.json").read_text() == json.dumps(build_manifest(COMMANDS), indent=2) + "\n"


def test_the_docs_say_what_each_scope_serves() -> None:
    page = (FOLDER.parents[1] / "docs/slack.md").read_text()
    table = page.partition("| scope | why |")[2].partition("\n\n")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.count("|") == 3]
    assert sorted(re.findall(r"`([a-z_]+(?::[a-z]+)?)`", "".join(cells))) == list(BOT_SCOPES)


def test_socket_mode_needs_no_address() -> None:
    made = build_manifest(COMMANDS)
    assert "http" not in json.dumps(made)
    assert made["settings"]["socket_mode_enabled"] is True
    assert made["settings"]["token_rotation_enabled"] is False
    assert "redirect_urls" not in made["oauth_config"]


@pytest.mark.parametrize("url", [URL, f"{URL}/"])
def test_requests_go_to_the_address(url: str) -> None:
    made = build_manifest(COMMANDS, url=url, command="/lab-papers")
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["token_rotation_enabled"] is False
    assert made["settings"]["event_subscriptions"]["request_url"] == URL + REQUESTS
    assert made["settings"]["interactivity"] == {
        "is_enabled": True,
        "request_url": URL + REQUESTS,
        "message_menu_options_url": URL + REQUESTS,
    }
    (command,) = made["features"]["slash_commands"]
    assert (command["command"], command["url"], command["should_escape"]) == ("/lab-papers", URL + REQUESTS, False)


def test_many_workspaces_need_the_way_back_and_renew_their_tokens() -> None:
    made = build_manifest(COMMANDS, url=URL, many_workspaces=True)
    assert made["oauth_config"]["redirect_urls"] == [URL + REDIRECT_PATH]
    assert made["settings"]["token_rotation_enabled"] is True
    assert made["settings"]["org_deploy_enabled"] is True


@pytest.mark.parametrize("command", ["papers", "/", "/Papers", "/pa pers", "/" + "a" * 32, "/päpers", "/a\n"])
def test_commands_that_slack_would_not_take_are_mistakes(command: str) -> None:
    with pytest.raises(Mistake, match="slash command"):
        build_manifest(COMMANDS, command=command)


@pytest.mark.parametrize("url", ["bot.example.org", "http://bot.example.org", "https://", "ftp://x"])
def test_addresses_that_slack_could_not_call_are_mistakes(url: str) -> None:
    with pytest.raises(Mistake, match="https"):
        build_manifest(COMMANDS, url=url)


# What https://docs.slack.dev/reference/app-manifest allows: names, and the longest text or list under each.
SHAPE: Final[Mapping[str, Any]] = {
    "display_information": {"name": 35, "description": 140, "background_color": 7},
    "features": {
        "app_home": {"home_tab_enabled": bool, "messages_tab_enabled": bool, "messages_tab_read_only_enabled": bool},
        "bot_user": {"display_name": 80, "always_online": bool},
        "shortcuts": (10, {"name": 24, "type": 7, "callback_id": 255, "description": 150}),
        "slash_commands": (
            50,
            {"command": 32, "description": 2000, "usage_hint": 1000, "should_escape": bool, "url": 3000},
        ),
        "unfurl_domains": (5, 255),
    },
    "oauth_config": {"scopes": {"bot": (255, 50)}, "redirect_urls": (1000, 2500)},
    "settings": {
        "event_subscriptions": {"bot_events": (100, 50), "request_url": 3500},
        "interactivity": {"is_enabled": bool, "request_url": 3000, "message_menu_options_url": 3000},
        "org_deploy_enabled": bool,
        "socket_mode_enabled": bool,
        "token_rotation_enabled": bool,
    },
}


def faults(value: Any, shape: Any, where: str = "") -> Iterator[str]:
    """Yield what is not as *shape* says."""
    if isinstance(shape, Mapping):
        yield from (f"{where}.{name} is unknown" for name in value if name not in shape)
        for name in value.keys() & shape.keys():
            yield from faults(value[name], shape[name], f"{where}.{name}")
    elif isinstance(shape, tuple):
        if not 1 <= len(value) <= shape[0] or len({json.dumps(one) for one in value}) < len(value):
            yield f"{where} has {len(value)} entries"
        for one in value:
            yield from faults(one, shape[1], where)
    elif isinstance(shape, int):
        if not isinstance(value, str) or not 1 <= len(value) <= shape:
            yield f"{where} is {value!r}"
    elif type(value) is not shape:
        yield f"{where} is {value!r}"


@pytest.mark.parametrize(
    "made",
    [
        build_manifest(COMMANDS),
        build_manifest(COMMANDS, url=URL),
        build_manifest(COMMANDS, url=URL, many_workspaces=True),
    ],
)
def test_slack_would_take_it(made: dict[str, Any]) -> None:
    assert list(faults(made, SHAPE)) == []
    assert made["display_information"]["name"] == "Broadsheet"
    assert {one["type"] for one in made["features"]["shortcuts"]} == {"message"}
    assert [one["callback_id"] for one in made["features"]["shortcuts"]] == SHORTCUTS
    domains = made["features"]["unfurl_domains"]
    assert domains == ["arxiv.org", "huggingface.co", "alphaxiv.org"]
    assert all(re.fullmatch(r"[a-z0-9][-a-z0-9.]*[a-z0-9]", domain) for domain in domains)


def test_the_check_itself_sees_faults() -> None:
    wrong = build_manifest(COMMANDS)
    wrong["display_information"]["name"] = "x" * 36
    wrong["settings"]["socket"] = True
    wrong["oauth_config"]["scopes"]["bot"] *= 2
    assert len(list(faults(wrong, SHAPE))) == 3
