"""An aiohttp application served on an address of this machine while a block runs."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.log import server_logger

from bot.errors import Misconfigured


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
) -> AsyncIterator[str]:
    """Serve *app* while the block runs; yields its address for people.

    Raises `bot.errors.Misconfigured` when the address can't be listened on, of which *listener* and *port_setting* are
    told. Requests are not logged: their addresses hold what people type, and one-time codes.
    """
    runner = web.AppRunner(app, access_log=None, logger=logger, shutdown_timeout=shutdown_seconds)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            problem = f"{listener} can't listen on {host}, port {port}: {error.strerror}."
            raise Misconfigured((f"{problem} Set {port_setting} to a free one.",)) from error
        url_host = f"[{host}]" if ":" in host else host
        yield f"http://{url_host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
