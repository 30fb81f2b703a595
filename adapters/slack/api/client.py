"""Slack Web API: the client through which every method call and response_url goes, rate-limited and never repeated."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api.error_codes import STALE_TOKEN_ERRORS
from adapters.slack.api.errors import (
    RateLimited,
    UnknownErrorCode,
    get_error_code,
    get_response_headers,
    translate_error,
)
from adapters.slack.api.rate_limit import RateLimiter
from adapters.slack.api.server_clock import ServerClock
from bot.errors import BroadsheetError, SendError, TryLater, Unsendable, get_reason
from bot.reasons.reason import Reason

log = logging.getLogger(__name__)

TIMEOUT_SECONDS: Final = 30.0
"""Seconds for one whole request."""
_MAX_RESPONSE_BYTES: Final = 8 * 2**20
"""Bytes of an answer; a full page of channels is under one MiB."""
_RESPONSE_URL_TIMEOUT: Final = aiohttp.ClientTimeout(total=10)
_DRAIN_SECONDS: Final = 10.0
_VAULT_RETRY_SECONDS: Final = 5.0


class TokenProvider(Protocol):
    """Who knows the bot's tokens."""

    async def get_token(self, workspace: str, *, rejected_token: str = "") -> str:
        """Return the bot's token for a workspace, another one than *rejected_token*, which Slack has turned down.

        Raises `bot.errors.Gone` with ``installation`` set when there is none.
        """
        ...


class SlackClient:
    """Calls to the Web API at *api_url* ("https://slack.com/api/"), for every workspace; *clock* gives aware UTC."""

    def __init__(
        self, token_provider: TokenProvider, api_url: str, rate_limiter: RateLimiter, clock: Callable[[], datetime]
    ) -> None:
        self._token_provider = token_provider
        self._api_url = api_url
        self._rate_limiter = rate_limiter
        self._server_clock = ServerClock(clock)
        self._web_client: AsyncWebClient | None = None
        self._http_session: aiohttp.ClientSession | None = None
        self._pending_calls: set[asyncio.Future[None]] = set()
        self._unknown_codes: set[str] = set()

    @property
    def clock_offsets(self) -> tuple[timedelta, timedelta]:
        """The least and the most by which Slack's clock was ahead of ours, as far as we know."""
        return self._server_clock.offsets

    def limit_method(self, workspace: str, method: str) -> None:
        """Call *method* there as seldom as apps may that are distributed outside of Slack's Marketplace."""
        self._rate_limiter.limit_method(workspace, method)

    async def call(self, workspace: str, method: str, /, **arguments: Any) -> Mapping[str, Any]:
        """Call *method* ("chat.postMessage") with the bot's token of *workspace*; return Slack's answer.

        A token that Slack turns down is asked for anew, once. Raises `bot.errors.SendError` kinds, nothing else.
        """
        await self._rate_limiter.acquire(workspace, method, str(arguments.get("channel", "")))
        token = await self._get_token(workspace)
        try:
            return await self._call_method(workspace, method, token, arguments)
        except SendError as failure:
            if get_error_code(failure) not in STALE_TOKEN_ERRORS:
                raise
            new_token = await self._get_token(workspace, rejected_token=token)
            if new_token == token:
                raise
        return await self._call_method(workspace, method, new_token, arguments)

    async def post_to_response_url(self, url: str, body: Mapping[str, Any]) -> None:
        """Use a response URL once, without repetition: a repeated answer would be said twice.

        Raises `bot.errors.Unsendable`.
        """
        try:
            async with self._get_session().post(url, json=body, timeout=_RESPONSE_URL_TIMEOUT) as response:
                if not response.ok:
                    raise Unsendable(f"Slack did not take the answer: HTTP {response.status}")
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise Unsendable(f"The answer did not get through: {type(error).__name__}") from error

    async def close(self) -> None:
        """Wait a little for what is in flight, then let go of the network."""
        if self._pending_calls:
            await asyncio.wait(self._pending_calls, timeout=_DRAIN_SECONDS)
        if self._http_session:
            await self._http_session.close()

    async def _get_token(self, workspace: str, *, rejected_token: str = "") -> str:
        try:
            return await self._token_provider.get_token(workspace, rejected_token=rejected_token)
        except SendError:
            raise
        except BroadsheetError as error:
            raise TryLater(Reason("token.unreadable", why=get_reason(error)), _VAULT_RETRY_SECONDS) from error

    async def _call_method(
        self, workspace: str, method: str, token: str, arguments: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        api_method = getattr(self._get_web_client(), method.replace(".", "_"))
        pending = asyncio.get_running_loop().create_future()
        self._pending_calls.add(pending)
        try:
            response = await api_method(token=token, **arguments)
        except Exception as error:
            self._server_clock.record(get_response_headers(error))
            failure = translate_error(error, method)
            self._record_failure(workspace, method, failure)
            raise failure from error
        finally:
            pending.set_result(None)
            self._pending_calls.discard(pending)
        self._server_clock.record(response.headers)
        data: Mapping[str, Any] = response.data
        return data

    def _record_failure(self, workspace: str, method: str, error: SendError) -> None:
        """Remember a pause, and say once what no group knows."""
        if isinstance(error, RateLimited):
            self._rate_limiter.pause(workspace, method, error.retry_after)
        if isinstance(error, UnknownErrorCode) and error.code not in self._unknown_codes:
            self._unknown_codes.add(error.code)
            log.warning("%s was refused for a reason that no group knows: %s", method, error.code)

    def _get_web_client(self) -> AsyncWebClient:
        session = self._get_session()
        if self._web_client is None or self._web_client.session is not session:
            self._web_client = _create_web_client(self._api_url, session)
        return self._web_client

    def _get_session(self) -> aiohttp.ClientSession:
        """Return the connections to Slack, which all calls and answers share."""
        if self._http_session is None or self._http_session.closed:
            self._http_session = _create_session()
        return self._http_session


def _create_session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        response_class=_SizeLimitedResponse,
        trust_env=False,
    )


def _create_web_client(url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """Return a client of the SDK that takes nothing from the environment and never sends anything twice."""
    # Apart from the others, for at the level DEBUG, which an unset level counts as, the SDK writes whole messages down.
    silent_logger = logging.Logger("slack_sdk", logging.CRITICAL)  # noqa: LOG001 - see above
    client = AsyncWebClient(base_url=url, session=session, retry_handlers=[], logger=silent_logger)
    client.proxy = None
    return client


class _SizeLimitedResponse(aiohttp.ClientResponse):
    """An answer that is read up to a limit."""

    async def read(self) -> bytes:
        if self._body is None:
            body = bytearray()
            async for chunk in self.content.iter_any():
                body += chunk
                if len(body) > _MAX_RESPONSE_BYTES:
                    self.close()
                    raise aiohttp.ClientPayloadError("The answer is too long.")
            self._body = bytes(body)
        return await super().read()
