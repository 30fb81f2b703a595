"""Who may ask: only this machine's own page, under its own name, in good measure."""

from __future__ import annotations

import asyncio
import socket

import pytest
from aiohttp import ClientSession
from yarl import URL

from adapters.web.security import is_known_host
from bot.errors import Misconfigured
from tests.workspace import Workspace, running

EVERYWHERE = "0.0.0.0"  # noqa: S104 (compared with, not bound to)
PATHS = ("/", "/status", "/healthz", "/api/channels", "/api/events", "/nowhere", "/static/x/app.js")


@pytest.mark.parametrize(
    ("header", "host", "fine"),
    [
        ("127.0.0.1:8000", "127.0.0.1", True),
        ("localhost:8000", "127.0.0.1", True),
        ("LOCALHOST:8000", "127.0.0.1", True),
        ("[::1]:8000", "127.0.0.1", True),
        ("localhost", "127.0.0.1", False),
        ("localhost:8001", "127.0.0.1", False),
        ("evil.example:8000", "127.0.0.1", False),
        ("localhost.evil.example:8000", "127.0.0.1", False),
        ("127.0.0.1.evil.example:8000", "127.0.0.1", False),
        ("192.168.1.5:8000", "127.0.0.1", False),
        ("", "127.0.0.1", False),
        ("localhost:many", "127.0.0.1", False),
        ("[::1", "127.0.0.1", False),
        ("user@localhost:8000", "127.0.0.1", False),
        ("localhost:8000/x", "127.0.0.1", False),
        ("papers.lan:8000", "papers.lan", True),
        ("papers.lan:9000", "papers.lan", True),
        ("evil.example:8000", "papers.lan", False),
        ("192.168.1.5:8000", EVERYWHERE, True),
        ("[fe80::1]:9000", "::", True),
        ("evil.example:8000", EVERYWHERE, False),
    ],
)
def test_host(header: str, host: str, fine: bool) -> None:  # noqa: FBT001 (what is expected)
    assert is_known_host(header, 8000, host) is fine


@pytest.mark.parametrize("path", PATHS)
async def test_another_name_is_turned_away(client: ClientSession, path: str) -> None:
    async with client.get(path, headers={"Host": "evil.example"}) as answer:
        assert answer.status == 421
        assert "does not answer under that name" in await answer.text()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_another_site_is_turned_away(
    client: ClientSession, workspace: Workspace, headers: dict[str, str]
) -> None:
    body = {"channel": "papers", "line": "follow x"}
    async with client.post("/api/command", json=body, headers=headers) as answer:
        assert answer.status == 403
        assert "Another site" in (await answer.json())["error"]
    async with client.get("/api/events", headers=headers) as answer:
        assert answer.status == 403
    assert workspace.table.asked == []


async def test_the_own_page_and_the_command_line_are_let_in(client: ClientSession, workspace: Workspace) -> None:
    body = {"channel": "papers", "line": "follow x"}
    for headers in ({}, {"Origin": workspace.url, "Sec-Fetch-Site": "same-origin"}):
        async with client.post("/api/command", json=body, headers=headers) as answer:
            assert answer.status == 200
    assert len(workspace.table.asked) == 2


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_is_armoured(client: ClientSession, path: str) -> None:
    async with client.get(path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"


async def test_the_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Misconfigured, match=f"port {port}.*WEB_PORT"):
            async with running(port=port):
                pass


async def test_half_a_head_is_not_waited_for_and_the_stream_of_events_goes_on() -> None:
    async with (
        running(beat=0.05, head_timeout=0.1) as workspace,
        ClientSession(workspace.url) as session,
        session.get("/api/events") as events,
        asyncio.timeout(10),
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", URL(workspace.url).port)
        writer.write(b"GET / HTTP/1.1\r\n")
        assert await reader.read() == b""
        writer.close()
        for _ in range(10):
            assert await events.content.readline()
