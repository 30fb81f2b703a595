"""Discord’s global rate limit and invalid request limit (X-RateLimit-Scope): one limiter before every call.

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

from adapters.discord.api.errors import is_cloudflare_ban, parse_retry_after
from bot.errors import TryLater
from bot.reasons.reason import Reason

MAX_REQUESTS_PER_SECOND: Final = 48.0
"""Requests a second."""
MAX_INVALID_REQUESTS: Final = 5_000
"""Half of the refusals in ten minutes after which Discord keeps a machine out."""
_CATCH_UP_REQUESTS: Final = 1
"""Turns that whoever was busy for a moment may make up for: no second holds more than so many above the rate."""
_MIN_RATE: Final = 5.0
_BACKOFF_FACTOR: Final = 0.8
_RECOVERY_SECONDS: Final = 2.0
"""Seconds without a global refusal until one request a second more is tried."""
_SAME_REFUSAL_SECONDS: Final = 1.0
"""Seconds in which global refusals tell one thing: what was on its way is refused together."""
_INVALID_WINDOW_SECONDS: Final = 600.0
_INVALID_STATUSES: Final = frozenset({401, 403, 429})

log = logging.getLogger(__name__)


class RateLimiter:
    """Turns to call Discord. ``clock`` gives monotonic seconds, ``sleep`` waits for some."""

    def __init__(
        self,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        rate: float = MAX_REQUESTS_PER_SECOND,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._max_rate = self._rate = rate
        self._lock = asyncio.Lock()
        self._next_at = 0.0
        self._sent_at: deque[float] = deque(maxlen=int(rate) + _CATCH_UP_REQUESTS)
        self._rate_changed_at = 0.0
        self._slowed_at = -_SAME_REFUSAL_SECONDS
        self._banned_until = 0.0
        self._refused_at: deque[float] = deque()

    @property
    def rate(self) -> float:
        """How many requests a second are let through now."""
        return self._rate

    async def acquire(self) -> None:
        """Wait until a request may go; raises `bot.errors.TryLater` when none may for a while.

        One at a time: a program that was held up finds one waiting, not all whose time came meanwhile.
        """
        async with self._lock:
            now = self._clock()
            self._check_bans(now)
            self._restore_rate(now)
            at = max(now - _CATCH_UP_REQUESTS / self._rate, self._next_at, self._find_next_opening())
            self._next_at = at + 1 / self._rate
            if at > now:
                await self._sleep(at - now)
            self._sent_at.append(self._clock())

    def _find_next_opening(self) -> float:
        """Return when as many have gone as a second may hold, by when they really went: a sleep may end late."""
        allowed = int(self._rate) + _CATCH_UP_REQUESTS
        return self._sent_at[-allowed] + 1 if len(self._sent_at) >= allowed else 0.0

    def _check_bans(self, now: float) -> None:
        if self.ban_seconds:
            raise TryLater(Reason("platform.machine_banned"), self.ban_seconds)
        while self._refused_at and self._refused_at[0] <= now - _INVALID_WINDOW_SECONDS:
            self._refused_at.popleft()
        if len(self._refused_at) >= MAX_INVALID_REQUESTS:
            seconds = self._refused_at[0] + _INVALID_WINDOW_SECONDS - now
            raise TryLater(Reason("platform.invalid_requests"), seconds)

    def record_response(self, status: int, scope: str) -> None:
        """Note a reply; *scope* is that of a refusal: "global", "user" or "shared"."""
        if status not in _INVALID_STATUSES or scope == "shared":
            return
        now = self._clock()
        self._refused_at.append(now)
        if scope == "global" and now >= self._slowed_at + _SAME_REFUSAL_SECONDS:
            self._rate = max(_MIN_RATE, self._rate * _BACKOFF_FACTOR)
            self._rate_changed_at = self._slowed_at = now

    @property
    def ban_seconds(self) -> float:
        """For how many seconds nothing is let through, because this machine is kept out."""
        return max(0.0, self._banned_until - self._clock())

    def pause(self, seconds: float) -> None:
        """Let nothing through for a while; what was on its way is refused together, and tells it once."""
        if not self.ban_seconds:
            log.warning("Discord keeps this machine out; it is asked for nothing in the next %.0f s", seconds)
        self._banned_until = max(self._banned_until, self._clock() + seconds)

    def build_trace_config(self) -> aiohttp.TraceConfig:
        """Return what lets this limiter see every reply, also those that discord.py deals with itself."""
        config = aiohttp.TraceConfig()

        async def on_request_end(_: Any, __: Any, params: aiohttp.TraceRequestEndParams) -> None:
            status, headers = params.response.status, params.response.headers
            self.record_response(status, headers.get("X-RateLimit-Scope", ""))
            if status == HTTPStatus.TOO_MANY_REQUESTS and is_cloudflare_ban(headers):
                self.pause(parse_retry_after(headers, await params.response.text(errors="replace")))

        config.on_request_end.append(on_request_end)
        return config

    def _restore_rate(self, now: float) -> None:
        steps = int((now - self._rate_changed_at) / _RECOVERY_SECONDS)
        if self._rate < self._max_rate and steps:
            self._rate, self._rate_changed_at = min(self._max_rate, self._rate + steps), now
