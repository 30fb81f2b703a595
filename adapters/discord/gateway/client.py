"""discord.py’s AutoShardedClient: gateway intents, caches and events as the bot needs them."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Coroutine
from typing import Any, Final, cast

import aiohttp
import discord

from adapters.common.tasks import TaskTracker
from adapters.discord import discord_py
from adapters.discord.gateway import event_parsers

TRANSIENT_EXCEPTIONS: Final = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)
"""What the network and Discord do, and what passes."""

_DRAIN_SECONDS: Final = 5.0
_MAX_RATELIMIT_SECONDS: Final = 30.0
"""Seconds that discord.py may wait within a call, for having been too fast; it takes no shorter limit.

The ledger is told of longer pauses; nobody waits for them here.
"""
_GUILD_READY_SECONDS: Final = 2.0
"""Seconds without one more server after which all have been told."""

EventHandler = Callable[..., Coroutine[Any, Any, Any]]


class DiscordClient(discord.AutoShardedClient):
    """A client that keeps no messages and no members, asks for no privileged intent and never pings anybody.

    *api_url* and *gateway_url* are other addresses than Discord's own, for tests and proxies; *trace_config* sees every
    reply.
    """

    def __init__(
        self,
        api_url: str = "",
        gateway_url: str = "",
        trace_config: aiohttp.TraceConfig | None = None,
        guild_ready_seconds: float = _GUILD_READY_SECONDS,
    ) -> None:
        _limit_library_logs()
        intents = discord.Intents.none()
        intents.guilds = intents.guild_reactions = True
        super().__init__(
            intents=intents,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=cast("Any", trace_config),  # None is its default, which it does not declare
            max_ratelimit_timeout=_MAX_RATELIMIT_SECONDS,
            guild_ready_timeout=guild_ready_seconds,
        )
        if api_url:
            discord_py.set_api_url(api_url)
        discord_py.set_gateway_url(self, gateway_url)
        event_parsers.guard_parsers(self)
        self.event_tasks = TaskTracker()
        self._event_handlers: defaultdict[str, list[EventHandler]] = defaultdict(list)

    def event(self, coro: EventHandler, /) -> Any:
        """Let *coro* hear of the event that it is named for, beside others: the library itself keeps only the last."""
        handlers = self._event_handlers[coro.__name__]
        handlers.append(coro)

        async def call_handlers(*arguments: Any) -> None:
            await asyncio.gather(*(each(*arguments) for each in handlers))

        call_handlers.__name__ = coro.__name__
        return super().event(call_handlers)

    async def close(self) -> None:
        """Let go of the network; nothing of ours goes on afterwards."""
        await super().close()
        await self.event_tasks.drain(_DRAIN_SECONDS)

    async def login(self, token: str) -> None:
        """Let Discord see the token; where it does not take it nothing stays open."""
        try:
            await super().login(token)
        except Exception:
            await self.close()
            raise

    async def reopen(self) -> None:
        """Be as new after the library has closed itself, which forgets only half of what it was by itself."""
        self.clear()
        discord_py.discard_connector(self)
        await self.__aenter__()


def _limit_library_logs() -> None:
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
