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
from tests.adapters.slack.inbound import Office, connected, listening, working
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
async def public_office(shut: Office) -> AsyncIterator[Office]:
    """An office that hears on the public listener."""
    async with listening(shut):
        yield shut


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
    async with working(stored, everywhere=True) as office, listening(office):
        for path in paths:
            body, kind = request(path, f"{office.server.root}/hooks/none")
            status, _ = await office.server.post(body, office.server.signed(body) | {"Content-Type": kind})
            statuses[status] += 1
            assert status in {200, 404}, (path.name, status)
            await office.rest()
    assert statuses[200] > 50
    assert sum(statuses.values()) > 150


async def test_a_command_is_answered_over_http(public_office: Office) -> None:
    assert "Status of" in (await public_office.type("status")).plain


async def test_the_address_proves_itself(public_office: Office) -> None:
    acked = await public_office.server.challenge()
    assert acked.ok
    assert acked.parcel.payload["challenge"] in str(acked.body)


async def test_forms_and_windows_work_over_http(public_office: Office) -> None:
    view = await public_office.form("settings")
    await public_office.server.submit(view, {"number": "7"}, user="U1")
    await public_office.rest()
    assert (await public_office.preferences()).number == 7


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
async def test_what_slack_did_not_sign_is_turned_away(public_office: Office, how: str) -> None:
    server = public_office.server
    status, _ = await server.post(BODY, FORGERIES[how](server) | {"Content-Type": FORM})
    assert status == 401
    await public_office.rest()
    assert server.calls == []


async def test_what_is_no_text_is_turned_away(public_office: Office) -> None:
    server = public_office.server
    status, _ = await server.post(b"\xff\xfe\x00", server.signed(BODY) | {"Content-Type": FORM})
    assert status == 401


async def test_what_is_too_large_is_turned_away(public_office: Office) -> None:
    body = "x" * (public_listener.MAX_BODY_BYTES + 1)
    headers = public_office.server.signed(body) | {"Content-Type": FORM}
    async with (
        ClientSession() as session,
        session.post(public_office.server.endpoint, data=BytesIO(body.encode()), headers=headers) as answer,
    ):
        assert answer.status == 413


async def test_a_replayed_request_has_no_second_effect(public_office: Office) -> None:
    acked = await public_office.server.command('follow "world model"', channel="C1", user="U1")
    await public_office.rest()
    body = urlencode(acked.parcel.payload)
    for _ in range(2):
        status, _said = await public_office.server.post(
            body, public_office.server.signed(body) | {"Content-Type": FORM}
        )
        assert status == 200
        await public_office.rest()
    assert "done already" in public_office.said()


async def test_the_environment_changes_nothing(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    async with working(stored) as office:
        async with listening(office):
            hostile = office.server.signed(BODY, secret=HOSTILE["SLACK_SIGNING_SECRET"])
            assert (await office.server.post(BODY, hostile | {"Content-Type": FORM}))[0] == 401
            assert "Status of" in (await office.type("status")).plain
        async with connected(office):
            await office.type("digest now")
            await office.post()
        tokens = {call.token for call in office.server.calls if call.method == "chat.postMessage"}
        assert tokens == {"xoxb-1"}
        assert office.server.violations == []
