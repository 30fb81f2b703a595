"""The endpoints: Web API, response_url, OAuth page and sockets on one loopback address."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.utils import formatdate
from functools import partial
from typing import Final

from aiohttp import web

from tests.servers.slack import messages, modals, oauth, rooms
from tests.servers.slack.acting import Acting
from tests.servers.slack.asks import Ask, arguments, token
from tests.servers.slack.faults import limited
from tests.servers.slack.hooks import respond
from tests.servers.slack.rules import RESTRICTED, RULES, Limits
from tests.servers.slack.things import Bot, Call, Json, Refusal

METHODS: Final = {**messages.METHODS, **rooms.METHODS, **modals.METHODS, **oauth.METHODS}

Answer = Callable[[], web.Response]


class Slack(Acting):
    """All of Slack that Broadsheet meets; ``root`` is the address of what is not the Web API."""

    def __init__(self) -> None:
        super().__init__()
        self._limits = Limits()

    @property
    def url(self) -> str:
        """The base of the Web API, for ``AsyncWebClient(base_url=…)``."""
        return f"{self.root}/api/"

    @property
    def authorize_url(self) -> str:
        """Where installing starts."""
        return f"{self.root}/oauth/v2/authorize"

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.route("*", "/api/{method}", self._method),
            web.post("/hooks/{name}", self._hook),
            web.get("/oauth/v2/authorize", self._authorize),
            web.get("/link/", self.serve),
        ]

    async def date(self, _: web.Request, response: web.StreamResponse) -> None:
        """Say in every answer what time it is here."""
        response.headers["Date"] = formatdate(self.clock.now(), usegmt=True)

    async def _method(self, request: web.Request) -> web.StreamResponse:
        try:
            given = await arguments(request)
        except ValueError:
            return web.json_response({"ok": False, "error": "invalid_json"})
        named = token(request, given)
        given.pop("token", None)
        call = Call(request.match_info["method"], named, given, time.monotonic())
        return await self._called(request, call, partial(self._answer, request, call))

    async def _hook(self, request: web.Request) -> web.StreamResponse:
        call = Call("response_url", "", await request.json(), time.monotonic())
        return await self._called(request, call, partial(self._respond, request.match_info["name"], call))

    async def _authorize(self, request: web.Request) -> web.StreamResponse:
        return oauth.authorize(self, self.oauth, request.query)

    async def _called(self, request: web.Request, call: Call, answer: Answer) -> web.StreamResponse:
        """Count, spoil or answer a call."""
        self.calls.append(call)
        self.changed()
        fault = next((one for one in self.faults if one.hits(call.method, call.arguments)), None)
        if fault is None:
            return answer()
        fault.times -= 1
        await fault.hold()
        if fault.drop == "before":
            return _hung_up(request)
        right = fault.answer() or answer()
        await fault.linger()
        return _hung_up(request) if fault.drop == "after" else right

    def _answer(self, request: web.Request, call: Call) -> web.Response:
        bot: Bot | None = None
        try:
            if call.method == "oauth.v2.access":
                header = request.headers.get("Authorization", "")
                return _said(oauth.access(self, self.oauth, call.arguments, header))
            if call.method not in RULES:
                raise Refusal("unknown_method", req_method=call.method)
            bot = oauth.caller(self, call.token, call.method)
            if seconds := self._too_fast(bot, call):
                return limited(seconds)
            return _said(self._run(bot, call), bot)
        except Refusal as refusal:
            return _said({"ok": False, "error": refusal.error} | refusal.more, bot)

    def _run(self, bot: Bot, call: Call) -> Json:
        ask = Ask(self, call.method, bot, call.arguments)
        ask.scope(*RULES[call.method].scopes)
        return {"url": self._socket_url()} if call.method == "apps.connections.open" else METHODS[call.method](ask)

    def _respond(self, name: str, call: Call) -> web.Response:
        hook = self.hooks.get(name)
        try:
            if hook is None:
                raise Refusal("used_url")
            respond(self, hook, call.arguments)
        except Refusal as refusal:
            status = 404 if refusal.error.endswith("_url") else 400
            return web.json_response({"ok": False, "error": refusal.error} | refusal.more, status=status)
        return web.Response(text="ok")

    def _too_fast(self, bot: Bot, call: Call) -> int:
        self._limits.restricted = self.restricted
        if not (self.limits or (self.restricted and call.method in RESTRICTED)):
            return 0
        channel = str(call.arguments.get("channel", ""))
        return self._limits.wait(call.method, bot.team or bot.enterprise, channel, self.clock.now())

    def _socket_url(self) -> str:
        ticket = self.secret("ticket")
        self.tickets.add(ticket)
        return f"{self.root.replace('http', 'ws', 1)}/link/?ticket={ticket}"


@asynccontextmanager
async def slack() -> AsyncIterator[Slack]:
    """Serve Slack on loopback until the end of the block; nothing of it stays."""
    server = Slack()
    app = web.Application(client_max_size=8 * 1024**2)
    app.router.add_routes(server.routes())
    app.on_response_prepare.append(server.date)
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


def _said(answer: Json, bot: Bot | None = None) -> web.Response:
    """Return an answer as Slack writes it, with the caller's scopes in a header."""
    headers = {"x-oauth-scopes": ",".join(sorted(bot.scopes))} if bot else {}
    return web.json_response({"ok": True} | answer, headers=headers)


def _hung_up(request: web.Request) -> web.Response:
    """End the connection without a word."""
    if request.transport:
        request.transport.close()
    return web.Response()
