"""Delivery.lookup_since: between which moments a message may have been posted, and pauses of a look-up there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.errors import LookupPaused, TryLater
from bot.ports.chat import Delivery
from bot.reasons.reason import Reason

CLOCK_SKEW: Final = timedelta(seconds=60)
"""A platform's clock and ours may differ by so much."""
LOOKUP_SECONDS: Final = 45.0
"""Seconds for one look-up; with the request that follows it that is less than the ledger's lease."""
_ATTEMPT_DURATION: Final = timedelta(minutes=3)
"""After so long nothing of an attempt is on its way any more: twice the ledger's lease."""
_MAX_ATTEMPTS_DURATION: Final = timedelta(hours=1)
"""How far the last attempt may be from the first for a message to be looked for around them only."""
_TIMED_OUT_RETRY_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class LookupWindow:
    """The span in which a message may have been posted; None is the beginning, or now."""

    since: datetime | None = None
    until: datetime | None = None

    def move(self, least: timedelta, most: timedelta) -> LookupWindow:
        """Return the window by a clock that is ahead by at *least* and at *most* so much."""
        return LookupWindow(self.since and self.since + least, self.until and self.until + most)

    def contains(self, other: LookupWindow) -> bool:
        """Tell whether whoever has read this window has read *other*, but for what clocks always differ by."""
        is_since_read = self.since is None or (other.since is not None and self.since <= other.since + CLOCK_SKEW)
        is_until_read = self.until is None or (other.until is not None and other.until - CLOCK_SKEW <= self.until)
        return is_since_read and is_until_read


def needs_lookup(delivery: Delivery) -> bool:
    """Tell whether a delivery may have been posted, so that it is looked up before it is sent."""
    # A row that was tried by an older version has no moment.
    return delivery.lookup_since is not None or delivery.attempts > 0


def choose_window(delivery: Delivery) -> LookupWindow:
    """Return when a delivery may have been posted.

    An ordinary attempt was so around its own moment, and what was said since does not matter. After a restored backup,
    or when it comes late, it may be anything up to now.
    """
    since, attempted_at = delivery.lookup_since or delivery.created_at, delivery.attempted_at
    is_ordinary = (
        delivery.lookup_since is not None
        and attempted_at is not None
        and -CLOCK_SKEW <= attempted_at - delivery.lookup_since <= _MAX_ATTEMPTS_DURATION
    )
    return LookupWindow(
        since - CLOCK_SKEW if since else None,
        attempted_at + _ATTEMPT_DURATION + CLOCK_SKEW if attempted_at and is_ordinary else None,
    )


@asynccontextmanager
async def limit_lookup(get_cursor: Callable[[], str], unpaused: tuple[type[TryLater], ...] = ()) -> AsyncIterator[None]:
    """Hold a look-up to its time; where it has to stop, what *get_cursor* returns is where it goes on.

    Raises `bot.errors.LookupPaused` instead of `bot.errors.TryLater`; *unpaused* are kinds that stay as they are.
    """
    try:
        async with asyncio.timeout(LOOKUP_SECONDS):
            yield
    except unpaused:
        raise
    except TryLater as error:
        raise LookupPaused(error.reason, error.retry_after, get_cursor()) from error
    except TimeoutError as error:
        timed_out = Reason("lookup.timed_out", seconds=f"{LOOKUP_SECONDS:.0f}")
        raise LookupPaused(timed_out, _TIMED_OUT_RETRY_SECONDS, get_cursor()) from error
