"""The one place through which every REST call of ours goes: paced, in bounded time, errors translated."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from json import dumps
from typing import Any, Final, cast

import discord
from discord.http import Route
from discord.webhook.async_ import async_context

from adapters.discord.errors import BANNED, Unknown, translate
from adapters.discord.pace import Pace
from adapters.discord.text import attached
from bot.errors import TryLater

TIMEOUT: Final = 60.0
"""Seconds for one call with all that discord.py repeats and waits for; less than the ledger's lease."""
_NOT_YET: Final = 0.5
_PATIENCE: Final = 30.0
"""Seconds that discord.py may wait within a call, for having been too fast; it takes no shorter limit."""
_DRAIN: Final = 10.0

log = logging.getLogger(__name__)

Form = list[dict[str, Any]]


class Rest:
    """Calls to Discord's REST API by the HTTP client of *client*, which knows the token and obeys the headers."""

    def __init__(self, client: discord.Client, pace: Pace) -> None:
        self._client = client
        self._pace = pace
        self._flights: set[asyncio.Future[None]] = set()
        self._unknown: set[int] = set()
        # The ledger is told of longer pauses; nobody waits for them here.
        client.http.max_ratelimit_timeout = _PATIENCE

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
        file: str = "",
        paced: bool = True,
        **ids: str | int | None,
    ) -> Any:
        """Call *method* on *path* ("/channels/{channel_id}/messages") with *ids*; return Discord's answer as JSON data.

        *file* is a text to attach. Answers to interactions are not *paced*: no limit for all holds them up. Raises
        `bot.errors.SendError` kinds, nothing else.
        """
        if paced:
            await self._pace.turn()
        if self._client.http.token is None or self._client.is_closed():
            raise TryLater("Discord is not connected yet", _NOT_YET)
        route, form = Route(method, path, **cast("Any", ids)), _form(json, file) if file else None
        flight = asyncio.get_running_loop().create_future()
        self._flights.add(flight)
        try:
            ask = self._ask if paced else self._answer
            async with asyncio.timeout(TIMEOUT):
                return await ask(route, json, form, params)
        except Exception as error:
            refusal = translate(error, writes=method != "GET", out=self._pace.out or BANNED)
            if isinstance(refusal, Unknown) and refusal.code not in self._unknown:
                self._unknown.add(refusal.code)
                log.warning("%s %s was refused for a reason that no group knows: %s", method, path, refusal.code)
            raise refusal from error
        finally:
            flight.set_result(None)
            self._flights.discard(flight)

    async def _ask(self, route: Route, json: Any, form: Form | None, params: Mapping[str, Any] | None) -> Any:
        """Ask as the bot."""
        http = self._client.http
        given: dict[str, Any] = {"form": form} if form else {} if json is None else {"json": json}
        if params:
            given["params"] = dict(params)
        try:
            return await http.request(route, **given)
        except asyncio.CancelledError:
            # Whoever is interrupted in the library's pause for all never ends it, and all would wait for ever.
            http._global_over.set()  # noqa: SLF001 - the library knows no other way
            raise

    async def _answer(self, route: Route, json: Any, form: Form | None, params: Mapping[str, Any] | None) -> Any:
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
        if self._flights:
            await asyncio.wait(self._flights, timeout=_DRAIN)
        if not self._client.is_closed():
            await self._client.close()


def _form(json: Any, file: str) -> Form:
    """Return a message with a text beside it: https://docs.discord.com/developers/reference#uploading-files."""
    name = attached(file)
    type_ = "application/json" if name.endswith(".json") else "text/plain"
    return [
        {"name": "payload_json", "value": dumps(json)},
        {"name": "files[0]", "value": file.encode(), "filename": name, "content_type": type_},
    ]
