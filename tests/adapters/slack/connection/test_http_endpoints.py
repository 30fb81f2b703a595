"""What comes to the public listener in Slack's name: signed, fresh and readable, or 401; never 500."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict
from yarl import URL

from adapters import public_listener
from adapters.public_listener import MAX_BODY_BYTES
from adapters.slack.connection import http_endpoints
from tests.adapters.slack.plain_bolt_app import PlainBoltApp
from tests.servers.slack import Slack, slack

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
FIXTURES = Path(__file__).parents[4] / "../shared/data/fixtures/bolt_python"
COMMAND = urlencode({"command": "/papers", "text": "help", "team_id": "T1", "user_id": "U1", "channel_id": "C1"})


class Door:
    """The listener with a Bolt app behind it that notes what it is told."""

    def __init__(self, server: Slack, app: PlainBoltApp, address: str, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.app = app
        self.address = address
        self.session = session

    async def post(self, body: Any, *headers: dict[str, str]) -> int:
        """Send a body with headers; return the status."""
        sent = CIMultiDict([pair for one in headers for pair in one.items()])
        async with self.session.post(f"{self.address}{http_endpoints.EVENTS_PATH}", data=body, headers=sent) as answer:
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            return answer.status

    def signed(self, body: str, at: float | None = None) -> dict[str, str]:
        """Return the headers that Slack would send with *body*."""
        return self.server.signed(body, at=at)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with slack() as server:
        server.team("T1")
        server.bot("T1", token="xoxb-1")
        app = PlainBoltApp(server)
        site = public_listener.create_application(http_endpoints.build_routes(app.bolt, None))
        async with public_listener.serve(site, "127.0.0.1", 0) as address, aiohttp.ClientSession() as session:
            server.endpoint = f"{address}{http_endpoints.EVENTS_PATH}"
            yield Door(server, app, address, session)


async def test_a_signed_command_gets_through(door: Door) -> None:
    assert await door.post(COMMAND, FORM, door.signed(COMMAND)) == 200
    assert [told["text"] for told in door.app.told] == ["help"]


async def test_slack_may_check_the_address(door: Door) -> None:
    challenge = await door.server.challenge()
    assert (challenge.status, challenge.body) == (200, {"challenge": challenge.parcel.payload["challenge"]})


@pytest.mark.parametrize("minutes", [-6, 6, 60 * 24 * 365])
async def test_old_and_future_requests_are_refused(door: Door, minutes: int) -> None:
    assert await door.post(COMMAND, FORM, door.signed(COMMAND, at=time.time() + minutes * 60)) == 401
    assert door.app.told == []


async def test_forged_requests_are_refused(door: Door) -> None:
    right = door.signed(COMMAND)
    for wrong in (
        {},
        door.server.signed(COMMAND, secret="another"),
        right | {"X-Slack-Signature": ""},
        right | {"X-Slack-Signature": right["X-Slack-Signature"].upper()},
        right | {"X-Slack-Signature": "v1" + right["X-Slack-Signature"][2:]},
        right | {"X-Slack-Signature": right["X-Slack-Signature"] + "0"},
        right | {"X-Slack-Signature": "v0=" + "é" * 64},
        right | {"X-Slack-Signature": "v0=" + "٣" * 64},
        *(
            right | {"X-Slack-Request-Timestamp": value}
            for value in ("", "now", "1e9", "-1", "+1", " 1 2", "٣", "é", "0x1", "9" * 13, "9" * 400, "nan", "1.5")
        ),
        {"X-Slack-Signature": right["X-Slack-Signature"]},
        {"X-Slack-Request-Timestamp": right["X-Slack-Request-Timestamp"]},
    ):
        assert await door.post(COMMAND, FORM, wrong) == 401, wrong
    assert await door.post(COMMAND + "&text=more", FORM, right) == 401
    assert door.app.told == []


async def test_a_header_that_comes_twice_is_refused(door: Door) -> None:
    right = door.signed(COMMAND)
    for name, value in (("X-Slack-Signature", "v0=é"), ("X-Slack-Request-Timestamp", "soon")):
        assert await door.post(COMMAND, FORM, right, {name: value}) == 401
        assert await door.post(COMMAND, FORM, {name: value}, right) == 401


UNREADABLE: tuple[tuple[bytes, dict[str, str]], ...] = (
    (b"\xff\xfe\x00", JSON),
    (b'{"a": "\xff"}', JSON),
    (b"\xc3(", FORM),
    (b"{", JSON),
    (b"[]", JSON),
    (b"1", JSON),
    (b'"text"', JSON),
    (b"null", JSON),
    (b"[" * 100_000, JSON),
    (b'{"authorizations": 5}', JSON),
    (b'{"authorizations": [5]}', JSON),
    (b'{"authorizations": {}}', JSON),
    (b'{"event": {"channel": 5}, "channel": 5}', JSON),
    (b'{"user": 5}', JSON),
    (b"payload=%7B", FORM),
    (b"payload=1", FORM),
    (b"payload=[]", FORM),
    (b'{"type": 1}', {"Content-Type": "text/plain"}),
    (b"x", {"Content-Type": "application/json; charset=nonsense"}),
    (b"x", {"Content-Type": "multipart/form-data"}),
    (b"x", {"Content-Type": "é"}),
    (b"", {}),
)


@pytest.mark.parametrize(("body", "kind"), UNREADABLE)
async def test_what_can_not_be_read_is_refused(door: Door, body: bytes, kind: dict[str, str]) -> None:
    fresh = {"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=" + "0" * 64}
    assert await door.post(body, kind, fresh) == 401
    assert door.app.told == []


PRINTED = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=80)


@given(body=st.binary(max_size=200), stamp=PRINTED, signature=PRINTED)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_a_stranger_sends_is_refused(door: Door, body: bytes, stamp: str, signature: str) -> None:
    assert await door.post(body, {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}) == 401
    assert door.app.told == []


@pytest.mark.long
async def test_bodies_over_a_mebibyte_are_refused(door: Door) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b"a" * 2**16

    body = "text=" + "a" * MAX_BODY_BYTES
    assert await door.post(io.BytesIO(body.encode()), FORM, door.signed(body)) == 413
    assert await door.post(pieces(), FORM, door.signed(body)) == 413
    assert door.app.told == []


async def test_a_body_that_never_ends_is_given_up(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_endpoints, "_BODY_TIMEOUT_SECONDS", 0.05)
    head = "".join(f"{name}: {value}\r\n" for name, value in door.signed("").items())
    reader, writer = await asyncio.open_connection("127.0.0.1", URL(door.address).port)
    writer.write(
        f"POST {http_endpoints.EVENTS_PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n{head}\r\nabc".encode()
    )
    assert b" 408 " in await reader.readline()
    writer.close()
    await writer.wait_closed()


async def test_only_what_was_asked_for_is_served(door: Door) -> None:
    for path, status in (
        (http_endpoints.EVENTS_PATH, 405),
        ("/slack/install", 404),
        ("/slack/oauth_redirect", 404),
        ("/slack", 404),
    ):
        async with door.session.get(f"{door.address}{path}") as answer:
            assert answer.status == status
    assert http_endpoints.build_routes(door.app.bolt, None, signed=False) == []


async def test_every_recorded_payload_gets_through(door: Door) -> None:
    recorded = sorted(FIXTURES.glob("*/*.json"))
    if not recorded:
        pytest.skip("The recorded payloads of bolt-python are not here.")
    for path in recorded:
        payload = json.loads(path.read_text())
        if path.parent.name.startswith("event_callback"):
            body, kind = json.dumps(payload), JSON
        elif path.parent.name.startswith("form."):
            body, kind = urlencode(payload), FORM
        else:
            body, kind = urlencode({"payload": json.dumps(payload)}), FORM
        assert await door.post(body, kind, door.signed(body)) < 500, path
        assert await door.post(body, kind, door.signed(body + " ")) == 401, path
