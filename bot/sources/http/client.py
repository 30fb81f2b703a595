"""Source HTTP client (httpx): request spacing, timeouts, retries with backoff, circuit breaker, ETag validators."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final, Generic, NoReturn, TypeVar

import httpx
import stamina

from bot.errors import SourceDown, SourceError, SourceRefused
from bot.ports.sources import Validators
from bot.reasons.reason import Reason, to_reason
from bot.sources.http import policies, request
from bot.sources.http.request import RetryableError, StatusRefused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection, Mapping

    from bot.ports.sources import SourceStates
    from bot.sources.http.policies import SourcePolicy

T = TypeVar("T")

NOT_FOUND_STATUSES: Final = frozenset({httpx.codes.BAD_REQUEST, httpx.codes.NOT_FOUND})
"""Refusals that say something about what was asked for, and nothing about the source."""
_CONTACT_URL: Final = "+https://github.com/broadsheet-bot/broadsheet"


@dataclass(frozen=True, slots=True)
class ParsedResponse(Generic[T]):
    """One answer.

    ``content`` is None when it is ``unchanged``; ``has_next_page`` says that the source names a next page.
    """

    url: str
    content: T | None
    unchanged: bool = False
    has_next_page: bool = False
    validators: Validators = field(default_factory=Validators)


class _RetryAfter(SourceDown):
    """The source wants to be left alone until a moment."""

    def __init__(self, reason: Reason, until: datetime) -> None:
        super().__init__(reason)
        self.until = until


@cache
def _create_ssl_context() -> ssl.SSLContext:
    """Return whom every client trusts; reading it takes longer than all else that making a client does."""
    return httpx.create_ssl_context(trust_env=False)


class SourceClient:
    """Asks one source, by its `bot.sources.http.policies.SourcePolicy`.

    ``clock`` gives aware UTC; ``sleep`` waits (tests hand in one that does not).
    """

    def __init__(
        self,
        policy: SourcePolicy,
        states: SourceStates,
        clock: Callable[[], datetime],
        *,
        version: str,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.policy = policy
        self._states = states
        self.clock = clock
        self._sleep = sleep
        self._semaphore = asyncio.Semaphore(policy.max_connections)
        self._last_request: datetime | None = None
        # httpx writes every URL at INFO, with what people search for in it.
        logging.getLogger(httpx.__name__).setLevel(logging.WARNING)
        self._client = httpx.AsyncClient(
            headers={"User-Agent": f"Broadsheet/{version} ({_CONTACT_URL})", "Accept-Encoding": "gzip"},
            verify=_create_ssl_context(),
            trust_env=False,
            follow_redirects=False,
            timeout=policy.attempt_timeout,
            limits=httpx.Limits(max_connections=policy.max_connections),
        )

    async def get(
        self,
        url: str,
        params: Mapping[str, str],
        parse: Callable[[bytes], T],
        *,
        conditional: bool = False,
        refusal_statuses: Collection[int] = NOT_FOUND_STATUSES,
    ) -> ParsedResponse[T]:
        """Ask for *url* and return what *parse* makes of the body.

        ``conditional`` sends the validators that are remembered, and finds an unchanged body by its digest where the
        source ignores them. Raises `SourceDown`, `Malformed` (which *parse* may raise too), or `SourceRefused` for a
        refusal whose HTTP status is one of ``refusal_statuses``; any other refusal is a failure of the source.
        """
        address = str(httpx.URL(url, params=dict(params)))
        validators = await self._states.get_validators(address) if conditional else Validators()
        async with self._semaphore:
            await self._check_circuit()
            try:
                page = await self._fetch_within_deadline(address, validators, parse, refusal_statuses)
            except SourceRefused:
                await self._record_success()
                raise
            except SourceError as error:
                await self._record_failure(error)
                raise
            await self._record_success()
            return page

    async def close(self) -> None:
        """Let go of the network."""
        await self._client.aclose()

    async def _check_circuit(self) -> None:
        state = await self._states.get_state(self.policy.name)
        if state.open_until and self.clock() < state.open_until:
            why = state.error or to_reason("")
            until = f"{state.open_until:%H:%M}"
            raise SourceDown(request.build_reason(self.policy, "source.circuit_open", time=until, why=why))

    async def _record_success(self) -> None:
        state = await self._states.get_state(self.policy.name)
        await self._states.save_state(policies.close_circuit(state, self.clock()))

    async def _record_failure(self, error: SourceError) -> None:
        state = await self._states.get_state(self.policy.name)
        until = error.until if isinstance(error, _RetryAfter) else None
        await self._states.save_state(policies.record_failure(state, self.clock(), error.reason, self.policy, until))

    async def _fetch_within_deadline(
        self, url: str, validators: Validators, parse: Callable[[bytes], T], refusal_statuses: Collection[int]
    ) -> ParsedResponse[T]:
        try:
            async with asyncio.timeout(self.policy.deadline) as limit:
                return await self._fetch_with_retries(url, validators, parse, limit)
        except TimeoutError as error:
            seconds = f"{self.policy.deadline:g}"
            raise SourceDown(request.build_reason(self.policy, "source.timed_out", seconds=seconds)) from error
        except RetryableError as again:
            raise SourceDown(again.reason) from again
        except StatusRefused as refusal:
            if refusal.status in refusal_statuses:
                raise
            raise SourceDown(refusal.reason) from refusal

    async def _fetch_with_retries(
        self, url: str, validators: Validators, parse: Callable[[bytes], T], deadline: asyncio.Timeout
    ) -> ParsedResponse[T]:
        policy = self.policy
        attempts = stamina.retry_context(
            on=lambda error: isinstance(error, RetryableError) and (error.retry_after is None or 0.0),
            attempts=policy.max_attempts,
            timeout=None,
            wait_initial=policy.backoff,
            wait_jitter=policy.backoff,
        )
        async for retry in attempts:
            with retry:
                try:
                    return await self._fetch_and_parse(url, validators, parse)
                except RetryableError as again:
                    await self._wait_retry_after(again, deadline, last=retry.num == policy.max_attempts)
                    raise
        raise AssertionError  # stamina ends with a result or with the last error

    async def _wait_retry_after(self, error: RetryableError, deadline: asyncio.Timeout, *, last: bool) -> None:
        """Sleep as long as the source asked; give up at once when that is longer than there is time for."""
        if error.throttled and self.policy.cooldown:
            self._raise_retry_after(max(self.policy.cooldown.total_seconds(), error.retry_after or 0.0))
        if error.retry_after is None:
            return
        left = (deadline.when() or 0.0) - asyncio.get_running_loop().time()
        if last or error.retry_after > left:
            self._raise_retry_after(error.retry_after)
        await self._sleep(error.retry_after)

    def _raise_retry_after(self, seconds: float) -> NoReturn:
        length = min(timedelta(seconds=min(seconds, 1e9)), policies.MAX_PAUSE)
        until = self.clock() + length
        span = policies.format_duration(length.total_seconds())
        why = request.build_reason(self.policy, "source.pause_requested", span=span, time=f"{until:%H:%M}")
        raise _RetryAfter(why, until)

    async def _fetch_and_parse(
        self, url: str, validators: Validators, parse: Callable[[bytes], T]
    ) -> ParsedResponse[T]:
        await self._wait_for_spacing()
        answer = await request.fetch_once(self._client, url, validators, self.policy, self.clock)
        if answer.body is None:
            return ParsedResponse(url, None, unchanged=True)
        new_validators = replace(answer.validators, digest=hashlib.sha256(answer.body).hexdigest())
        if new_validators.digest == validators.digest:
            return ParsedResponse(
                url, None, unchanged=True, has_next_page=answer.has_next_page, validators=new_validators
            )
        # Twenty megabytes take a while to parse; the loop has others to serve.
        return ParsedResponse(
            url,
            await asyncio.to_thread(parse, answer.body),
            has_next_page=answer.has_next_page,
            validators=new_validators,
        )

    async def _wait_for_spacing(self) -> None:
        now = self.clock()
        rest = self.policy.spacing - (now - self._last_request).total_seconds() if self._last_request else 0.0
        if rest > 0:
            # A clock that was set back must not make us wait for hours.
            await self._sleep(min(rest, self.policy.spacing))
        self._last_request = self.clock()


Connect = Callable[["SourcePolicy"], SourceClient]
"""Makes the client of one source."""
