"""Bad input: each gets a 4xx and one sentence, and nothing is done."""

from __future__ import annotations

import json

import pytest
from aiohttp import ClientSession

from tests.workspace import Workspace

COMMAND = {"channel": "papers", "line": "follow x"}
ACTION = {"channel": "papers", "command": "follow", "arguments": {"topic": "x"}}
LARGE = 70_000


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("command", b"", 400),
        ("command", b"{", 400),
        ("command", b"\xff\xfe\x00", 400),
        ("command", b"[" * 50_000, 400),
        ("command", b'{"channel": "papers", "line": ' + b"9" * 6000 + b"}", 400),
        ("command", b"null", 400),
        ("command", b"[1]", 400),
        ("command", b"{}", 400),
        ("command", COMMAND | {"line": 7}, 400),
        ("command", COMMAND | {"line": None}, 400),
        ("command", COMMAND | {"line": "x" * 2001}, 400),
        ("command", COMMAND | {"line": "\ud800"}, 400),
        ("command", COMMAND | {"line": "a\0b"}, 400),
        ("command", COMMAND | {"line": "x" * LARGE}, 413),
        ("command", COMMAND | {"channel": "nowhere"}, 404),
        ("command", COMMAND | {"channel": "../papers"}, 404),
        ("command", COMMAND | {"channel": ["papers"]}, 400),
        ("command", COMMAND | {"channel": "c" * 101}, 400),
        ("command", COMMAND | {"id": "short"}, 400),
        ("command", COMMAND | {"id": 12345678}, 400),
        ("action", ACTION | {"command": None}, 400),
        ("action", ACTION | {"arguments": "topic"}, 400),
        ("action", ACTION | {"arguments": ["topic"]}, 400),
        ("action", ACTION | {"arguments": {"topic": 1}}, 400),
        ("action", ACTION | {"arguments": {"topic": {"deep": "er"}}}, 400),
        ("action", ACTION | {"arguments": {"topic": "\udfff"}}, 400),
        ("action", ACTION | {"arguments": {"topic": "x" * 10_001}}, 400),
        ("action", ACTION | {"arguments": {f"n{n}": "" for n in range(61)}}, 400),
        ("action", ACTION | {"dry": "yes"}, 400),
        ("action", ACTION | {"share": 1}, 400),
        ("action", ACTION | {"channel": "nowhere"}, 404),
    ],
)
async def test_bad_bodies(
    client: ClientSession, workspace: Workspace, path: str, body: bytes | dict[str, object], status: int
) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with client.post(f"/api/{path}", data=data, headers={"Content-Type": "application/json"}) as answer:
        assert answer.status == status
        sentence = (await answer.json())["error"]
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert workspace.table.asked == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_only_json_is_taken(client: ClientSession, workspace: Workspace, kind: str) -> None:
    data = json.dumps(COMMAND).encode()
    async with client.post("/api/command", data=data, headers={"Content-Type": kind}) as answer:
        assert answer.status == 415
        assert (await answer.json())["error"] == "Send JSON, as application/json."
    assert workspace.table.asked == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/messages", 400),
        ("/api/messages?channel=nowhere", 404),
        ("/api/messages?channel=papers&before=x", 400),
        ("/api/messages?channel=papers&before=-1", 400),
        ("/api/messages?channel=papers&before=99999999999999999999", 400),
        ("/api/messages?channel=papers&before=", 400),
        ("/api/complete?channel=papers", 400),
        ("/api/complete?line=x", 400),
        ("/api/complete?channel=papers&line=%00", 400),
        ("/api/complete?channel=papers&line=" + "x" * 2001, 400),
        ("/api/nothing", 404),
        ("/api/command", 405),
    ],
)
async def test_bad_addresses(client: ClientSession, path: str, status: int) -> None:
    async with client.get(path) as answer:
        assert answer.status == status
        assert (await answer.json())["error"].endswith(".")


async def test_what_is_not_text_in_an_address_does_no_harm(client: ClientSession) -> None:
    async with client.get("/api/complete?channel=papers&line=%ff%fe") as answer:
        assert answer.status < 500
