"""discord.py’s AutoShardedClient: gateway intents, caches and parsers as the bot needs them."""

from __future__ import annotations

import asyncio
import logging
import secrets
import traceback
from collections import defaultdict
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final, cast

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord.utils import MISSING
from yarl import URL

TRANSIENT_EXCEPTIONS: Final = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)
"""What the network and Discord do, and what passes."""

_DRAIN_SECONDS: Final = 5.0

EventHandler = Callable[..., Coroutine[Any, Any, Any]]

_READY_EVENT: Final = "READY"

Parser = Callable[[Any], Any]

log = logging.getLogger(__name__)


class DiscordClient(discord.AutoShardedClient):
    """A client that keeps no messages and no members, asks for no privileged intent and never pings anybody.

    *api* and *gateway* are other addresses than Discord's own, for tests and proxies; *trace* sees every reply.
    """

    def __init__(
        self, api_url: str = "", gateway_url: str = "", trace_config: aiohttp.TraceConfig | None = None
    ) -> None:
        _quiet_library_logs()
        intents = discord.Intents.none()
        intents.guilds = intents.guild_reactions = True
        super().__init__(
            intents=intents,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=cast("Any", trace_config),  # None is its default, which it does not declare
            enable_debug_events=False,
        )
        if api_url:
            # The library knows no other way.
            Route.BASE = api_url
        if gateway_url:
            self.http.ws_connect = partial(self._connect_websocket, URL(gateway_url))  # type: ignore[method-assign]
        guard_parsers(self._connection)
        self._event_tasks: set[asyncio.Task[Any]] = set()
        self._event_handlers: defaultdict[str, list[EventHandler]] = defaultdict(list)

    def event(self, coro: EventHandler, /) -> Any:
        """Let *coro* hear of the event that it is named for, beside others: the library itself keeps only the last."""
        handlers = self._event_handlers[coro.__name__]
        handlers.append(coro)

        async def call_handlers(*arguments: Any) -> None:
            await asyncio.gather(*(each(*arguments) for each in handlers))

        call_handlers.__name__ = coro.__name__
        return super().event(call_handlers)

    def track_current_task(self) -> None:
        """Count the current task as one that works on what somebody did."""
        task = asyncio.current_task()
        if task:
            self._event_tasks.add(task)
            task.add_done_callback(self._event_tasks.discard)

    async def drain(self, seconds: float) -> None:
        """Wait for those tasks, then end those that still run."""
        if not self._event_tasks:
            return
        _, unfinished = await asyncio.wait(set(self._event_tasks), timeout=seconds)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)

    async def close(self) -> None:
        """Let go of the network; nothing of ours goes on afterwards."""
        await super().close()
        await self.drain(_DRAIN_SECONDS)

    async def reopen(self) -> None:
        """Be as new after the library has closed itself, which forgets only half of what it was by itself."""
        self.clear()
        self.http.token = None
        self.http.connector = MISSING
        await self._async_setup_hook()

    async def launch_shard(self, gateway: URL, shard_id: int, *, initial: bool = False) -> None:
        """Connect one shard."""
        # Where the library goes when a session is lost.
        DiscordWebSocket.DEFAULT_GATEWAY = gateway
        await super().launch_shard(gateway, shard_id, initial=initial)

    async def _connect_websocket(self, gateway_url: URL, url: str, **more: Any) -> aiohttp.ClientWebSocketResponse:
        """Open a connection to the gateway of the settings, wherever Discord says that a session goes on."""
        return await discord.http.HTTPClient.ws_connect(
            self.http, str(gateway_url.update_query(URL(url).query)), **more
        )


def _quiet_library_logs() -> None:
    """Keep the library from writing whole messages and interactions' tokens down, and that voice is missing."""
    logging.getLogger("discord").setLevel(logging.WARNING)
    for name in ("discord.client", "discord.http"):
        logging.getLogger(name).setLevel(logging.ERROR)
    for name in ("discord.client", "discord.shard"):
        logging.getLogger(name).addFilter(_shorten_transient_errors)


def _shorten_transient_errors(record: logging.LogRecord) -> bool:
    """Leave one line of what passes by itself: a line that is lost is taken up again, no traceback helps with that."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, TRANSIENT_EXCEPTIONS):
        reason = f"{type(error).__name__}: {error}".removesuffix(": ")
        record.msg, record.args = f"{record.getMessage()} ({reason})", ()
        record.exc_info = None
    return True


def guard_parsers(state: Any) -> None:
    """Replace the parsers of the library's *state*; an event that can't be read is a line in the log.

    The one that begins a session still fails: without it there is none, and the connection is made anew.
    """
    parsers: dict[str, Parser] = state.parsers
    state.parsers = {event: _guard_parser(event, parse) for event, parse in parsers.items()}
    state.parsers[_READY_EVENT] = _build_ready_parser(state, parsers[_READY_EVENT])


def _guard_parser(event: str, parse: Parser) -> Parser:
    def parse_guarded(data: Any) -> None:
        try:
            parse(data)
        except Exception as error:  # noqa: BLE001 - the boundary; what the error says may hold what somebody typed
            traceback_text = "".join(traceback.format_tb(error.__traceback__))
            reference, name = secrets.token_hex(3), type(error).__name__
            log.error("%s can't be read and is left out, reference %s.\n%s%s", event, reference, traceback_text, name)  # noqa: TRY400

    return parse_guarded


def _build_ready_parser(state: Any, parse: Parser) -> Parser:
    """Forget the servers of a shard that a new session does not name: the library keeps them where there are shards.

    See https://docs.discord.com/developers/events/gateway-events#ready: it names every server that the bot is in.
    """

    def parse_ready(data: Any) -> None:
        guild_ids = {int(guild["id"]) for guild in data["guilds"]}
        shard_id, _ = data.get("shard") or (0, 1)  # which is told only to those who said theirs
        for guild in tuple(state.guilds):
            if guild.shard_id == shard_id and guild.id not in guild_ids:
                state._remove_guild(guild)  # noqa: SLF001 - the library knows no other way
        parse(data)

    return parse_ready
