"""Rate limits of Slack’s Web API (tiers by app, workspace and method): one limiter before every call.

Slack counts by app, workspace and method, and lets an app post about once a second to a channel:
https://docs.slack.dev/apis/web-api/rate-limits. Each of those is a bucket; nothing is shared between workspaces, so
that one's pause never delays another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.errors import TryLater
from bot.reasons.reason import Reason

MAX_WAIT_SECONDS: Final = 2.0
"""Seconds that a caller waits here; for more, the ledger waits and not a coroutine."""

_TIERS: Final = (
    (20, "conversations.list usergroups.list usergroups.users.list"),
    (
        50,
        """auth.revoke chat.delete chat.unfurl chat.update conversations.history conversations.info conversations.join
        conversations.open conversations.replies team.info users.conversations""",
    ),
    (
        100,
        """auth.test chat.postEphemeral conversations.members users.info views.open views.publish views.push
        views.update""",
    ),
    # No tier: about one a second to a channel, and several hundred a minute to a workspace.
    (300, "chat.postMessage"),
)
CALLS_PER_MINUTE: Final[Mapping[str, int]] = {method: calls for calls, methods in _TIERS for method in methods.split()}
"""Calls a minute, for one workspace. What is not listed counts as tier 2."""
_DEFAULT_CALLS_PER_MINUTE: Final = 20
_RESTRICTED_CALLS_PER_MINUTE: Final = 1
"""Of conversations.history and conversations.replies, for apps that are distributed outside of Slack's Marketplace."""
_RESTRICTION_SECONDS: Final = 3_600.0
"""After so long without a sign of it a restriction is taken to be over."""
_MINUTE_SECONDS: Final = 60.0
_MIN_PRUNE_SIZE: Final = 1_000
"""Buckets at which idle ones are looked for."""


@dataclass(slots=True)
class Bucket:
    """A right to *burst* turns at once and one more every *interval* seconds; moments are the clock's seconds.

    ``reserved_until`` is when all turns given so far are paid for, ``retry_until`` likewise for those who were sent
    away to come again, ``paused_until`` the end of a pause.
    """

    interval: float
    burst: int
    reserved_until: float = 0.0
    retry_until: float = 0.0
    paused_until: float = 0.0

    def compute_wait(self, now: float) -> float:
        """Return the seconds until a turn is free."""
        return max(0.0, self._compute_opening(self.reserved_until) - now)

    def reserve(self, at: float) -> None:
        """Give the turn of the moment *at*."""
        self.reserved_until = max(self.reserved_until, at) + self.interval

    def schedule_retry(self, now: float) -> float:
        """Return in how many seconds to come again; everyone who is sent away hears a time of their own."""
        last = max(self.reserved_until, self.retry_until, now)
        self.retry_until = last + self.interval
        return self._compute_opening(last) - now

    def pause(self, until: float) -> None:
        """Give no turn before; afterwards no burst either."""
        self.paused_until = max(self.paused_until, until)
        self.reserved_until = max(self.reserved_until, until + self.interval * (self.burst - 1))

    def is_idle(self, now: float) -> bool:
        """Tell whether the bucket is as good as a new one."""
        return max(self.reserved_until, self.retry_until, self.paused_until) <= now

    def _compute_opening(self, reserved_until: float) -> float:
        return max(self.paused_until, reserved_until - self.interval * (self.burst - 1))


class RateLimiter:
    """Turns to call Slack. ``clock`` gives monotonic seconds, ``sleep`` waits for some."""

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._buckets: dict[tuple[str, ...], Bucket] = {}
        self._restricted_until: dict[tuple[str, str], float] = {}
        self._prune_size = _MIN_PRUNE_SIZE

    async def acquire(self, workspace: str, method: str, channel: str = "") -> None:
        """Wait until *method* may be called.

        A pause that Slack asks for meanwhile holds here too. Raises `bot.errors.TryLater` when it would take longer
        than `MAX_WAIT_SECONDS`.
        """
        buckets = self._get_buckets(workspace, method, channel)
        now = self._clock()
        full = [bucket for bucket in buckets if bucket.compute_wait(now) > MAX_WAIT_SECONDS]
        if full:
            raise TryLater(Reason("platform.limits_full"), max(bucket.schedule_retry(now) for bucket in full))
        wait = max(bucket.compute_wait(now) for bucket in buckets)
        for bucket in buckets:
            bucket.reserve(now + wait)
        if wait:
            await self._sleep(wait)
            if any(bucket.paused_until > self._clock() for bucket in buckets):
                await self.acquire(workspace, method, channel)

    def limit_method(self, workspace: str, method: str) -> None:
        """Let *method* be called once a minute for that workspace, for an hour; Slack has just answered one call."""
        now, is_known = self._clock(), self._is_restricted(workspace, method)
        self._restricted_until[workspace, method] = now + _RESTRICTION_SECONDS
        if not is_known:
            for bucket in self._get_buckets(workspace, method):
                bucket.reserve(now)

    def pause(self, workspace: str, method: str, seconds: float) -> None:
        """Let nobody call *method* for that workspace, as Slack's Retry-After asks."""
        for bucket in self._get_buckets(workspace, method):
            bucket.pause(self._clock() + seconds)

    def _get_buckets(self, workspace: str, method: str, channel: str = "") -> list[Bucket]:
        if len(self._buckets) >= self._prune_size:
            self._drop_idle_buckets()
        if self._is_restricted(workspace, method):
            restricted_rate = _compute_rate(_RESTRICTED_CALLS_PER_MINUTE)
            return [self._get_bucket((workspace, method, "restricted"), *restricted_rate)]
        buckets = [
            self._get_bucket(
                (workspace, method), *_compute_rate(CALLS_PER_MINUTE.get(method, _DEFAULT_CALLS_PER_MINUTE))
            )
        ]
        if method == "chat.postMessage" and channel:
            buckets.append(self._get_bucket((workspace, method, channel), 1.0, 2))
        return buckets

    def _is_restricted(self, workspace: str, method: str) -> bool:
        return self._restricted_until.get((workspace, method), 0.0) > self._clock()

    def _get_bucket(self, key: tuple[str, ...], interval: float, burst: int) -> Bucket:
        return self._buckets.setdefault(key, Bucket(interval, burst))

    def _drop_idle_buckets(self) -> None:
        """Drop what is idle; look again when there is twice as much."""
        now = self._clock()
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if not bucket.is_idle(now)}
        self._restricted_until = {key: until for key, until in self._restricted_until.items() if until > now}
        self._prune_size = max(_MIN_PRUNE_SIZE, 2 * len(self._buckets))


def _compute_rate(calls: int) -> tuple[float, int]:
    """Return (interval, burst) of which any sixty seconds hold at most *calls*: a quarter at once, the rest evenly."""
    burst = max(1, calls // 4)
    return _MINUTE_SECONDS / max(1, calls - burst), burst
