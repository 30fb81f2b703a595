"""Discord’s REST API: the client through which every call goes, rate-limited, in bounded time, errors translated."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from json import dumps
from typing import Any, Final, cast

import discord
from discord.http import Route
from discord.webhook.async_ import async_context

from adapters.discord.api.errors import DEFAULT_BAN_SECONDS, UnknownErrorCode, translate_error
from adapters.discord.api.rate_limit import RateLimiter
from adapters.discord.rendering.markdown import choose_filename
from bot.errors import TryLater

TIMEOUT_SECONDS: Final = 60.0
"""Seconds for one call with all that discord.py repeats and waits for; less than the ledger's lease."""
_CONNECTING_RETRY_SECONDS: Final = 0.5
_MAX_RATELIMIT_TIMEOUT: Final = 30.0
"""Seconds that discord.py may wait within a call, for having been too fast; it takes no shorter limit."""
_DRAIN_SECONDS: Final = 10.0

log = logging.getLogger(__name__)

MultipartForm = list[dict[str, Any]]


class RestClient:
    """Calls to Discord's REST API by the HTTP client of *client*, which knows the token and obeys the headers."""

    def __init__(self, client: discord.Client, rate_limiter: RateLimiter) -> None:
        self._client = client
        self._rate_limiter = rate_limiter
        self._pending_calls: set[asyncio.Future[None]] = set()
        self._unknown_codes: set[int] = set()
        # The ledger is told of longer pauses; nobody waits for them here.
        client.http.max_ratelimit_timeout = _MAX_RATELIMIT_TIMEOUT

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
        if rate_limited:
            await self._rate_limiter.acquire()
        if self._client.http.token is None or self._client.is_closed():
            raise TryLater("Discord is not connected yet", _CONNECTING_RETRY_SECONDS)
        route, form = Route(method, path, **cast("Any", ids)), _build_multipart(json, file) if file else None
        pending = asyncio.get_running_loop().create_future()
        self._pending_calls.add(pending)
        try:
            send_request = self._request_as_bot if rate_limited else self._request_as_interaction
            async with asyncio.timeout(TIMEOUT_SECONDS):
                return await send_request(route, json, form, params)
        except Exception as error:
            failure = translate_error(
                error, writes=method != "GET", ban_seconds=self._rate_limiter.ban_seconds or DEFAULT_BAN_SECONDS
            )
            if isinstance(failure, UnknownErrorCode) and failure.code not in self._unknown_codes:
                self._unknown_codes.add(failure.code)
                log.warning("%s %s was refused for a reason that no group knows: %s", method, path, failure.code)
            raise failure from error
        finally:
            pending.set_result(None)
            self._pending_calls.discard(pending)

    async def _request_as_bot(
        self, route: Route, json: Any, form: MultipartForm | None, params: Mapping[str, Any] | None
    ) -> Any:
        """Ask as the bot."""
        http = self._client.http
        options: dict[str, Any] = {"form": form} if form else {} if json is None else {"json": json}
        if params:
            options["params"] = dict(params)
        try:
            return await http.request(route, **options)
        except asyncio.CancelledError:
            # Whoever is interrupted in the library's pause for all never ends it, and all would wait for ever.
            http._global_over.set()  # noqa: SLF001 - the library knows no other way
            raise

    async def _request_as_interaction(
        self, route: Route, json: Any, form: MultipartForm | None, params: Mapping[str, Any] | None
    ) -> Any:
        """Answer an interaction, as the library itself does: its token is enough, and the limit for all is not its.

        https://docs.discord.com/developers/topics/rate-limits#global-rate-limit
        """
        session = cast("Any", self._client.http)._HTTPClient__session  # noqa: SLF001 - where its trace listens
        payload = None if form else json
        return await async_context.get().request(
            route, session, payload=payload, multipart=form, params=dict(params) if params else None
        )

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
