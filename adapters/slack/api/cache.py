"""cachetools.TTLCache for answers of Slack’s Web API: what was answered is believed for a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Final, TypeVar

from cachetools import TTLCache

_MAX_ENTRIES: Final = 5_000

T = TypeVar("T")


class AnswerCache:
    """What was answered in the last *ttl_seconds*; *clock* gives monotonic seconds."""

    def __init__(self, ttl_seconds: float, clock: Callable[[], float]) -> None:
        self._answers: TTLCache[Hashable, Any] = TTLCache(_MAX_ENTRIES, ttl_seconds, clock)
        self._invalidations = 0

    async def get_or_fetch(self, key: Hashable, fetch: Callable[[], Awaitable[T]]) -> T:
        """Return what was answered, or ask; an answer that is false is not kept."""
        kept: T | None = self._answers.get(key)
        if kept is not None:
            return kept
        invalidations = self._invalidations
        answer = await fetch()
        if answer and invalidations == self._invalidations:
            self._answers[key] = answer
        return answer

    def invalidate(self, key: Hashable) -> None:
        """Believe an answer no more, nor any that is on its way."""
        self._invalidations += 1
        self._answers.pop(key, None)
