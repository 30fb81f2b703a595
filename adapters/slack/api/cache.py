"""TTL cache for answers of Slack’s Web API, until cachetools.TTLCache takes its place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

_MAX_ENTRIES: Final = 5_000


@dataclass(slots=True)
class TtlCache:
    """What was answered; ``clock`` gives monotonic seconds."""

    clock: Callable[[], float]
    _entries: dict[tuple[str, ...], tuple[float, Any]] = field(default_factory=dict)
    _invalidations: int = 0

    async def get_or_fetch(self, key: tuple[str, ...], ttl_seconds: float, fetch: Callable[[], Awaitable[Any]]) -> Any:
        """Return what was answered in the last *ttl_seconds*, or ask; an answer that is false is not kept."""
        entry = self._entries.get(key)
        if entry and entry[0] > self.clock():
            return entry[1]
        invalidations = self._invalidations
        answer = await fetch()
        if len(self._entries) >= _MAX_ENTRIES:
            self._entries.clear()
        if answer and invalidations == self._invalidations:
            self._entries[key] = (self.clock() + ttl_seconds, answer)
        return answer

    def invalidate(self, key: tuple[str, ...]) -> None:
        """Believe an answer no more, nor any that is on its way."""
        self._invalidations += 1
        self._entries.pop(key, None)
