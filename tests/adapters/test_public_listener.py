"""The listener that the world can reach serves what it was given, and tells nothing else."""

from __future__ import annotations

import asyncio
import gzip
import io
import logging
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from adapters import public_listener
from adapters.public_listener import MAX_BODY_BYTES
from bot.errors import Misconfigured

LOCAL = ("/", "/healthz", "/status", "/metrics", "/api/channels", "/api/command", "/static/1/app.js", "/slack/events")


async def _echo(request: web.Request) -> web.Response:
    return web.Response(text=str(len(await request.read())))


async def _fail(_: web.Request) -> web.Response:
    raise ValueError("xoxb-secret")


@pytest.fixture
async def address() -> AsyncIterator[str]:
    app = public_listener.create_application([web.post("/given", _echo), web.get("/fails", _fail)])
    async with public_listener.serve(app, "127.0.0.1", 0) as one:
        yield one


@pytest.fixture
async def stranger() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_it_lives_and_says_no_more(address: str, stranger: aiohttp.ClientSession) -> None:
    async with stranger.get(f"{address}/livez") as answer:
        assert (answer.status, await answer.text()) == (200, "ok")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
async def test_nothing_of_the_workspace_is_there(address: str, stranger: aiohttp.ClientSession, method: str) -> None:
    for path in (*LOCAL, "//livez", "/livez/", "/%2e%2e/livez", "/api/../status"):
        async with stranger.request(method, URL(address + path, encoded=True)) as answer:
            assert answer.status == 404, path
            assert await answer.json() == {"error": "Not Found"}


async def test_other_methods_are_refused(address: str, stranger: aiohttp.ClientSession) -> None:
    async with stranger.get(f"{address}/given") as answer:
        assert answer.status == 405


async def test_bodies_are_bounded_however_they_come(address: str, stranger: aiohttp.ClientSession) -> None:
    async def pieces(whole: int) -> AsyncIterator[bytes]:
        for _ in range(whole // 2**16):
            yield bytes(2**16)

    squeezed = {"Content-Encoding": "gzip"}
    for body, headers, status in (
        (io.BytesIO(bytes(MAX_BODY_BYTES)), {}, 200),
        (io.BytesIO(bytes(MAX_BODY_BYTES + 1)), {}, 413),
        (pieces(MAX_BODY_BYTES), {}, 200),
        (pieces(4 * MAX_BODY_BYTES), {}, 413),
        (gzip.compress(bytes(MAX_BODY_BYTES)), squeezed, 200),
        (gzip.compress(bytes(64 * MAX_BODY_BYTES)), squeezed, 413),
    ):
        async with stranger.post(f"{address}/given", data=body, headers=headers) as answer:
            assert answer.status == status


async def test_what_goes_wrong_is_told_by_a_reference(
    address: str, stranger: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    async with stranger.get(f"{address}/fails?code=1") as answer:
        assert answer.status == 503
        said = await answer.json()
    assert set(said) == {"error", "reference"}
    assert said["reference"] in caplog.messages[0]
    assert "code=1" not in caplog.messages[0]


@pytest.mark.parametrize("path", ["/livez", "/fails", "/nowhere"])
async def test_every_answer_is_safe_to_show(address: str, stranger: aiohttp.ClientSession, path: str) -> None:
    async with stranger.get(f"{address}{path}") as answer:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Server"] == "Broadsheet"


async def test_strangers_who_speak_no_http_fill_no_log(address: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    for noise in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"GET /livez HTTP/9\r\n\r\n"):
        reader, writer = await asyncio.open_connection("127.0.0.1", URL(address).port)
        writer.write(noise)
        assert b" 400 " in await reader.readline()
        writer.close()
        await writer.wait_closed()
    assert caplog.messages == []


async def test_a_port_that_is_taken_is_said(address: str) -> None:
    with pytest.raises(Misconfigured, match="Set PORT to a free one"):
        async with public_listener.serve(public_listener.create_application([]), "127.0.0.1", URL(address).port or 0):
            pass


async def test_addresses_of_version_six_are_written_as_such() -> None:
    try:
        async with public_listener.serve(public_listener.create_application([]), "::1", 0) as address:
            assert URL(address).host == "::1"
    except Misconfigured:
        pytest.skip("This machine has no IPv6.")


async def test_half_a_head_is_not_waited_for() -> None:
    async with public_listener.serve(public_listener.create_application([]), "127.0.0.1", 0, head_timeout=0.1) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", URL(url).port)
        writer.write(b"GET /livez HTTP/1.1\r\n")
        assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()
