"""The aiohttp web server of the browser workspace: routes, /livez, /healthz and /status, on loopback by default."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from adapters.common.http_server import HEAD_TIMEOUT, serve_application
from adapters.web import assets
from adapters.web.assets import ASSETS
from adapters.web.chat import WebChat
from adapters.web.context import CONTEXT, WebContext, list_channel_states
from adapters.web.event_feed import HEARTBEAT_SECONDS, EventFeed
from adapters.web.handlers import api, previews
from adapters.web.handlers.commands import handle_action, handle_command
from adapters.web.handlers.delivery_log import get_delivery_log
from adapters.web.rendering import pages
from adapters.web.rendering.delivery_status import DELIVERIES_PATH
from adapters.web.rendering.site_info import SiteInfo
from adapters.web.security import MAX_BODY_BYTES, add_security_headers, build_access_middleware, handle_errors
from bot.ports.channels import Channels
from bot.ports.commands import Commands
from bot.ports.delivery_reports import DeliveryReports
from bot.ports.previews import PlatformPreview
from bot.ports.skipped_papers import SkippedPapers
from bot.ports.web_messages import WebMessages

_SHUTDOWN_TIMEOUT: Final = 5.0
"""Seconds that requests in flight are waited for."""


def build_application(
    commands: Commands,
    web_messages: WebMessages,
    channels: Channels,
    chat: WebChat,
    feed: EventFeed,
    *,
    site_info: Callable[[], Awaitable[SiteInfo]],
    clock: Callable[[], datetime],
    status: Callable[[datetime], Awaitable[Mapping[str, Any]]],
    host: str = "127.0.0.1",
    heartbeat: float = HEARTBEAT_SECONDS,
    platform_previews: Mapping[str, PlatformPreview] | None = None,
    skipped_papers: SkippedPapers | None = None,
    delivery_reports: DeliveryReports | None = None,
) -> web.Application:
    """Return the workspace as an application that is served on *host*.

    *chat* and *feed* belong together. *site_info* is asked for each page, so that the sample's line goes when the first
    real list comes. *status* tells the state of things at a moment, as JSON data; its ``ok`` decides the answers of
    ``/healthz`` and ``/readyz``. *heartbeat* is in seconds, see `adapters.web.event_feed.EventFeed.subscribe`.
    *platform_previews* shows each card as other platforms would, by their names; *skipped_papers* takes what can't be
    drawn, *delivery_reports* has the log of each channel.
    """
    app = web.Application(middlewares=[handle_errors, build_access_middleware(host)], client_max_size=MAX_BODY_BYTES)
    app[ASSETS] = assets.load_assets()
    app[CONTEXT] = WebContext(
        commands,
        web_messages,
        channels,
        chat,
        feed,
        site_info,
        clock,
        status,
        heartbeat,
        platform_previews or {},
        skipped_papers=skipped_papers or SkippedPapers(),
        delivery_reports=delivery_reports,
    )
    app.add_routes(
        [
            web.get("/", _get_workspace),
            web.get("/static/{version}/{name}", _get_asset),
            web.get("/livez", _get_liveness),
            web.get("/readyz", _get_readiness),
            web.get("/healthz", _get_health),
            web.get("/status", _get_status),
            web.get(DELIVERIES_PATH, get_delivery_log),
            web.get("/api/channels", api.get_channels),
            web.get("/api/messages", api.get_messages),
            web.get("/api/complete", api.get_completions),
            web.get("/api/events", api.stream_events),
            web.get("/api/drawing", previews.get_preview),
            web.get("/api/source", previews.get_source),
            web.post("/api/command", handle_command),
            web.post("/api/action", handle_action),
        ]
    )
    app.on_response_prepare.append(add_security_headers)
    app.on_shutdown.append(_close_feed)
    return app


def serve(
    app: web.Application, host: str, port: int, *, head_timeout: float = HEAD_TIMEOUT
) -> AbstractAsyncContextManager[str]:
    """Serve *app* while the block runs; see `adapters.common.http_server.serve_application`."""
    return serve_application(
        app,
        host,
        port,
        listener="The workspace",
        port_setting="WEB_PORT",
        shutdown_seconds=_SHUTDOWN_TIMEOUT,
        head_timeout=head_timeout,
    )


async def _get_workspace(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    latest_id = context.feed.latest_id
    channel_states = await list_channel_states(context)
    page = pages.render_workspace_page(
        await context.site_info(),
        request.app[ASSETS],
        channel_states,
        latest_id,
        has_previews=bool(context.previews),
    )
    return web.Response(text=page, content_type="text/html")


async def _get_asset(request: web.Request) -> web.Response:
    return assets.serve_asset(request.app[ASSETS], request.match_info["version"], request.match_info["name"])


async def _get_liveness(_: web.Request) -> web.Response:
    """Say that the process and its event loop are alive; nothing else is asked, the database neither."""
    return web.json_response({"ok": True})


async def _get_readiness(request: web.Request) -> web.Response:
    report = await _build_report(request)
    return web.json_response({"ok": bool(report.get("ok"))}, status=_get_health_status(report))


async def _get_health(request: web.Request) -> web.Response:
    report = await _build_report(request)
    return web.json_response(dict(report), status=_get_health_status(report))


async def _build_report(request: web.Request) -> Mapping[str, Any]:
    context = request.app[CONTEXT]
    return await context.status(context.clock())


def _get_health_status(report: Mapping[str, Any]) -> HTTPStatus:
    return HTTPStatus.OK if report.get("ok") else HTTPStatus.SERVICE_UNAVAILABLE


async def _get_status(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    now = context.clock()
    report = await context.status(now)
    if "text/html" not in request.headers.get("Accept", ""):
        return web.json_response(dict(report))
    page = pages.render_status_page(report, request.app[ASSETS], now, await context.site_info())
    return web.Response(text=page, content_type="text/html")


async def _close_feed(app: web.Application) -> None:
    app[CONTEXT].feed.close()
