"""Slack's signed requests and the installation, on the public listener."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final, Protocol

from aiohttp import web
from aiohttp.typedefs import Handler
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.slack import pages
from adapters.slack.oauth import INSTALL, REDIRECT, Flow

EVENTS: Final = "/slack/events"
_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE: Final = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)
_PATIENCE: Final = 10.0
"""Seconds in which a request's body has to come; Slack itself waits for three."""

log = logging.getLogger(__name__)


class Dispatcher(Protocol):
    """What answers requests; slack_bolt's `AsyncApp` does."""

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Answer one request."""
        ...


def routes(app: Dispatcher, flow: Flow | None, *, signed: bool = True) -> list[web.RouteDef]:
    """Return what the public listener serves for Slack: requests where they come *signed*, and installations."""
    events = [web.post(EVENTS, _Events(app).answer)] if signed else []
    return [*events, *(_installing(flow) if flow else ())]


class _Events:
    """Signed requests, on their way to slack_bolt, which checks the signature and its age."""

    def __init__(self, app: Dispatcher) -> None:
        self._app = app

    async def answer(self, request: web.Request) -> web.Response:
        # slack_sdk's verifier raises on what is not a number or not ASCII; both are forgeries like any other.
        if not (
            _only(request, "X-Slack-Request-Timestamp", _TIMESTAMP) and _only(request, "X-Slack-Signature", _SIGNATURE)
        ):
            return _unsigned()
        try:
            async with asyncio.timeout(_PATIENCE):
                body = await request.read()
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        try:
            asked = AsyncBoltRequest(body=body.decode(), query=request.query_string, headers={**request.headers})
        except Exception:  # noqa: BLE001  the signature was not looked at yet, and slack_bolt trusts shapes: no Slack
            return _unsigned()
        return await to_aiohttp_response(await self._app.async_dispatch(asked))


def _installing(flow: Flow) -> list[web.RouteDef]:
    """Return the two pages; whoever only looks at their headers starts nothing."""
    return [
        web.get(INSTALL, _page(flow.handle_installation), allow_head=False),
        web.get(REDIRECT, _page(flow.handle_callback), allow_head=False),
    ]


def _page(answer: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]) -> Handler:
    """Return the handler of a page; what goes wrong is a page too, for a person is looking."""

    async def handle(request: web.Request) -> web.Response:
        try:
            said = await answer(await to_bolt_request(request))
        except web.HTTPException:
            raise
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("%s failed, reference %s", request.path, reference)
            body = pages.unavailable(INSTALL, reference)
            said = BoltResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, headers=dict(pages.HEADERS), body=body)
        response = await to_aiohttp_response(said)
        response.charset = "utf-8"
        for cookie in response.cookies.values():
            cookie["samesite"] = "Lax"
        return response

    return handle


def _only(request: web.Request, name: str, form: re.Pattern[str]) -> bool:
    """Tell whether a header is there once, in its form."""
    given = request.headers.getall(name, [])
    return len(given) == 1 and form.fullmatch(given[0]) is not None


def _unsigned() -> web.Response:
    return web.json_response({"error": "invalid request"}, status=HTTPStatus.UNAUTHORIZED)
