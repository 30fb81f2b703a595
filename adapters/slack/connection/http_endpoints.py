"""Slack’s HTTP endpoints: signed requests (X-Slack-Signature) to /slack/events, and the OAuth paths."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final, Protocol

from aiohttp import web
from aiohttp.typedefs import Handler
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.slack.auth import oauth_pages
from adapters.slack.auth.oauth import INSTALL_PATH, REDIRECT_PATH, OAuthFlow
from bot.errors import log_failure

EVENTS_PATH: Final = "/slack/events"
_TIMESTAMP_PATTERN: Final = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE_PATTERN: Final = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)
_BODY_TIMEOUT_SECONDS: Final = 10.0
"""Seconds in which a request's body has to come; Slack itself waits for three."""

log = logging.getLogger(__name__)


class BoltDispatcher(Protocol):
    """What answers requests; slack_bolt's `AsyncApp` does."""

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Answer one request."""
        ...


def build_routes(app: BoltDispatcher, oauth_flow: OAuthFlow | None, *, signed: bool = True) -> list[web.RouteDef]:
    """Return what the public listener serves for Slack: requests where they come *signed*, and installations."""
    events = [web.post(EVENTS_PATH, _EventsEndpoint(app).handle_request)] if signed else []
    return [*events, *(_build_install_routes(oauth_flow) if oauth_flow else ())]


class _EventsEndpoint:
    """Signed requests, on their way to slack_bolt, which checks the signature and its age."""

    def __init__(self, app: BoltDispatcher) -> None:
        self._app = app

    async def handle_request(self, request: web.Request) -> web.Response:
        # slack_sdk's verifier raises on what is not a number or not ASCII; both are forgeries like any other.
        if not (
            _has_valid_header(request, "X-Slack-Request-Timestamp", _TIMESTAMP_PATTERN)
            and _has_valid_header(request, "X-Slack-Signature", _SIGNATURE_PATTERN)
        ):
            return _build_unsigned_response()
        try:
            async with asyncio.timeout(_BODY_TIMEOUT_SECONDS):
                body = await request.read()
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        try:
            bolt_request = AsyncBoltRequest(body=body.decode(), query=request.query_string, headers={**request.headers})
        except Exception:  # noqa: BLE001  the signature was not looked at yet, and slack_bolt trusts shapes: no Slack
            return _build_unsigned_response()
        return await to_aiohttp_response(await self._app.async_dispatch(bolt_request))


def _build_install_routes(oauth_flow: OAuthFlow) -> list[web.RouteDef]:
    """Return the two pages; whoever only looks at their headers starts nothing."""
    return [
        web.get(INSTALL_PATH, _build_page_handler(oauth_flow.handle_installation), allow_head=False),
        web.get(REDIRECT_PATH, _build_page_handler(oauth_flow.handle_callback), allow_head=False),
    ]


def _build_page_handler(flow_step: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]) -> Handler:
    """Return the handler of a page; what goes wrong is a page too, for a person is looking."""

    async def handle_page(request: web.Request) -> web.Response:
        try:
            bolt_response = await flow_step(await to_bolt_request(request))
        except web.HTTPException:
            raise
        except Exception as error:  # noqa: BLE001 - the boundary
            reference = log_failure(log, f"{request.path} failed", error)
            body = oauth_pages.render_unavailable_page(INSTALL_PATH, reference)
            bolt_response = BoltResponse(
                status=HTTPStatus.SERVICE_UNAVAILABLE, headers=oauth_pages.build_headers(), body=body
            )
        response = await to_aiohttp_response(bolt_response)
        response.charset = "utf-8"
        for cookie in response.cookies.values():
            cookie["samesite"] = "Lax"
        return response

    return handle_page


def _has_valid_header(request: web.Request, name: str, pattern: re.Pattern[str]) -> bool:
    """Tell whether a header is there once, in its form."""
    values = request.headers.getall(name, [])
    return len(values) == 1 and pattern.fullmatch(values[0]) is not None


def _build_unsigned_response() -> web.Response:
    return web.json_response({"error": "invalid request"}, status=HTTPStatus.UNAUTHORIZED)
