"""The one client for the sources: it takes its time, stops in time, and knows when to leave a source alone."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import ssl
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final, Generic, NoReturn, TypeVar

import httpx
import stamina

from bot.errors import SourceDown, SourceError, SourceRefused
from bot.language import phrase
from bot.ports.sources import Validators
from bot.sources import manners as rules
from bot.sources import wire
from bot.sources.wire import Again, Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping

    from bot.ports.sources import SourceStates
    from bot.sources.manners import Manners

T = TypeVar("T")

NO_SUCH_THING: Final = frozenset({httpx.codes.BAD_REQUEST, httpx.codes.NOT_FOUND})
"""Refusals that say something about what was asked for, and nothing about the source."""
_ALONE: Final = phrase("{title} is left alone until {time} UTC ({why}).")
_PAUSE: Final = phrase("{title} asks for a pause of {span}; it is asked again at {time} UTC.")
_FROM: Final = "+https://github.com/broadsheet-bot/broadsheet"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One answer. ``content`` is None when it is ``unchanged``; ``more`` says that the source names a next page."""

    url: str
    content: T | None
    unchanged: bool = False
    more: bool = False
    validators: Validators = field(default_factory=Validators)


class _Rest(SourceDown):
    """The source wants to be left alone until a moment."""

    def __init__(self, sentence: str, until: datetime) -> None:
        super().__init__(sentence)
        self.until = until


@cache
def _trusted() -> ssl.SSLContext:
    """Return whom every client trusts; reading it takes longer than all else that making a client does."""
    return httpx.create_ssl_context(trust_env=False)


class Polite:
    """Asks one source, by its `bot.sources.manners.Manners`.

    ``clock`` gives aware UTC; ``sleep`` waits (tests hand in one that does not).
    """

    def __init__(
        self,
        manners: Manners,
        states: SourceStates,
        clock: Callable[[], datetime],
        *,
        version: str,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.manners = manners
        self._states = states
        self.clock = clock
        self._sleep = sleep
        self._turn = asyncio.Semaphore(manners.connections)
        self._last: datetime | None = None
        # httpx writes every URL at INFO, with what people search for in it.
        logging.getLogger(httpx.__name__).setLevel(logging.WARNING)
        self._client = httpx.AsyncClient(
            headers={"User-Agent": f"Broadsheet/{version} ({_FROM})", "Accept-Encoding": "gzip"},
            verify=_trusted(),
            trust_env=False,
            follow_redirects=False,
            timeout=manners.attempt,
            limits=httpx.Limits(max_connections=manners.connections),
        )

    async def get(
        self,
        url: str,
        params: Mapping[str, str],
        read: Callable[[bytes], T],
        *,
        conditional: bool = False,
        answers: Collection[int] = NO_SUCH_THING,
    ) -> Page[T]:
        """Ask for *url* and return what *read* makes of the body.

        ``conditional`` sends the validators that are remembered, and finds an unchanged body by its digest where the
        source ignores them. Raises `SourceDown`, `Malformed` (which *read* may raise too), or `SourceRefused` for a
        refusal whose HTTP status is one of ``answers``; any other refusal is a failure of the source.
        """
        address = str(httpx.URL(url, params=dict(params)))
        known = await self._states.validators(address) if conditional else Validators()
        async with self._turn:
            await self._stop_if_open()
            try:
                page = await self._within_deadline(address, known, read, answers)
            except SourceRefused:
                await self._note_success()
                raise
            except SourceError as error:
                await self._note_failure(error)
                raise
            await self._note_success()
            return page

    async def close(self) -> None:
        """Let go of the network."""
        await self._client.aclose()

    async def _stop_if_open(self) -> None:
        state = await self._states.state(self.manners.name)
        if state.open_until and self.clock() < state.open_until:
            raise SourceDown(_ALONE.format(title=self.manners.title, time=f"{state.open_until:%H:%M}", why=state.error))

    async def _note_success(self) -> None:
        state = await self._states.state(self.manners.name)
        await self._states.record(rules.succeeded(state, self.clock()))

    async def _note_failure(self, error: SourceError) -> None:
        state = await self._states.state(self.manners.name)
        until = error.until if isinstance(error, _Rest) else None
        await self._states.record(rules.failed(state, self.clock(), str(error), self.manners, until))

    async def _within_deadline(
        self, url: str, known: Validators, read: Callable[[bytes], T], answers: Collection[int]
    ) -> Page[T]:
        try:
            async with asyncio.timeout(self.manners.deadline) as limit:
                return await self._with_retries(url, known, read, limit)
        except TimeoutError as error:
            sentence = wire.SLOW.format(title=self.manners.title, seconds=f"{self.manners.deadline:g}")
            raise SourceDown(sentence) from error
        except Again as again:
            raise SourceDown(str(again)) from again
        except Refusal as refusal:
            if refusal.status in answers:
                raise
            raise SourceDown(str(refusal)) from refusal

    async def _with_retries(
        self, url: str, known: Validators, read: Callable[[bytes], T], limit: asyncio.Timeout
    ) -> Page[T]:
        manners = self.manners
        attempts = stamina.retry_context(
            on=lambda error: isinstance(error, Again) and (error.wait is None or 0.0),
            attempts=manners.attempts,
            timeout=None,
            wait_initial=manners.backoff,
            wait_jitter=manners.backoff,
        )
        async for attempt in attempts:
            with attempt:
                try:
                    return await self._attempt(url, known, read)
                except Again as again:
                    await self._wait_as_told(again, limit, last=attempt.num == manners.attempts)
                    raise
        raise AssertionError  # stamina ends with a result or with the last error

    async def _wait_as_told(self, again: Again, limit: asyncio.Timeout, *, last: bool) -> None:
        """Sleep as long as the source asked; give up at once when that is longer than there is time for."""
        if again.throttled and self.manners.cooldown:
            self._rest(max(self.manners.cooldown.total_seconds(), again.wait or 0.0))
        if again.wait is None:
            return
        left = (limit.when() or 0.0) - asyncio.get_running_loop().time()
        if last or again.wait > left:
            self._rest(again.wait)
        await self._sleep(again.wait)

    def _rest(self, seconds: float) -> NoReturn:
        length = min(timedelta(seconds=min(seconds, 1e9)), rules.LONGEST_PAUSE)
        until = self.clock() + length
        raise _Rest(
            _PAUSE.format(title=self.manners.title, span=rules.span(seconds), time=f"{until:%H:%M}"),
            until,
        )

    async def _attempt(self, url: str, known: Validators, read: Callable[[bytes], T]) -> Page[T]:
        await self._keep_distance()
        answer = await wire.fetch(self._client, url, known, self.manners, self.clock)
        if answer.body is None:
            return Page(url, None, unchanged=True)
        seen = replace(answer.validators, digest=hashlib.sha256(answer.body).hexdigest())
        if seen.digest == known.digest:
            return Page(url, None, unchanged=True, more=answer.more, validators=seen)
        # Twenty megabytes take a while to parse; the loop has others to serve.
        return Page(url, await asyncio.to_thread(read, answer.body), more=answer.more, validators=seen)

    async def _keep_distance(self) -> None:
        now = self.clock()
        rest = self.manners.spacing - (now - self._last).total_seconds() if self._last else 0.0
        if rest > 0:
            # A clock that was set back must not make us wait for hours.
            await self._sleep(min(rest, self.manners.spacing))
        self._last = self.clock()
