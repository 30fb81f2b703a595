"""Rate limit of people: how often each may do something within a span of time (sliding window, in memory)."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most ``most`` uses within ``window``, counted for each key by itself."""

    most: int
    window: timedelta
    _recent: defaultdict[str, deque[datetime]] = field(default_factory=lambda: defaultdict(deque), repr=False)

    def take(self, key: str, now: datetime) -> timedelta | None:
        """Count one use and return None; where that would be too many, count none and return how long to wait."""
        self._forget_old(now)
        times = self._recent[key]
        while times and times[0] <= now - self.window:
            times.popleft()
        if len(times) >= self.most:
            return times[0] + self.window - now
        times.append(now)
        return None

    def _forget_old(self, now: datetime) -> None:
        """Drop the keys that were not used of late, so that nothing grows for good."""
        for key in [key for key, times in self._recent.items() if times[-1] <= now - self.window]:
            del self._recent[key]
