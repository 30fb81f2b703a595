"""Public HTTP listener: signed requests, OAuth pages and /livez, and nothing of the browser workspace."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.common.http_server import HEAD_TIMEOUT, serve_application
from bot.errors import log_failure

MAX_BODY_BYTES: Final = 2**20
"""Bytes of a request's body."""
_SHUTDOWN_SECONDS: Final = 5.0
_SECURITY_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

log = logging.getLogger(__name__)


def create_application(routes: Iterable[web.RouteDef]) -> web.Application:
    """Return the routes with ``/livez``, which tells nothing but that the process answers."""
    app = web.Application(middlewares=[_handle_errors], client_max_size=MAX_BODY_BYTES)
    app.add_routes([web.get("/livez", _handle_livez), *routes])
    app.on_response_prepare.append(_set_security_headers)
    return app


def serve(
    app: web.Application, host: str, port: int, *, head_timeout: float = HEAD_TIMEOUT
) -> AbstractAsyncContextManager[str]:
    """Serve *app* while the block runs; see `adapters.common.http_server.serve_application`."""
    logger = logging.getLogger(f"{__name__}.wire")
    logger.setLevel(logging.CRITICAL)  # a traceback for each client that speaks no HTTP helps nobody
    return serve_application(
        app,
        host,
        port,
        listener="The public listener",
        port_setting="PORT",
        shutdown_seconds=_SHUTDOWN_SECONDS,
        logger=logger,
        head_timeout=head_timeout,
    )


@web.middleware
async def _handle_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever goes wrong into an answer that tells nothing; the log gets the traceback under the reference."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        return web.json_response({"error": error.reason}, status=error.status)
    except Exception as error:  # noqa: BLE001 - the boundary
        reference = log_failure(log, f"{request.method} {request.path} failed", error)
        return web.json_response({"error": "failed", "reference": reference}, status=HTTPStatus.SERVICE_UNAVAILABLE)


async def _set_security_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Forbid what no answer needs; a page may bring a policy of its own."""
    for name, value in _SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "Broadsheet"


async def _handle_livez(_: web.Request) -> web.Response:
    return web.Response(text="ok")
