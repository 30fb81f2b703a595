"""News for open pages: a short memory of events that every page reads at its own pace.

An id is ``<boot>-<number>``. A page that was away asks for what came after its last id; when that is no longer known
(a restart, a long absence) it is told to read the channel anew, so that nothing is lost either way.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final, Literal

from bot.ports.places import Post

KEEP: Final = 500
BEAT: Final = 15.0
"""Seconds of silence after which a page is sent a sign of life."""

Kind = Literal["post", "edit", "channels", "reset", "beat"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that pages should show. ``post`` is there for "post" and "edit"."""

    number: int
    kind: Kind
    post: Post | None = None


class Feed:
    """What happened lately, and those who wait for more."""

    def __init__(self, boot: str, keep: int = KEEP) -> None:
        self._boot = boot
        self._events: deque[Event] = deque(maxlen=keep)
        self._last = 0
        self._news = asyncio.Event()
        self._closed = False

    @property
    def latest(self) -> str:
        """The id of the newest event; what was read before it was asked for is complete up to there."""
        return self.id(self._last)

    def id(self, number: int) -> str:
        """Write an event's id."""
        return f"{self._boot}-{number}"

    def publish(self, kind: Kind, post: Post | None = None) -> None:
        """Tell every page."""
        self._last += 1
        self._events.append(Event(self._last, kind, post))
        self._wake()

    def close(self) -> None:
        """End every page's stream."""
        self._closed = True
        self._wake()

    async def follow(self, after: str, beat: float = BEAT) -> AsyncIterator[Event]:
        """Yield what came after the id *after*, then what comes, with a beat after *beat* seconds of silence."""
        at = self._place(after)
        while not self._closed:
            if at < self._oldest - 1:
                at = self._last
                yield Event(at, "reset")
            news, fresh = self._news, [event for event in self._events if event.number > at]
            for event in fresh:
                at = event.number
                yield event
            if not fresh and not await _within(news, beat):
                yield Event(at, "beat")

    @property
    def _oldest(self) -> int:
        return self._events[0].number if self._events else self._last + 1

    def _place(self, after: str) -> int:
        """Return the number of an id, or one that is too old when it is not an id of this boot."""
        boot, _, number = after.rpartition("-")
        known = boot == self._boot and number.isdecimal() and len(number) <= len(str(self._last))
        return int(number) if known and int(number) <= self._last else -1

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()


async def _within(news: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(news.wait(), seconds)
    except TimeoutError:
        return False
    return True
