"""Exponential backoff: pauses that double up to a longest one, and end when the program does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress


def iterate_pauses(first_seconds: float, max_seconds: float) -> Iterator[float]:
    """Yield how long to wait, each time twice as long as before."""
    pause = first_seconds
    while True:
        yield pause
        pause = min(2 * pause, max_seconds)


async def wait_or_stop(stop: asyncio.Event, seconds: float) -> None:
    """Wait, but not longer than until *stop*."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
