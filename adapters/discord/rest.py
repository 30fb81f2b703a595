"""The one place through which every REST call of ours goes: paced, in bounded time, errors translated."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Final, cast

import discord
from discord.http import Route

from adapters.discord.errors import Unknown, translate
from adapters.discord.pace import Pace
from bot.errors import TryLater

TIMEOUT: Final = 60.0
"""Seconds for one call with all that discord.py repeats and waits for; less than the ledger's lease."""
_NOT_YET: Final = 0.5
_DRAIN: Final = 10.0

log = logging.getLogger(__name__)


class Rest:
    """Calls to Discord's REST API by the HTTP client of *client*, which knows the token and obeys the headers."""

    def __init__(self, client: discord.Client, pace: Pace) -> None:
        self._client = client
        self._pace = pace
        self._flights: set[asyncio.Future[None]] = set()
        self._unknown: set[int] = set()

    @property
    def me(self) -> str:
        """The bot's own user id; "" before it is logged in."""
        return str(self._client.user.id) if self._client.user else ""

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        paced: bool = True,
        **ids: str | int | None,
    ) -> Any:
        """Call *method* on *path* ("/channels/{channel_id}/messages") with *ids*; return Discord's answer as JSON data.

        Answers to interactions are not *paced*. Raises `bot.errors.SendError` kinds, nothing else.
        """
        if self._client.http.token is None:
            raise TryLater("Discord is not connected yet", _NOT_YET)
        if paced:
            await self._pace.turn()
        given: dict[str, Any] = {} if json is None else {"json": json}
        if params:
            given["params"] = dict(params)
        flight = asyncio.get_running_loop().create_future()
        self._flights.add(flight)
        try:
            async with asyncio.timeout(TIMEOUT):
                return await self._client.http.request(Route(method, path, **cast("Any", ids)), **given)
        except Exception as error:
            refusal = translate(error, writes=method != "GET")
            if isinstance(refusal, Unknown) and refusal.code not in self._unknown:
                self._unknown.add(refusal.code)
                log.warning("%s %s was refused for a reason that no group knows: %s", method, path, refusal.code)
            raise refusal from error
        finally:
            flight.set_result(None)
            self._flights.discard(flight)

    async def close(self) -> None:
        """Wait a little for what is in flight, then let go of the network."""
        if self._flights:
            await asyncio.wait(self._flights, timeout=_DRAIN)
        if not self._client.is_closed():
            await self._client.close()
