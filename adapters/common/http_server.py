"""An aiohttp application served on an address of this machine while a block runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web
from aiohttp.log import server_logger

from adapters.common.connection_limit import MAX_CONNECTIONS, ConnectionLimit, LimitedProtocol
from bot.errors import Misconfigured

HEAD_TIMEOUT: Final = 10.0
"""Seconds that a request's head may take, from the beginning of the connection or from the last answer on it."""


@asynccontextmanager
async def serve_application(
    app: web.Application,
    host: str,
    port: int,
    *,
    listener: str,
    port_setting: str,
    shutdown_seconds: float,
    logger: logging.Logger = server_logger,
    head_timeout: float = HEAD_TIMEOUT,
    max_connections: int = MAX_CONNECTIONS,
) -> AsyncIterator[str]:
    """Serve *app* while the block runs; yields its address for people.

    A connection on which no whole head of a request comes within *head_timeout* seconds is closed; of more than
    *max_connections*, those give way that wait for one. Raises `bot.errors.Misconfigured` when the address can't be
    listened on, of which *listener* and *port_setting* are told. Requests are not logged: their addresses hold what
    people type, and one-time codes.
    """
    limit = ConnectionLimit(max_connections)
    app.middlewares.insert(0, limit.track_request)
    runner = web.AppRunner(
        app, access_log=None, logger=logger, shutdown_timeout=shutdown_seconds, keepalive_timeout=head_timeout
    )
    await runner.setup()
    try:
        try:
            server = await _start_server(runner, limit, host, port)
        except OSError as error:
            problem = f"{listener} can't listen on {host}, port {port}: {error.strerror}."
            raise Misconfigured((f"{problem} Set {port_setting} to a free one.",)) from error
        url_host = f"[{host}]" if ":" in host else host
        try:
            yield f"http://{url_host}:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()
    finally:
        await runner.cleanup()


async def _start_server(runner: web.AppRunner, limit: ConnectionLimit, host: str, port: int) -> asyncio.Server:
    """Listen as `aiohttp.web.TCPSite` does, which has no limit."""
    create_protocol = runner.server
    if create_protocol is None:
        raise RuntimeError("the runner is not set up")
    return await asyncio.get_running_loop().create_server(lambda: LimitedProtocol(limit, create_protocol), host, port)
