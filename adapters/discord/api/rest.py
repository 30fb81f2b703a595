"""Discord’s REST API: the client through which every call goes, rate-limited, in bounded time, errors translated."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from json import dumps
from typing import Any, Final, TypeVar

import discord

from adapters.discord import discord_py
from adapters.discord.api.errors import DEFAULT_BAN_SECONDS, UnknownErrorCode, translate_error
from adapters.discord.api.rate_limit import RateLimiter
from adapters.discord.discord_py import MultipartForm, RestRequest
from adapters.discord.rendering.markdown import choose_filename
from bot.errors import SendError, TryLater
from bot.reasons.reason import Reason

TIMEOUT_SECONDS: Final = 60.0
"""Seconds for one call with all that discord.py repeats and waits for; less than the ledger's lease."""
_CONNECTING_RETRY_SECONDS: Final = 0.5
_DRAIN_SECONDS: Final = 10.0

log = logging.getLogger(__name__)

T = TypeVar("T")


class RestClient:
    """Calls to Discord's REST API by the HTTP client of *client*, which knows the token and obeys the headers."""

    def __init__(self, client: discord.Client, rate_limiter: RateLimiter) -> None:
        self._client = client
        self._rate_limiter = rate_limiter
        self._pending_calls: set[asyncio.Future[None]] = set()
        self._unknown_codes: set[int] = set()

    @property
    def bot_user_id(self) -> str:
        """The bot's own user id; "" before it is logged in."""
        return str(self._client.user.id) if self._client.user else ""

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        file: str = "",
        rate_limited: bool = True,
        **ids: str | int | None,
    ) -> Any:
        """Call *method* on *path* ("/channels/{channel_id}/messages") with *ids*; return Discord's answer as JSON data.

        *file* is a text to attach. Answers to interactions are not *rate_limited*: no limit for all holds them up.
        Raises `bot.errors.SendError` kinds, nothing else.
        """
        form = _build_multipart(json, file) if file else None
        request = RestRequest(discord_py.build_route(method, path, ids), json, form, params)
        send = discord_py.send_as_bot if rate_limited else discord_py.send_as_interaction
        return await self._send_in_turn(lambda: send(self._client, request), method, path, rate_limited=rate_limited)

    async def fetch_channel(self, guild: discord.Guild, channel_id: str) -> discord.abc.GuildChannel | discord.Thread:
        """Return a channel of which the gateway does not tell, such as a thread that was put away.

        Raises `bot.errors.SendError` kinds, nothing else.
        """

        async def fetch() -> discord.abc.GuildChannel | discord.Thread:
            with discord_py.release_global_pause(self._client):
                return await guild.fetch_channel(int(channel_id))

        return await self._send_in_turn(fetch, "GET", "/channels/{channel_id}")

    async def _send_in_turn(
        self, send: Callable[[], Awaitable[T]], method: str, path: str, *, rate_limited: bool = True
    ) -> T:
        """Wait for a turn, and *send* in bounded time; raises `bot.errors.SendError` kinds, nothing else."""
        if rate_limited:
            await self._rate_limiter.acquire()
        if self._client.user is None or self._client.is_closed():
            raise TryLater(Reason("platform.not_connected"), _CONNECTING_RETRY_SECONDS)
        pending = asyncio.get_running_loop().create_future()
        self._pending_calls.add(pending)
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                return await send()
        except Exception as error:
            raise self._translate_error(error, method, path) from error
        finally:
            pending.set_result(None)
            self._pending_calls.discard(pending)

    def _translate_error(self, error: Exception, method: str, path: str) -> SendError:
        """Return what a failed call means, and write a reason down that is not known yet, once."""
        failure = translate_error(
            error, writes=method != "GET", ban_seconds=self._rate_limiter.ban_seconds or DEFAULT_BAN_SECONDS
        )
        if isinstance(failure, UnknownErrorCode) and failure.code not in self._unknown_codes:
            self._unknown_codes.add(failure.code)
            log.warning("%s %s was refused for a reason that no group knows: %s", method, path, failure.code)
        return failure

    async def close(self) -> None:
        """Wait a little for what is in flight, then let go of the network."""
        if self._pending_calls:
            await asyncio.wait(self._pending_calls, timeout=_DRAIN_SECONDS)
        if not self._client.is_closed():
            await self._client.close()


def _build_multipart(json: Any, file: str) -> MultipartForm:
    """Return a message with a text beside it: https://docs.discord.com/developers/reference#uploading-files."""
    filename = choose_filename(file)
    content_type = "application/json" if filename.endswith(".json") else "text/plain"
    return [
        {"name": "payload_json", "value": dumps(json)},
        {"name": "files[0]", "value": file.encode(), "filename": filename, "content_type": content_type},
    ]
