"""The one place through which every call of ours to Slack's Web API goes: paced, never repeated, errors translated."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Final, Protocol

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.codes import STALE
from adapters.slack.errors import Limited, Unknown, code, translate
from adapters.slack.pace import Pace
from bot.errors import BroadsheetError, SendError, TryLater, Unsendable

log = logging.getLogger(__name__)

TIMEOUT: Final = 30.0
"""Seconds for one whole request."""
_LARGEST: Final = 8 * 2**20
"""Bytes of an answer; a full page of channels is under one MiB."""
_REPLY: Final = aiohttp.ClientTimeout(total=10)
_DRAIN: Final = 10.0
_VAULT: Final = 5.0


class Tokens(Protocol):
    """Who knows the bot's tokens."""

    async def token(self, workspace: str, *, refused: str = "") -> str:
        """Return the bot's token for a workspace; *refused* is one that Slack has just turned down: find a newer one.

        Raises `bot.errors.Gone` with ``installation`` set when there is none.
        """
        ...


class Clients:
    """Calls to the Web API at *api_url* ("https://slack.com/api/"), for every workspace."""

    def __init__(self, tokens: Tokens, api_url: str, pace: Pace) -> None:
        self._tokens = tokens
        self._url = api_url
        self._pace = pace
        self._client: AsyncWebClient | None = None
        self._open: aiohttp.ClientSession | None = None
        self._flights: set[asyncio.Future[None]] = set()
        self._unknown: set[str] = set()

    async def call(self, workspace: str, method: str, /, **arguments: Any) -> Mapping[str, Any]:
        """Call *method* ("chat.postMessage") with the bot's token of *workspace*; return Slack's answer.

        A token that Slack turns down is asked for anew, once. Raises `bot.errors.SendError` kinds, nothing else.
        """
        await self._pace.turn(workspace, method, str(arguments.get("channel", "")))
        token = await self._token(workspace)
        try:
            return await self._ask(workspace, method, token, arguments)
        except SendError as refusal:
            if code(refusal) not in STALE:
                raise
            newer = await self._token(workspace, refused=token)
            if newer == token:
                raise
        return await self._ask(workspace, method, newer, arguments)

    async def reply(self, url: str, body: Mapping[str, Any]) -> None:
        """Use a response URL once, without repetition: a repeated answer would be said twice.

        Raises `bot.errors.Unsendable`.
        """
        try:
            async with self._session().post(url, json=body, timeout=_REPLY) as answered:
                if not answered.ok:
                    raise Unsendable(f"Slack did not take the answer: HTTP {answered.status}")
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise Unsendable(f"The answer did not get through: {type(error).__name__}") from error

    async def close(self) -> None:
        """Wait a little for what is in flight, then let go of the network."""
        if self._flights:
            await asyncio.wait(self._flights, timeout=_DRAIN)
        if self._open:
            await self._open.close()

    async def _token(self, workspace: str, *, refused: str = "") -> str:
        try:
            return await self._tokens.token(workspace, refused=refused)
        except SendError:
            raise
        except BroadsheetError as error:
            raise TryLater(f"The token can’t be read: {error}", _VAULT) from error

    async def _ask(self, workspace: str, method: str, token: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        ask = getattr(self._connected(), method.replace(".", "_"))
        flight = asyncio.get_running_loop().create_future()
        self._flights.add(flight)
        try:
            answer = await ask(token=token, **arguments)
        except Exception as error:
            refusal = translate(error, method)
            self._note(workspace, method, refusal)
            raise refusal from error
        finally:
            flight.set_result(None)
            self._flights.discard(flight)
        data: Mapping[str, Any] = answer.data
        return data

    def _note(self, workspace: str, method: str, refusal: SendError) -> None:
        """Remember a pause, and say once what no group knows."""
        if isinstance(refusal, Limited):
            self._pace.pause(workspace, method, refusal.after)
        if isinstance(refusal, Unknown) and refusal.code not in self._unknown:
            self._unknown.add(refusal.code)
            log.warning("%s was refused for a reason that no group knows: %s", method, refusal.code)

    def _connected(self) -> AsyncWebClient:
        session = self._session()
        if self._client is None or self._client.session is not session:
            self._client = _client(self._url, session)
        return self._client

    def _session(self) -> aiohttp.ClientSession:
        """Return the connections to Slack, which all calls and answers share."""
        if self._open is None or self._open.closed:
            self._open = _session()
        return self._open


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=TIMEOUT),
        cookie_jar=aiohttp.DummyCookieJar(),
        response_class=_Bounded,
        trust_env=False,
    )


def _client(url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """Return a client of the SDK that takes nothing from the environment and never sends anything twice."""
    # Apart from the others, for at the level DEBUG, which an unset level counts as, the SDK writes whole messages down.
    quiet = logging.Logger("slack_sdk", logging.CRITICAL)  # noqa: LOG001 - see above
    client = AsyncWebClient(base_url=url, session=session, retry_handlers=[], logger=quiet)
    client.proxy = None
    return client


class _Bounded(aiohttp.ClientResponse):
    """An answer that is read up to a limit."""

    async def read(self) -> bytes:
        if self._body is None:
            body = bytearray()
            async for chunk in self.content.iter_any():
                body += chunk
                if len(body) > _LARGEST:
                    self.close()
                    raise aiohttp.ClientPayloadError("The answer is too long.")
            self._body = bytes(body)
        return await super().read()
