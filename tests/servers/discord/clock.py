"""Time that tests can move, and the snowflakes that name everything."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Final

EPOCH: Final = 1_420_070_400_000
"""Milliseconds from 1970 to the first of January 2015: https://docs.discord.com/developers/reference#snowflakes."""


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

    def snowflake(self) -> str:
        """Return a new id: unique, increasing, and naming its moment."""
        self._last = max((int(self.now() * 1000) - EPOCH) << 22, self._last + 1)
        return str(self._last)


def born(snowflake: str) -> float:
    """Return the moment that an id names, in seconds since 1970."""
    return ((int(snowflake) >> 22) + EPOCH) / 1000


def written(seconds: float) -> str:
    """Return a moment as Discord writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()
