"""Discord gateway connection: login, close codes and reconnecting, for as long as the program runs."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

import discord

from adapters.common.backoff import iterate_pauses, wait_or_stop
from adapters.discord.gateway.client import TRANSIENT_EXCEPTIONS, DiscordClient
from bot.errors import Refused, TryLater, log_failure

_FIRST_RETRY_SECONDS, _MAX_RETRY_SECONDS = 1.0, 60.0
_CANCEL_INTERVAL: Final = 0.1
_AUTHENTICATION_FAILED: Final = 4004
_FATAL_CLOSE_CODES: Final = frozenset({_AUTHENTICATION_FAILED, 4010, 4011, 4012, 4013, 4014})
"""Closures after which nothing helps: https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway."""

REFUSED_LOGIN: Final = (
    "Discord turned DISCORD_TOKEN down. Copy the bot’s token anew, from “Bot” in the developer portal, into .env."
)
_CONNECTION_REFUSED: Final = (
    "Discord does not let this application connect (close code {}). Broadsheet asks for no privileged intent; "
    "look at the application in the developer portal, then start again."
)

log = logging.getLogger(__name__)


async def log_in(client: DiscordClient, token: str) -> None:
    """Let Discord see the token.

    Raises `bot.errors.Refused` when it turns it down, `bot.errors.TryLater` when Discord can't be asked.
    """
    try:
        await client.login(token)
    except discord.LoginFailure as error:
        raise Refused(REFUSED_LOGIN) from error
    except TRANSIENT_EXCEPTIONS as error:
        raise TryLater("Discord can’t be reached. Check the network, or DISCORD_API_URL.", 0.0) from error


async def serve(client: DiscordClient, token: str, stop: asyncio.Event) -> None:
    """Be logged in and connected until *stop*, whatever happens; what the library can mend itself, it does.

    At *stop* the client is left open, for what is still on its way. Raises `bot.errors.Refused` when Discord turns the
    token or the application down.
    """
    for pause in iterate_pauses(_FIRST_RETRY_SECONDS, _MAX_RETRY_SECONDS):
        if stop.is_set():
            break
        connecting = asyncio.create_task(_connect(client, token))
        await _wait_for_connection(connecting, stop)
        if stop.is_set():
            break
        _log_disconnect(connecting.exception())
        await wait_or_stop(stop, pause)


def _log_disconnect(error: BaseException | None) -> None:
    """Write down why there is no connection; what nobody expects with a reference and where it happened."""
    if error and not isinstance(error, TRANSIENT_EXCEPTIONS):
        log_failure(log, "The line to Discord broke", error)
        return
    log.warning("Discord can't be reached (%s); it is tried again", type(error).__name__ if error else "closed")


async def _connect(client: DiscordClient, token: str) -> None:
    """Log in unless that is done, and stay connected for as long as it lasts."""
    try:
        if client.is_closed():
            await client.reopen()
        if client.user is None:
            await client.login(token)
        await client.connect(reconnect=True)
    except discord.LoginFailure as error:
        raise Refused(REFUSED_LOGIN) from error
    except discord.PrivilegedIntentsRequired as error:
        raise Refused(_CONNECTION_REFUSED.format(4014)) from error
    except discord.ConnectionClosed as error:
        if error.code not in _FATAL_CLOSE_CODES:
            raise
        raise Refused(
            REFUSED_LOGIN if error.code == _AUTHENTICATION_FAILED else _CONNECTION_REFUSED.format(error.code)
        ) from error


async def _wait_for_connection(connecting: asyncio.Task[None], stop: asyncio.Event) -> None:
    """Wait until the connection ends or *stop*; raises `bot.errors.Refused` as the connection did."""
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({connecting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if connecting.done() and isinstance(connecting.exception(), Refused):
            connecting.result()
    finally:
        await asyncio.gather(_cancel_task(connecting), _cancel_task(stopping))


async def _cancel_task(task: asyncio.Task[Any]) -> None:
    """Cancel a task until it is over: the library swallows what reaches it while a shard comes back."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=_CANCEL_INTERVAL)
    await asyncio.gather(task, return_exceptions=True)
