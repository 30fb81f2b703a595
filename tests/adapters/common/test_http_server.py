"""An application that is served while a block runs, on an address that is free."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from adapters.common.http_server import serve_application
from bot.errors import Misconfigured


def serve(
    port: int,
    host: str = "127.0.0.1",
    *,
    gate: asyncio.Event | None = None,
    head_timeout: float = 60,
    max_connections: int = 256,
) -> AbstractAsyncContextManager[str]:
    """Serve a page, and one that is answered when *gate* opens."""

    async def get_page(_: web.Request) -> web.Response:
        return web.Response(text="here")

    async def get_slow_page(_: web.Request) -> web.Response:
        assert gate is not None
        await gate.wait()
        return web.Response(text="slow")

    app = web.Application()
    app.add_routes([web.get("/", get_page), web.get("/slow", get_slow_page)])
    return serve_application(
        app,
        host,
        port,
        listener="The page",
        port_setting="PAGE_PORT",
        shutdown_seconds=1,
        head_timeout=head_timeout,
        max_connections=max_connections,
    )


async def send(stack: AsyncExitStack, url: str, text: bytes) -> asyncio.StreamReader:
    """Open a connection and send *text*."""
    reader, writer = await asyncio.open_connection(URL(url).host, URL(url).port)
    stack.callback(writer.close)
    writer.write(text)
    return reader


async def read_to_the_end(reader: asyncio.StreamReader) -> bytes:
    """Return what comes until the connection ends, however it does."""
    with suppress(ConnectionError):
        return await reader.read()
    return b""


HALF = b"GET / HTTP/1.1\r\nHost: here\r\n"
WHOLE = HALF + b"Connection: close\r\n\r\n"
SLOW = b"GET /slow HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"


async def test_it_is_served_while_the_block_runs() -> None:
    async with aiohttp.ClientSession() as session:
        async with serve(0) as url, session.get(url) as response:
            assert await response.text() == "here"
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(url)


async def test_an_address_that_is_taken_is_told_with_its_setting() -> None:
    async with serve(0) as url:
        port = int(url.rsplit(":", 1)[1])
        with pytest.raises(Misconfigured) as caught:
            async with serve(port):
                pass
    (fault,) = caught.value.faults
    assert fault.startswith(f"The page can't listen on 127.0.0.1, port {port}: ")
    assert fault.endswith(". Set PAGE_PORT to a free one.")
    async with serve(port) as again:
        assert again == url


async def test_a_host_that_is_not_this_machine_is_told() -> None:
    with pytest.raises(Misconfigured, match=r"The page can't listen on 192\.0\.2\.1, port"):
        async with serve(0, "192.0.2.1"):
            pass


async def test_half_a_head_is_waited_for_so_long_and_no_longer() -> None:
    async with serve(0, head_timeout=0.1) as url, AsyncExitStack() as stack, asyncio.timeout(10):
        halves = [await send(stack, url, HALF) for _ in range(100)]
        silent = await send(stack, url, b"")
        assert {await read_to_the_end(reader) for reader in (*halves, silent)} == {b""}


async def test_an_answered_connection_is_kept_so_long_for_the_next_request() -> None:
    async with serve(0, head_timeout=0.1) as url, AsyncExitStack() as stack, asyncio.timeout(10):
        answer = await read_to_the_end(await send(stack, url, HALF + b"\r\n" + HALF))
        assert answer.count(b"200 OK") == 1


async def test_somebody_is_answered_while_hundreds_send_half_a_head() -> None:
    async with serve(0, max_connections=64) as url, AsyncExitStack() as stack, asyncio.timeout(20):
        halves = [await send(stack, url, HALF) for _ in range(400)]
        assert b"200 OK" in await read_to_the_end(await send(stack, url, WHOLE))
        assert {await read_to_the_end(reader) for reader in halves[:300]} == {b""}
        assert not halves[-1].at_eof()


async def test_who_is_being_answered_is_not_closed_for_anybody() -> None:
    gate = asyncio.Event()
    async with (
        serve(0, gate=gate, head_timeout=0.1, max_connections=4) as url,
        AsyncExitStack() as stack,
        asyncio.timeout(10),
    ):
        answered = [await send(stack, url, SLOW) for _ in range(4)]
        while await read_to_the_end(await send(stack, url, WHOLE)):
            pass  # until all four are being answered, and there is no place for a fifth
        gate.set()
        assert [b"slow" in await read_to_the_end(reader) for reader in answered] == [True] * 4
        assert b"200 OK" in await read_to_the_end(await send(stack, url, WHOLE))
