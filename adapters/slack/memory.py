"""Answers of Slack that are believed for a while, so that it is not asked the same again and again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

_MOST: Final = 5_000


@dataclass(slots=True)
class Memory:
    """What was answered; ``clock`` gives monotonic seconds."""

    clock: Callable[[], float]
    _held: dict[tuple[str, ...], tuple[float, Any]] = field(default_factory=dict)
    _forgotten: int = 0

    async def recall(self, key: tuple[str, ...], seconds: float, ask: Callable[[], Awaitable[Any]]) -> Any:
        """Return what was answered in the last *seconds*, or ask; an answer that is false is not kept."""
        known = self._held.get(key)
        if known and known[0] > self.clock():
            return known[1]
        before = self._forgotten
        answer = await ask()
        if len(self._held) >= _MOST:
            self._held.clear()
        if answer and before == self._forgotten:
            self._held[key] = (self.clock() + seconds, answer)
        return answer

    def forget(self, key: tuple[str, ...]) -> None:
        """Believe an answer no more, nor any that is on its way."""
        self._forgotten += 1
        self._held.pop(key, None)
