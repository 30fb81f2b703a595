"""Socket Mode connection: one WebSocket on slack_sdk’s client, replaced when it ends and never repaired."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from itertools import chain
from typing import Any, Final, cast

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.common.backoff import iterate_pauses, wait_or_stop
from adapters.common.tasks import TaskTracker
from adapters.slack.api.error_codes import INSTALLATION_ERRORS
from adapters.slack.api.errors import get_error_code
from adapters.slack.connection.app import BoltApp, register_capability_url
from bot.errors import Refused

CONNECT_TIMEOUT_SECONDS: Final = 20.0
"""Seconds until a connection that does not come about is given up."""
_PING_INTERVAL: Final = 5.0
_DRAIN_SECONDS: Final = 5.0
_TYPES_WITH_RESPONSE: Final = frozenset({"block_suggestion", "view_submission"})
"""What is answered in the acknowledgement itself: with options, and with what is wrong in a form."""
_TICKET_LIFETIME: Final = timedelta(days=1)
"""The ticket in an address serves once; the connection that it opened is replaced every few hours."""
_NO_START_TIME: Final = 0.0
"""For a line of debugging that is never written."""

_FIRST_RETRY_SECONDS, _MAX_RETRY_SECONDS = 1.0, 60.0
_STABLE_SECONDS: Final = 60.0
"""Seconds after which a connection counts as good; of those that end sooner only the first is replaced at once."""

log = logging.getLogger(__name__)


def create_silent_logger() -> logging.Logger:
    """Return a logger that says nothing: slack_sdk writes whole messages down, and what fails is told by us."""
    return logging.Logger("slack_sdk", logging.CRITICAL + 1)  # noqa: LOG001 - apart from all others


class SocketModeConnection(SocketModeClient):
    """One connection. ``ended`` tells that it is gone, or goes soon."""

    def __init__(self, app: BoltApp, token: str, web: AsyncWebClient) -> None:
        super().__init__(app_token=token, web_client=web, logger=create_silent_logger(), ping_interval=_PING_INTERVAL)
        self.proxy = None
        self.ended = asyncio.Event()
        self._app = app
        self._pending_requests = TaskTracker()
        self.socket_mode_request_listeners.append(self._handle_request)

    async def connect_to_new_endpoint(self, force: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - the SDK's shape
        """Leave it to whoever opened this one."""
        self.ended.set()

    async def open(self, address: str) -> None:
        """Connect; each address serves once. Raises TimeoutError, for the SDK itself would try for ever."""
        self.wss_uri = address
        async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
            await cast("Any", self).connect()

    async def close(self) -> None:
        """Finish what came, then let go."""
        await self._pending_requests.wait(_DRAIN_SECONDS)
        await cast("Any", super()).close()
        library_tasks = (self.message_processor, self.current_session_monitor, self.message_receiver)
        await asyncio.gather(*(task for task in library_tasks if task), return_exceptions=True)

    async def _handle_request(self, client: Any, request: SocketModeRequest) -> None:
        """Acknowledge a request and hand it to the app.

        slack_bolt would look first who is meant and then look again every ten milliseconds whether a listener has
        acknowledged; where its acknowledgement says nothing, nobody waits for that.
        """
        self._pending_requests.track_current_task()
        self._app.tasks.track_current_task()
        has_response = request.payload.get("type") in _TYPES_WITH_RESPONSE
        if not has_response:
            await send_async_response(client, request, BoltResponse(status=HTTPStatus.OK), _NO_START_TIME)
        answer = await run_async_bolt_app(self._app, request)
        if has_response:
            await send_async_response(client, request, answer, _NO_START_TIME)


async def serve(app: BoltApp, token: str, api_url: str, stop: asyncio.Event) -> None:
    """Take what people do until *stop*; *token* is the app's (xapp-…).

    Raises `bot.errors.Refused` when Slack turns the token down.
    """
    web = AsyncWebClient(
        base_url=api_url, timeout=int(CONNECT_TIMEOUT_SECONDS), retry_handlers=[], logger=create_silent_logger()
    )
    web.proxy = None
    connection: SocketModeConnection | None = None
    pauses = _iterate_reconnect_pauses()
    try:
        while not stop.is_set():
            await wait_or_stop(stop, next(pauses))
            previous, connection = connection, await _connect_with_retry(app, token, web, stop)
            if previous:
                await previous.close()
            since = time.monotonic()
            if connection:
                await _wait_for_first(stop, connection.ended)
            if time.monotonic() - since > _STABLE_SECONDS:
                pauses = _iterate_reconnect_pauses()
    finally:
        if connection:
            await connection.close()
        await app.drain()


def _iterate_reconnect_pauses() -> Iterator[float]:
    """Yield how long to wait before each connection: not at all before the first, nor before the second."""
    return chain((0.0, 0.0), iterate_pauses(_FIRST_RETRY_SECONDS, _MAX_RETRY_SECONDS))


async def _connect_with_retry(
    app: BoltApp, token: str, web: AsyncWebClient, stop: asyncio.Event
) -> SocketModeConnection | None:
    """Open a connection, as long as that takes; None when it is not wanted any more."""
    is_logged = False
    for pause in iterate_pauses(_FIRST_RETRY_SECONDS, _MAX_RETRY_SECONDS):
        if stop.is_set():
            break
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
        await wait_or_stop(stop, pause)
    return None


async def _open_connection(app: BoltApp, token: str, web: AsyncWebClient) -> SocketModeConnection:
    url = await _fetch_websocket_url(web, token)
    register_capability_url(app.secret_registrar, url, _TICKET_LIFETIME)
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


async def _wait_for_first(*events: asyncio.Event) -> None:
    """Wait for the first of *events*."""
    tasks = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
