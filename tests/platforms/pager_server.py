"""The server of the made-up pager, on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class PagerServer:
    """What was paged, and the socket by which people are heard."""

    url: str = ""
    pages: asyncio.Queue[tuple[str, str]] = field(default_factory=asyncio.Queue)
    sockets: asyncio.Queue[web.WebSocketResponse] = field(default_factory=asyncio.Queue)
    answers: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    async def type_line(self, identifier: str, person: str, line: str) -> str:
        """Type a line as somebody would; return the answer."""
        socket = await self.sockets.get()
        await socket.send_json({"identifier": identifier, "person": person, "line": line})
        self.sockets.put_nowait(socket)
        return await self.answers.get()

    async def take_page(self, request: web.Request) -> web.Response:
        self.pages.put_nowait((request.match_info["channel"], (await request.json())["text"]))
        return web.json_response(self.pages.qsize())

    async def take_socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.put_nowait(socket)
        async for message in socket:
            self.answers.put_nowait(message.json()["text"])
        return socket

    async def say_hello(self, request: web.Request) -> web.Response:
        return web.Response(text="beep")


@asynccontextmanager
async def serve_pager() -> AsyncIterator[PagerServer]:
    """Serve until the end of the block."""
    server, app = PagerServer(), web.Application()
    app.add_routes(
        [
            web.get("/", server.say_hello),
            web.get("/lines", server.take_socket),
            web.post("/channels/{channel}", server.take_page),
        ]
    )
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = "http://{}:{}".format(*runner.addresses[0][:2])
    try:
        yield server
    finally:
        await runner.cleanup()
