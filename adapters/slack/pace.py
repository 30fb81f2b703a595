"""One limiter for everything that we ask of Slack.

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

PATIENCE: Final = 2.0
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
MINUTELY: Final[Mapping[str, int]] = {method: calls for calls, methods in _TIERS for method in methods.split()}
"""Calls a minute, for one workspace. What is not listed counts as tier 2."""
_UNLISTED: Final = 20
_MINUTE: Final = 60.0
_CROWDED: Final = 1_000
"""Buckets at which idle ones are looked for."""


@dataclass(slots=True)
class Bucket:
    """A right to *burst* turns at once and one more every *interval* seconds; moments are the clock's seconds.

    ``taken`` is when all turns given so far are paid for, ``promised`` likewise for those who were sent away to come
    again, ``until`` the end of a pause.
    """

    interval: float
    burst: int
    taken: float = 0.0
    promised: float = 0.0
    until: float = 0.0

    def wait(self, now: float) -> float:
        """Return the seconds until a turn is free."""
        return max(0.0, self._opens(self.taken) - now)

    def take(self, at: float) -> None:
        """Give the turn of the moment *at*."""
        self.taken = max(self.taken, at) + self.interval

    def promise(self, now: float) -> float:
        """Return in how many seconds to come again; everyone who is sent away hears a time of their own."""
        last = max(self.taken, self.promised, now)
        self.promised = last + self.interval
        return self._opens(last) - now

    def pause(self, until: float) -> None:
        """Give no turn before; afterwards no burst either."""
        self.until = max(self.until, until)
        self.taken = max(self.taken, until + self.interval * (self.burst - 1))

    def idle(self, now: float) -> bool:
        """Tell whether the bucket is as good as a new one."""
        return max(self.taken, self.promised, self.until) <= now

    def _opens(self, paid: float) -> float:
        return max(self.until, paid - self.interval * (self.burst - 1))


class Pace:
    """Turns to call Slack. ``clock`` gives monotonic seconds, ``sleep`` waits for some."""

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._buckets: dict[tuple[str, ...], Bucket] = {}
        self._crowded = _CROWDED

    async def turn(self, workspace: str, method: str, channel: str = "") -> None:
        """Wait until *method* may be called.

        A pause that Slack asks for meanwhile holds here too. Raises `bot.errors.TryLater` when it would take longer
        than `PATIENCE`.
        """
        buckets = self._of(workspace, method, channel)
        now = self._clock()
        full = [bucket for bucket in buckets if bucket.wait(now) > PATIENCE]
        if full:
            raise TryLater("Slack’s limits leave no room now", max(bucket.promise(now) for bucket in full))
        wait = max(bucket.wait(now) for bucket in buckets)
        for bucket in buckets:
            bucket.take(now + wait)
        if wait:
            await self._sleep(wait)
            if any(bucket.until > self._clock() for bucket in buckets):
                await self.turn(workspace, method, channel)

    def pause(self, workspace: str, method: str, seconds: float) -> None:
        """Let nobody call *method* for that workspace, as Slack's Retry-After asks."""
        for bucket in self._of(workspace, method):
            bucket.pause(self._clock() + seconds)

    def _of(self, workspace: str, method: str, channel: str = "") -> list[Bucket]:
        if len(self._buckets) >= self._crowded:
            self._forget()
        buckets = [self._bucket((workspace, method), *_rate(MINUTELY.get(method, _UNLISTED)))]
        if method == "chat.postMessage" and channel:
            buckets.append(self._bucket((workspace, method, channel), 1.0, 2))
        return buckets

    def _bucket(self, key: tuple[str, ...], interval: float, burst: int) -> Bucket:
        return self._buckets.setdefault(key, Bucket(interval, burst))

    def _forget(self) -> None:
        """Drop what is idle; look again when there is twice as much."""
        now = self._clock()
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if not bucket.idle(now)}
        self._crowded = max(_CROWDED, 2 * len(self._buckets))


def _rate(calls: int) -> tuple[float, int]:
    """Return (interval, burst) of which any sixty seconds hold at most *calls*: a quarter at once, the rest evenly."""
    burst = max(1, calls // 4)
    return _MINUTE / max(1, calls - burst), burst
