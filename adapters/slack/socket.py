"""Socket Mode: what people do comes over a connection that we open, so no public address is needed.

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

from adapters.slack.bolt import App
from adapters.slack.codes import INSTALLATION
from adapters.slack.errors import code
from adapters.slack.line import PATIENCE, Line, quiet
from bot.errors import Refused

_FIRST, _LONGEST = 1.0, 60.0
_STABLE: Final = 60.0
"""Seconds after which a connection counts as good; of those that end sooner only the first is replaced at once."""

log = logging.getLogger(__name__)


async def serve(app: App, token: str, api_url: str, stop: asyncio.Event) -> None:
    """Take what people do until *stop*; *token* is the app's (xapp-…).

    Raises `bot.errors.Refused` when Slack turns the token down.
    """
    web = AsyncWebClient(base_url=api_url, timeout=int(PATIENCE), retry_handlers=[], logger=quiet())
    web.proxy = None
    line: Line | None = None
    short = 0
    try:
        while not stop.is_set():
            await _wait(stop, _FIRST * 2 ** min(short - 2, 6) if short > 1 else 0)
            last, line = line, await _next(app, token, web, stop)
            if last:
                await last.close()
            since = time.monotonic()
            if line:
                await _either(stop, line.ended)
            short = 0 if time.monotonic() - since > _STABLE else short + 1
    finally:
        if line:
            await line.close()
        await app.drain()


async def _next(app: App, token: str, web: AsyncWebClient, stop: asyncio.Event) -> Line | None:
    """Open a connection, as long as that takes; None when it is not wanted any more."""
    pause, told = _FIRST, False
    while not stop.is_set():
        try:
            line = await _opened(app, token, web)
        except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            level = logging.DEBUG if told else logging.WARNING
            log.log(level, "Slack can't be reached (%s); it is tried again", code(error) or type(error).__name__)
            told = True
        else:
            if told:
                log.info("Slack is reached again")
            return line
        await _wait(stop, pause)
        pause = min(2 * pause, _LONGEST)
    return None


async def _opened(app: App, token: str, web: AsyncWebClient) -> Line:
    address = await _address(web, token)
    line = Line(app, token, web)
    try:
        await line.open(address)
    except BaseException:
        await line.close()
        raise
    return line


async def _address(web: AsyncWebClient, token: str) -> str:
    """Return where to connect; each address serves once. Raises `bot.errors.Refused`."""
    try:
        return str((await web.apps_connections_open(app_token=token))["url"])
    except SlackApiError as error:
        if (reason := code(error)) not in INSTALLATION:
            raise
        raise Refused(
            f"Slack turned SLACK_APP_TOKEN down ({reason}). Put an app-level token (xapp-…) with the scope "
            "connections:write into .env."
        ) from error


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    """Wait, but not longer than until *stop*."""
    try:
        async with asyncio.timeout(min(seconds, _LONGEST)):
            await stop.wait()
    except TimeoutError:
        pass


async def _either(*events: asyncio.Event) -> None:
    """Wait for the first of *events*."""
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
