"""The public listener: real payloads, forged ones, and an environment that would like to have a say."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from aiohttp import ClientSession

from adapters import public_listener
from tests.adapters.slack.bot_harness import BotHarness, connect_socket_mode, open_harness, serve_requests
from tests.servers.slack import Slack

RECORDED = Path(__file__).parents[4] / "../shared/data/fixtures/bolt_python"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
HOSTILE = {
    "SLACK_BOT_TOKEN": "xoxb-hostile",
    "SLACK_APP_TOKEN": "xapp-hostile",
    "SLACK_CLIENT_ID": "hostile",
    "SLACK_CLIENT_SECRET": "hostile",
    "SLACK_SIGNING_SECRET": "hostile",
    "SLACK_VERIFICATION_TOKEN": "hostile",
    "SLACK_SCOPES": "admin",
    "SLACK_USER_SCOPES": "admin",
    "SLACK_REDIRECT_URI": "http://127.0.0.1:9/hostile",
    "SLACK_INSTALL_PATH": "/slack/events",
    "SLACK_REDIRECT_URI_PATH": "/slack/events",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
}


@pytest.fixture
async def public_harness(offline: BotHarness) -> AsyncIterator[BotHarness]:
    """A bot that hears on the public listener."""
    async with serve_requests(offline):
        yield offline


def local(data: Any, hook: str) -> Any:
    """Return a payload whose answers stay on this machine."""
    if isinstance(data, dict):
        return {name: hook if name == "response_url" and value else local(value, hook) for name, value in data.items()}
    return [local(value, hook) for value in data] if isinstance(data, list) else data


def request(path: Path, hook: str) -> tuple[str, str]:
    """Return a recorded payload as Slack would send it: the body and its type."""
    if path.suffix == ".txt":
        return urlencode(dict(parse_qsl(path.read_text())) | {"response_url": hook}), FORM
    data = local(json.loads(path.read_text()), hook)
    data = data["payload"] if "envelope_id" in data else data
    if path.parent.name.startswith("slash_command"):
        return urlencode({name: str(value) for name, value in data.items()}), FORM
    if "event" in data or "challenge" in data or not isinstance(data.get("type"), str):
        return json.dumps(data), JSON
    return urlencode({"payload": json.dumps(data)}), FORM


async def test_recorded_payloads_never_break_anything(stored: Path) -> None:
    if not RECORDED.is_dir():
        pytest.skip("The recorded payloads are not beside the repository.")
    paths = [path for path in sorted(RECORDED.glob("*/*")) if path.suffix in {".json", ".txt"}]
    statuses = Counter[int]()
    async with open_harness(stored, everywhere=True) as harness, serve_requests(harness):
        for path in paths:
            body, kind = request(path, f"{harness.server.root}/hooks/none")
            status, _ = await harness.server.post(body, harness.server.signed(body) | {"Content-Type": kind})
            statuses[status] += 1
            assert status in {200, 404}, (path.name, status)
            await harness.drain()
    assert statuses[200] > 50
    assert sum(statuses.values()) > 150


async def test_a_command_is_answered_over_http(public_harness: BotHarness) -> None:
    assert "Status of" in (await public_harness.type("status")).plain


async def test_the_address_proves_itself(public_harness: BotHarness) -> None:
    acked = await public_harness.server.challenge()
    assert acked.ok
    assert acked.parcel.payload["challenge"] in str(acked.body)


async def test_forms_and_windows_work_over_http(public_harness: BotHarness) -> None:
    view = await public_harness.form("settings")
    await public_harness.server.submit(view, {"number": "7"}, user="U1")
    await public_harness.drain()
    assert (await public_harness.preferences()).number == 7


BODY = (
    "command=%2Fpapers&text=save+2602.12160&user_id=U1&channel_id=C1&team_id=T1&response_url=http%3A%2F%2F127.0.0.1%2F"
)
TIME, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"
FORGERIES: dict[str, Callable[[Slack], dict[str, str]]] = {
    "another secret": lambda slack: slack.signed(BODY, secret="guess"),
    "another body": lambda slack: slack.signed(f"{BODY}&x=1"),
    "unsigned": lambda _: {},
    "stale": lambda slack: slack.signed(BODY, at=time.time() - 301),
    "from the future": lambda slack: slack.signed(BODY, at=time.time() + 301),
    "no number": lambda slack: slack.signed(BODY) | {TIME: "yesterday"},
    "no finite number": lambda slack: slack.signed(BODY) | {TIME: "1e999"},
    "foreign digits": lambda slack: slack.signed(BODY) | {TIME: "١٧٠٠٠٠٠٠٠٠"},
    "not ASCII": lambda slack: slack.signed(BODY) | {SIGNATURE: "v0=ü" + "0" * 63},
    "too short": lambda slack: slack.signed(BODY) | {SIGNATURE: "v0="},
}


@pytest.mark.parametrize("how", FORGERIES)
async def test_what_slack_did_not_sign_is_turned_away(public_harness: BotHarness, how: str) -> None:
    server = public_harness.server
    status, _ = await server.post(BODY, FORGERIES[how](server) | {"Content-Type": FORM})
    assert status == 401
    await public_harness.drain()
    assert server.calls == []


async def test_what_is_no_text_is_turned_away(public_harness: BotHarness) -> None:
    server = public_harness.server
    status, _ = await server.post(b"\xff\xfe\x00", server.signed(BODY) | {"Content-Type": FORM})
    assert status == 401


async def test_what_is_too_large_is_turned_away(public_harness: BotHarness) -> None:
    body = "x" * (public_listener.MAX_BODY_BYTES + 1)
    headers = public_harness.server.signed(body) | {"Content-Type": FORM}
    async with (
        ClientSession() as session,
        session.post(public_harness.server.endpoint, data=BytesIO(body.encode()), headers=headers) as answer,
    ):
        assert answer.status == 413


async def test_a_replayed_request_has_no_second_effect(public_harness: BotHarness) -> None:
    acked = await public_harness.server.command('follow "world model"', channel="C1", user="U1")
    await public_harness.drain()
    body = urlencode(acked.parcel.payload)
    for _ in range(2):
        status, _said = await public_harness.server.post(
            body, public_harness.server.signed(body) | {"Content-Type": FORM}
        )
        assert status == 200
        await public_harness.drain()
    assert "done already" in public_harness.said()


async def test_the_environment_changes_nothing(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    async with open_harness(stored) as harness:
        async with serve_requests(harness):
            hostile = harness.server.signed(BODY, secret=HOSTILE["SLACK_SIGNING_SECRET"])
            assert (await harness.server.post(BODY, hostile | {"Content-Type": FORM}))[0] == 401
            assert "Status of" in (await harness.type("status")).plain
        async with connect_socket_mode(harness):
            await harness.type("digest now")
            await harness.post()
        tokens = {call.token for call in harness.server.calls if call.method == "chat.postMessage"}
        assert tokens == {"xoxb-1"}
        assert harness.server.violations == []
