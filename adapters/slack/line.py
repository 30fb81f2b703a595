"""Socket Mode connection: one WebSocket on slack_sdk’s client, replaced when it ends and never repaired."""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from typing import Any, Final, cast

from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.bolt import BoltApp

CONNECT_TIMEOUT_SECONDS: Final = 20.0
"""Seconds until a connection that does not come about is given up."""
_PING_INTERVAL: Final = 5.0
_DRAIN_SECONDS: Final = 5.0
_TYPES_WITH_RESPONSE: Final = frozenset({"block_suggestion", "view_submission"})
"""What is answered in the acknowledgement itself: with options, and with what is wrong in a form."""
_NO_START_TIME: Final = 0.0
"""For a line of debugging that is never written."""


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
        self._pending_requests: set[asyncio.Task[Any]] = set()
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
        if self._pending_requests:
            await asyncio.wait(set(self._pending_requests), timeout=_DRAIN_SECONDS)
        await cast("Any", super()).close()
        library_tasks = (self.message_processor, self.current_session_monitor, self.message_receiver)
        await asyncio.gather(*(task for task in library_tasks if task), return_exceptions=True)

    async def _handle_request(self, client: Any, request: SocketModeRequest) -> None:
        """Acknowledge a request and hand it to the app.

        slack_bolt would look first who is meant and then look again every ten milliseconds whether a listener has
        acknowledged; where its acknowledgement says nothing, nobody waits for that.
        """
        task = asyncio.current_task()
        if task:
            self._pending_requests.add(task)
            task.add_done_callback(self._pending_requests.discard)
        self._app.track_current_task()
        has_response = request.payload.get("type") in _TYPES_WITH_RESPONSE
        if not has_response:
            await send_async_response(client, request, BoltResponse(status=HTTPStatus.OK), _NO_START_TIME)
        answer = await run_async_bolt_app(self._app, request)
        if has_response:
            await send_async_response(client, request, answer, _NO_START_TIME)
