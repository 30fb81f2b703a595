"""EventFeed: server-sent events for open pages, resumed from Last-Event-ID, with heartbeat and reset.

An id is ``<boot>-<number>``. A page that was away asks for what came after its last id; when that is no longer known
(a restart, a long absence) it is told to read the channel anew, so that nothing is lost either way.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final, Literal

from bot.ports.previews import PrivateAnswer
from bot.ports.web_messages import WebMessage

MAX_EVENTS: Final = 500
HEARTBEAT_SECONDS: Final = 15.0
"""Seconds of silence after which a page is sent a sign of life."""

EventKind = Literal["post", "edit", "channels", "reset", "beat"]

MAX_ANSWERS: Final = 32


@dataclass(frozen=True, slots=True)
class Event:
    """Something that pages should show. ``post`` is there for "post" and "edit"."""

    number: int
    kind: EventKind
    post: WebMessage | None = None


class EventFeed:
    """What happened lately, and those who wait for more."""

    def __init__(self, boot_id: str, max_events: int = MAX_EVENTS) -> None:
        self._boot_id = boot_id
        self._events: deque[Event] = deque(maxlen=max_events)
        self._last_number = 0
        self._wakeup = asyncio.Event()
        self._closed = False

    @property
    def latest_id(self) -> str:
        """The id of the newest event; what was read before it was asked for is complete up to there."""
        return self.format_id(self._last_number)

    def format_id(self, number: int) -> str:
        """Write an event's id."""
        return f"{self._boot_id}-{number}"

    def publish(self, kind: EventKind, post: WebMessage | None = None) -> None:
        """Tell every page."""
        self._last_number += 1
        self._events.append(Event(self._last_number, kind, post))
        self._notify_subscribers()

    def close(self) -> None:
        """End every page's stream."""
        self._closed = True
        self._notify_subscribers()

    async def subscribe(self, last_event_id: str, heartbeat: float = HEARTBEAT_SECONDS) -> AsyncIterator[Event]:
        """Yield what came after the id *last_event_id*, then what comes; a beat after *heartbeat* silent seconds."""
        at = self._parse_event_id(last_event_id)
        while not self._closed:
            if at < self._oldest_number - 1:
                at = self._last_number
                yield Event(at, "reset")
            wakeup, new_events = self._wakeup, [event for event in self._events if event.number > at]
            for event in new_events:
                at = event.number
                yield event
            if not new_events and not await _wait_for_event(wakeup, heartbeat):
                yield Event(at, "beat")

    @property
    def _oldest_number(self) -> int:
        return self._events[0].number if self._events else self._last_number + 1

    def _parse_event_id(self, event_id: str) -> int:
        """Return the number of an id, or one that is too old when it is not an id of this boot."""
        boot_id, _, number = event_id.rpartition("-")
        known = boot_id == self._boot_id and number.isdecimal() and len(number) <= len(str(self._last_number))
        return int(number) if known and int(number) <= self._last_number else -1

    def _notify_subscribers(self) -> None:
        wakeup, self._wakeup = self._wakeup, asyncio.Event()
        wakeup.set()


async def _wait_for_event(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True


class RecentAnswers:
    """What was told in private, by the id of the request; the oldest go first."""

    def __init__(self, max_answers: int = MAX_ANSWERS) -> None:
        self._answers: OrderedDict[str, PrivateAnswer] = OrderedDict()
        self._max_answers = max_answers

    def add(self, answer: PrivateAnswer) -> None:
        """Keep an answer; an earlier one to the same request is replaced."""
        self._answers[answer.request.id] = answer
        self._answers.move_to_end(answer.request.id)
        if len(self._answers) > self._max_answers:
            self._answers.popitem(last=False)

    def get(self, request_id: str) -> PrivateAnswer | None:
        """Return the answer to a request, or None when it is no longer kept."""
        return self._answers.get(request_id)
