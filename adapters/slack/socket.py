"""Socket Mode (apps.connections.open): events over a WebSocket that we open; the next opens before the last closes.

https://docs.slack.dev/apis/events-api/using-socket-mode. A connection is replaced and never repaired: the next one is
open before the last one is let go, so that nothing falls between them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.bolt import BoltApp
from adapters.slack.codes import INSTALLATION_ERRORS
from adapters.slack.errors import get_error_code
from adapters.slack.line import CONNECT_TIMEOUT_SECONDS, SocketModeConnection, create_silent_logger
from bot.errors import Refused

_FIRST_RETRY_SECONDS, _MAX_RETRY_SECONDS = 1.0, 60.0
_STABLE_SECONDS: Final = 60.0
"""Seconds after which a connection counts as good; of those that end sooner only the first is replaced at once."""

log = logging.getLogger(__name__)


async def serve(app: BoltApp, token: str, api_url: str, stop: asyncio.Event) -> None:
    """Take what people do until *stop*; *token* is the app's (xapp-…).

    Raises `bot.errors.Refused` when Slack turns the token down.
    """
    web = AsyncWebClient(
        base_url=api_url, timeout=int(CONNECT_TIMEOUT_SECONDS), retry_handlers=[], logger=create_silent_logger()
    )
    web.proxy = None
    connection: SocketModeConnection | None = None
    short_connections = 0
    try:
        while not stop.is_set():
            await _wait_or_stop(
                stop, _FIRST_RETRY_SECONDS * 2 ** min(short_connections - 2, 6) if short_connections > 1 else 0
            )
            previous, connection = connection, await _connect_with_retry(app, token, web, stop)
            if previous:
                await previous.close()
            since = time.monotonic()
            if connection:
                await _wait_for_first(stop, connection.ended)
            short_connections = 0 if time.monotonic() - since > _STABLE_SECONDS else short_connections + 1
    finally:
        if connection:
            await connection.close()
        await app.drain()


async def _connect_with_retry(
    app: BoltApp, token: str, web: AsyncWebClient, stop: asyncio.Event
) -> SocketModeConnection | None:
    """Open a connection, as long as that takes; None when it is not wanted any more."""
    pause, is_logged = _FIRST_RETRY_SECONDS, False
    while not stop.is_set():
        try:
            connection = await _open_connection(app, token, web)
        except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            level = logging.DEBUG if is_logged else logging.WARNING
            log.log(
                level, "Slack can't be reached (%s); it is tried again", get_error_code(error) or type(error).__name__
            )
            is_logged = True
        else:
            if is_logged:
                log.info("Slack is reached again")
            return connection
        await _wait_or_stop(stop, pause)
        pause = min(2 * pause, _MAX_RETRY_SECONDS)
    return None


async def _open_connection(app: BoltApp, token: str, web: AsyncWebClient) -> SocketModeConnection:
    url = await _fetch_websocket_url(web, token)
    connection = SocketModeConnection(app, token, web)
    try:
        await connection.open(url)
    except BaseException:
        await connection.close()
        raise
    return connection


async def _fetch_websocket_url(web: AsyncWebClient, token: str) -> str:
    """Return where to connect; each address serves once. Raises `bot.errors.Refused`."""
    try:
        return str((await web.apps_connections_open(app_token=token))["url"])
    except SlackApiError as error:
        if (reason := get_error_code(error)) not in INSTALLATION_ERRORS:
            raise
        raise Refused(
            f"Slack turned SLACK_APP_TOKEN down ({reason}). Put an app-level token (xapp-…) with the scope "
            "connections:write into .env."
        ) from error


async def _wait_or_stop(stop: asyncio.Event, seconds: float) -> None:
    """Wait, but not longer than until *stop*."""
    try:
        async with asyncio.timeout(min(seconds, _MAX_RETRY_SECONDS)):
            await stop.wait()
    except TimeoutError:
        pass


async def _wait_for_first(*events: asyncio.Event) -> None:
    """Wait for the first of *events*."""
    tasks = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
