"""How fast requests may come: https://docs.discord.com/developers/topics/rate-limits."""

from __future__ import annotations

import hashlib
from collections import deque
from dataclasses import dataclass, field

from aiohttp import web

from tests.servers.discord.faults import limited, plain

GENEROUS = (100, 1.0)
"""What a route takes of which a test says nothing: like Discord's own limits it is told, but nobody meets it."""
_MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token")


@dataclass(slots=True)
class Bucket:
    """So many requests in so many seconds, counted from the first."""

    most: int
    seconds: float
    used: int = 0
    ends: float = 0

    def take(self, now: float) -> bool:
        """Count a request; tell whether it may pass."""
        if now >= self.ends:
            self.used, self.ends = 0, now + self.seconds
        self.used += 1
        return self.used <= self.most


@dataclass(slots=True)
class Limits:
    """The limits in force. ``most_a_second`` is that over all routes; 0 switches it off."""

    most_a_second: int = 0
    routes: dict[str, tuple[int, float]] = field(default_factory=dict)
    _buckets: dict[tuple[str, ...], Bucket] = field(default_factory=dict)
    _recent: deque[float] = field(default_factory=deque)

    def everywhere(self, now: float) -> web.Response | None:
        """Return the refusal of a request that is too many for all routes together."""
        while self._recent and self._recent[0] <= now - 1:
            self._recent.popleft()
        if self.most_a_second and len(self._recent) >= self.most_a_second:
            return limited(self._recent[0] + 1 - now, "global")
        self._recent.append(now)
        return None

    def here(self, route: str, ids: dict[str, str], now: float) -> tuple[dict[str, str], web.Response | None]:
        """Return the headers of a route's limit, and the refusal of a request that is too many."""
        limit = self.routes.get(plain(route), GENEROUS)
        key = (plain(route), *(ids.get(name, "") for name in _MAJOR))
        bucket = self._buckets.setdefault(key, Bucket(*limit))
        fine = bucket.take(now)
        headers = {
            "X-RateLimit-Limit": str(bucket.most),
            "X-RateLimit-Remaining": str(max(0, bucket.most - bucket.used)),
            "X-RateLimit-Reset": f"{bucket.ends:.3f}",
            "X-RateLimit-Reset-After": f"{bucket.ends - now:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(plain(route).encode()).hexdigest()[:16],
        }
        return headers, None if fine else limited(bucket.ends - now, "user", headers)
