"""The endpoints: REST and the gateway on one loopback address."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

from aiohttp import web

from tests.servers.discord import answering, messages, rooms, schema, threads
from tests.servers.discord.acting import Acting
from tests.servers.discord.asks import Ask, Method
from tests.servers.discord.faults import VIA, said
from tests.servers.discord.things import Bot, Call, Refusal

METHODS: Final[dict[str, Method]] = {**rooms.METHODS, **messages.METHODS, **threads.METHODS, **answering.METHODS}
_BASE: Final = "/api/v10"
_UNBOUND: Final = ("/interactions/", "/webhooks/")
"""Where no token of the bot is needed, and the limit over all routes does not count."""


class Discord(Acting):
    """All of Discord that Broadsheet meets. ``checking`` asks the OpenAPI file about every body."""

    def __init__(self) -> None:
        super().__init__()
        self.checking = True

    @property
    def api(self) -> str:
        """The base of REST, for ``discord.http.Route.BASE``."""
        return f"{self.root}{_BASE}"

    def routes(self) -> list[web.RouteDef]:
        """Return what is served; fixed paths before those with an id in the same place."""
        every = sorted(METHODS, key=lambda route: route.replace("{", "~"))
        served = [self._route(name) for name in every]
        return [*served, web.get("/gateway", self.serve), web.route("*", "/{path:.*}", self._nothing)]

    def _route(self, name: str) -> web.RouteDef:
        method, path = name.split(" ")
        return web.route(method, f"{_BASE}{path}", partial(self._asked, path))

    async def _nothing(self, request: web.Request) -> web.StreamResponse:
        self.calls.append(Call(request.method, "", request.path, None, time.monotonic(), 404))
        return said({"message": "404: Not Found", "code": 0}, 404)

    async def _asked(self, route: str, request: web.Request) -> web.StreamResponse:
        """Count, spoil or answer a request."""
        body, files, at = await _body(request), await _files(request), time.monotonic()
        path = request.path.removeprefix(_BASE)
        call = Call(request.method, route, path, body, at, query=dict(request.query), files=files)
        self.calls.append(call)
        self.changed()
        fault = next((one for one in self.faults if one.hits(call)), None)
        if fault is None:
            return self._said(call, self._limited(request, call))
        fault.times -= 1
        await fault.hold()
        if fault.drop == "before":
            return _hung_up(request)
        wrong = fault.answer()
        right = self._limited(request, call) if fault.accepted or wrong is None else wrong
        await fault.linger()
        return _hung_up(request) if fault.drop == "after" else self._said(call, wrong or right)

    def _said(self, call: Call, answer: web.Response) -> web.Response:
        """Note how a request was answered."""
        call.status = answer.status
        shared = answer.headers.get("X-RateLimit-Scope") == "shared"
        self.invalid += answer.status in {401, 403, 429} and not shared
        self.changed()
        return answer

    def _limited(self, request: web.Request, call: Call) -> web.Response:
        """Answer, unless requests come too fast."""
        now = time.time()
        bound = not call.route.startswith(_UNBOUND)
        if bound and (wait := self.rates.everywhere(now)):
            return wait
        ids = dict(request.match_info)
        headers, wait = self.rates.here(f"{call.method} {call.route}", ids, now)
        if wait:
            return wait
        answer = self._answer(request, call)
        answer.headers.update(headers)
        return answer

    def _answer(self, request: web.Request, call: Call) -> web.Response:
        try:
            bot = self._caller(request, call)
            name = f"{call.method} {call.route}"
            ask = Ask(self, name, bot, request.match_info, request.query, call.json)
            if call.method in {"POST", "PUT", "PATCH"} and call.json is not None and self.checking:
                ask.refuse(schema.problems(call.method, call.route, call.json))
            return said(METHODS[name](ask))
        except Refusal as refusal:
            return said(refusal.body, refusal.status, VIA if refusal.status == 429 else None)

    def _caller(self, request: web.Request, call: Call) -> Bot | None:
        """Return whose token came along; answers to interactions need none."""
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        bot = self.bots.get(token) if kind == "Bot" else None
        if bot is None and not call.route.startswith((*_UNBOUND, "/gateway")):
            raise Refusal(0)
        if bot is None and call.route == "/gateway/bot":
            raise Refusal(0)
        return bot


@asynccontextmanager
async def discord() -> AsyncIterator[Discord]:
    """Serve Discord on loopback until the end of the block; nothing of it stays."""
    server = Discord()
    app = web.Application(client_max_size=25 * 1024**2)
    app.router.add_routes(server.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        server.root = f"http://{host}:{port}"
        yield server
    finally:
        await server.stop()
        await runner.cleanup()


async def _body(request: web.Request) -> Any:
    """Return a request's JSON, also where it stands in a form beside files."""
    if request.content_type.startswith("multipart/"):
        return json.loads(str((await request.post()).get("payload_json", "null")))
    text = await request.text()
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


async def _files(request: web.Request) -> dict[str, str]:
    """Return the texts beside a message."""
    if not request.content_type.startswith("multipart/"):
        return {}
    parts = (part for part in (await request.post()).values() if isinstance(part, web.FileField))
    return {part.filename: part.file.read().decode() for part in parts}


def _hung_up(request: web.Request) -> web.Response:
    """End the connection without a word."""
    if request.transport:
        request.transport.close()
    return web.Response()
