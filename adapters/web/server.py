"""The web server: the workspace, its status and its health, on loopback unless told otherwise."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from adapters.web import answers, api, assets, drawings, pages
from adapters.web.assets import ASSETS
from adapters.web.chat import WebChat
from adapters.web.desk import DESK, Desk, standings
from adapters.web.events import BEAT, Feed
from adapters.web.guards import LARGEST, boundary, doors, protect
from adapters.web.site import Site
from bot.errors import Misconfigured
from bot.ports.commands import Commands
from bot.ports.drawings import Draw
from bot.ports.places import Board, Channels

_GRACE: Final = 5.0
"""Seconds that requests in flight are waited for."""


def application(
    commands: Commands,
    board: Board,
    channels: Channels,
    chat: WebChat,
    feed: Feed,
    *,
    site: Callable[[], Awaitable[Site]],
    clock: Callable[[], datetime],
    status: Callable[[datetime], Awaitable[Mapping[str, Any]]],
    host: str = "127.0.0.1",
    beat: float = BEAT,
    drawn: Mapping[str, Draw] | None = None,
) -> web.Application:
    """Return the workspace as an application that is served on *host*.

    *chat* and *feed* belong together. *site* is asked for each page, so that the sample's line goes when the first real
    list comes. *status* tells the state of things at a moment, as JSON data; its ``ok`` decides
    the answer of ``/healthz``. *beat* is in seconds, see `adapters.web.events.Feed.follow`.
    *drawn* shows each card as other platforms would, by their names.
    """
    app = web.Application(middlewares=[boundary, doors(host)], client_max_size=LARGEST)
    app[ASSETS] = assets.load()
    app[DESK] = Desk(commands, board, channels, chat, feed, site, clock, status, beat, drawn or {})
    app.add_routes(
        [
            web.get("/", _workspace),
            web.get("/static/{version}/{name}", _static),
            web.get("/healthz", _healthz),
            web.get("/status", _status),
            web.get("/api/channels", api.channels),
            web.get("/api/messages", api.messages),
            web.get("/api/complete", api.complete),
            web.get("/api/events", api.events),
            web.get("/api/drawing", drawings.document),
            web.get("/api/source", drawings.source),
            web.post("/api/command", answers.command),
            web.post("/api/action", answers.action),
        ]
    )
    app.on_response_prepare.append(protect)
    app.on_shutdown.append(_end)
    return app


@asynccontextmanager
async def serve(app: web.Application, host: str, port: int) -> AsyncIterator[str]:
    """Serve *app* while the block runs; yields its address for people.

    Raises `bot.errors.Misconfigured` when the address can't be listened on. Requests are not logged: their addresses
    hold what people type.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_GRACE)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise Misconfigured(
                (f"The workspace can't listen on {host}, port {port}: {error.strerror}. Set WEB_PORT to a free one.",)
            ) from error
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _workspace(request: web.Request) -> web.Response:
    desk = request.app[DESK]
    latest = desk.feed.latest
    known = await standings(desk)
    page = pages.workspace(await desk.site(), request.app[ASSETS], known, latest, drawings=bool(desk.drawings))
    return web.Response(text=page, content_type="text/html")


async def _static(request: web.Request) -> web.Response:
    return assets.respond(request.app[ASSETS], request.match_info["version"], request.match_info["name"])


async def _healthz(request: web.Request) -> web.Response:
    desk = request.app[DESK]
    facts = await desk.status(desk.clock())
    healthy = HTTPStatus.OK if facts.get("ok") else HTTPStatus.SERVICE_UNAVAILABLE
    return web.json_response(dict(facts), status=healthy)


async def _status(request: web.Request) -> web.Response:
    desk = request.app[DESK]
    now = desk.clock()
    facts = await desk.status(now)
    if "text/html" not in request.headers.get("Accept", ""):
        return web.json_response(dict(facts))
    return web.Response(text=pages.status(facts, request.app[ASSETS], now), content_type="text/html")


async def _end(app: web.Application) -> None:
    app[DESK].feed.close()
