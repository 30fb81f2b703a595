"""discord.py's client with everything given to it, and its line to Discord's gateway."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final, cast

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot.errors import Refused, TryLater

_FIRST, _LONGEST = 1.0, 60.0
_GRACE: Final = 5.0
_TOKEN: Final = 4004
_FATAL: Final = frozenset({_TOKEN, 4010, 4011, 4012, 4013, 4014})
"""Closures after which nothing helps: https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway."""

_PASSING: Final = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)
"""What the network and Discord do, and what passes."""

REFUSED: Final = (
    "Discord turned DISCORD_TOKEN down. Copy the bot’s token anew, from “Bot” in the developer portal, into .env."
)
_INTENTS: Final = (
    "Discord does not let this application connect (close code {}). Broadsheet asks for no privileged intent; "
    "look at the application in the developer portal, then start again."
)

log = logging.getLogger(__name__)


class Client(discord.AutoShardedClient):
    """A client that keeps no messages and no members, asks for no privileged intent and never pings anybody.

    *api* and *gateway* are other addresses than Discord's own, for tests and proxies; *trace* sees every reply.
    """

    def __init__(self, api: str = "", gateway: str = "", trace: aiohttp.TraceConfig | None = None) -> None:
        _quiet()
        intents = discord.Intents.none()
        intents.guilds = intents.guild_reactions = True
        super().__init__(
            intents=intents,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=cast("Any", trace),  # None is its default, which it does not declare
            enable_debug_events=False,
        )
        if api:
            # The library knows no other way.
            Route.BASE = api
        self._gateway = gateway
        self._flights: set[asyncio.Task[Any]] = set()

    def note(self) -> None:
        """Count the current task as one that works on what somebody did."""
        task = asyncio.current_task()
        if task:
            self._flights.add(task)
            task.add_done_callback(self._flights.discard)

    async def land(self, seconds: float) -> None:
        """Wait for those tasks, then end those that still run."""
        if not self._flights:
            return
        _, late = await asyncio.wait(set(self._flights), timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def close(self) -> None:
        """Let go of the network; nothing of ours goes on afterwards."""
        await super().close()
        await self.land(_GRACE)

    async def launch_shard(self, gateway: URL, shard_id: int, *, initial: bool = False) -> None:
        """Connect one shard, to the gateway of the settings where they name one."""
        # Where the library goes when a session is lost.
        DiscordWebSocket.DEFAULT_GATEWAY = URL(self._gateway) if self._gateway else gateway
        await super().launch_shard(DiscordWebSocket.DEFAULT_GATEWAY, shard_id, initial=initial)


def _quiet() -> None:
    """Keep the library from writing whole messages and interactions' tokens down, and that voice is missing."""
    logging.getLogger("discord").setLevel(logging.WARNING)
    for name in ("discord.client", "discord.http"):
        logging.getLogger(name).setLevel(logging.ERROR)


async def login(client: Client, token: str) -> None:
    """Let Discord see the token.

    Raises `bot.errors.Refused` when it turns it down, `bot.errors.TryLater` when Discord can't be asked.
    """
    try:
        await client.login(token)
    except discord.LoginFailure as error:
        raise Refused(REFUSED) from error
    except _PASSING as error:
        raise TryLater("Discord can’t be reached. Check the network, or DISCORD_API_URL.", 0.0) from error


async def serve(client: Client, token: str, stop: asyncio.Event) -> None:
    """Be logged in and connected until *stop*; what the library can mend itself, it does.

    At *stop* the client is left open, for what is still on its way. Raises `bot.errors.Refused` when Discord turns the
    token or the application down.
    """
    pause = _FIRST
    while not stop.is_set():
        connecting = asyncio.create_task(_connect(client, token))
        await _either(connecting, stop)
        if stop.is_set():
            break
        error = connecting.exception()
        if error and not isinstance(error, _PASSING):
            raise error
        log.warning("Discord can't be reached (%s); it is tried again", type(error).__name__ if error else "closed")
        await _wait(stop, pause)
        pause = min(2 * pause, _LONGEST)


async def _connect(client: Client, token: str) -> None:
    """Log in unless that is done, and stay connected for as long as it lasts."""
    try:
        if client.is_closed():
            client.clear()
        if client.http.token is None:
            await client.login(token)
        await client.connect(reconnect=True)
    except discord.LoginFailure as error:
        raise Refused(REFUSED) from error
    except discord.PrivilegedIntentsRequired as error:
        raise Refused(_INTENTS.format(4014)) from error
    except discord.ConnectionClosed as error:
        if error.code not in _FATAL:
            raise
        raise Refused(REFUSED if error.code == _TOKEN else _INTENTS.format(error.code)) from error


async def _either(connecting: asyncio.Task[None], stop: asyncio.Event) -> None:
    """Wait until the connection ends or *stop*; raises `bot.errors.Refused` as the connection did."""
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({connecting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if connecting.done() and isinstance(connecting.exception(), Refused):
            connecting.result()
    finally:
        for task in (connecting, stopping):
            task.cancel()
        await asyncio.gather(connecting, stopping, return_exceptions=True)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    """Wait, but not longer than until *stop*."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        pass
