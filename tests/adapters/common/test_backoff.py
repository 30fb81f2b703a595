"""Pauses between attempts: longer each time, and over when the program is."""

from __future__ import annotations

import asyncio
from itertools import islice

from adapters.common.backoff import iterate_pauses, wait_or_stop


def test_pauses_double_up_to_the_longest() -> None:
    assert list(islice(iterate_pauses(1.0, 60.0), 8)) == [1, 2, 4, 8, 16, 32, 60, 60]
    assert list(islice(iterate_pauses(0.0, 60.0), 3)) == [0, 0, 0]


async def test_the_pause_ends_by_itself() -> None:
    stop = asyncio.Event()
    await wait_or_stop(stop, 0)
    await wait_or_stop(stop, -1)
    await wait_or_stop(stop, 0.01)
    assert not stop.is_set()


async def test_the_pause_ends_with_the_program() -> None:
    stop = asyncio.Event()
    waiting = asyncio.create_task(wait_or_stop(stop, 3600))
    await asyncio.sleep(0)
    assert not waiting.done()
    stop.set()
    async with asyncio.timeout(10):
        await waiting
        await wait_or_stop(stop, 3600)
