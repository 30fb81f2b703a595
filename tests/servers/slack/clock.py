"""Time that tests can move, and the timestamps that name messages."""

from __future__ import annotations

import time


class Clock:
    """Runs like any clock; `later` moves it ahead, so that nothing has to sleep until something expires."""

    def __init__(self) -> None:
        self._start = time.time() - time.monotonic()
        self._last = 0

    def now(self) -> float:
        """Return seconds since 1970."""
        return self._start + time.monotonic()

    def later(self, seconds: float) -> None:
        """Move ahead."""
        self._start += seconds

    def ts(self) -> str:
        """Return a new message timestamp: unique, increasing, "seconds.microseconds"."""
        self._last = max(int(self.now() * 1_000_000), self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06}"
