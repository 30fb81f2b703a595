"""One limiter for all that we ask of Discord, below the limit that it sets for a bot.

Fifty requests a second: https://docs.discord.com/developers/topics/rate-limits#global-rate-limit. What each route
allows stands in the headers, which discord.py obeys by itself. Answers to interactions don't count.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final

import aiohttp

from adapters.discord.errors import banned, pause
from bot.errors import TryLater

RATE: Final = 48.0
"""Requests a second."""
MOST_INVALID: Final = 5_000
"""Half of the refusals in ten minutes after which Discord keeps a machine out."""
_LATE: Final = 1
"""Turns that whoever was busy for a moment may make up for: no second holds more than so many above the rate."""
_LEAST: Final = 5.0
_LESS: Final = 0.8
_STEP: Final = 2.0
"""Seconds without a global refusal until one request a second more is tried."""
_SAME: Final = 1.0
"""Seconds in which global refusals tell one thing: what was on its way is refused together."""
_SPAN: Final = 600.0
_INVALID: Final = frozenset({401, 403, 429})

log = logging.getLogger(__name__)


class Pace:
    """Turns to call Discord. ``clock`` gives monotonic seconds, ``sleep`` waits for some."""

    def __init__(
        self,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        rate: float = RATE,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._most = self._rate = rate
        self._line = asyncio.Lock()
        self._next = 0.0
        self._gone: deque[float] = deque(maxlen=int(rate) + _LATE)
        self._changed = 0.0
        self._slowed = -_SAME
        self._until = 0.0
        self._refused: deque[float] = deque()

    @property
    def rate(self) -> float:
        """How many requests a second are let through now."""
        return self._rate

    async def turn(self) -> None:
        """Wait until a request may go; raises `bot.errors.TryLater` when none may for a while.

        One at a time: a program that was held up finds one waiting, not all whose time came meanwhile.
        """
        async with self._line:
            now = self._clock()
            self._check(now)
            self._recover(now)
            at = max(now - _LATE / self._rate, self._next, self._room())
            self._next = at + 1 / self._rate
            if at > now:
                await self._sleep(at - now)
            self._gone.append(self._clock())

    def _room(self) -> float:
        """Return when as many have gone as a second may hold, by when they really went: a sleep may end late."""
        held = int(self._rate) + _LATE
        return self._gone[-held] + 1 if len(self._gone) >= held else 0.0

    def _check(self, now: float) -> None:
        if self.out:
            raise TryLater("Discord keeps this machine out for a while", self.out)
        while self._refused and self._refused[0] <= now - _SPAN:
            self._refused.popleft()
        if len(self._refused) >= MOST_INVALID:
            raise TryLater("Discord refused too much of late", self._refused[0] + _SPAN - now)

    def saw(self, status: int, scope: str) -> None:
        """Note a reply; *scope* is that of a refusal: "global", "user" or "shared"."""
        if status not in _INVALID or scope == "shared":
            return
        now = self._clock()
        self._refused.append(now)
        if scope == "global" and now >= self._slowed + _SAME:
            self._rate = max(_LEAST, self._rate * _LESS)
            self._changed = self._slowed = now

    @property
    def out(self) -> float:
        """For how many seconds nothing is let through, because this machine is kept out."""
        return max(0.0, self._until - self._clock())

    def rest(self, seconds: float) -> None:
        """Let nothing through for a while; what was on its way is refused together, and tells it once."""
        if not self.out:
            log.warning("Discord keeps this machine out; it is asked for nothing in the next %.0f s", seconds)
        self._until = max(self._until, self._clock() + seconds)

    def trace(self) -> aiohttp.TraceConfig:
        """Return what lets this limiter see every reply, also those that discord.py deals with itself."""
        config = aiohttp.TraceConfig()

        async def ended(_: Any, __: Any, reply: aiohttp.TraceRequestEndParams) -> None:
            status, headers = reply.response.status, reply.response.headers
            self.saw(status, headers.get("X-RateLimit-Scope", ""))
            if status == HTTPStatus.TOO_MANY_REQUESTS and banned(headers):
                self.rest(pause(headers, await reply.response.text(errors="replace")))

        config.on_request_end.append(ended)
        return config

    def _recover(self, now: float) -> None:
        steps = int((now - self._changed) / _STEP)
        if self._rate < self._most and steps:
            self._rate, self._changed = min(self._most, self._rate + steps), now
