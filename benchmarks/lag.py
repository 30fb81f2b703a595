"""Event loop lag: samples by how many seconds the asyncio loop is late."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

SAMPLE_INTERVAL: Final = 0.005
"""Seconds between samples."""


@asynccontextmanager
async def sample_lag() -> AsyncIterator[list[float]]:
    """Collect, while the block runs, by how many seconds the loop was late."""
    lags: list[float] = []
    sampler = asyncio.create_task(_record_lag(lags))
    try:
        yield lags
    finally:
        sampler.cancel()
        with suppress(asyncio.CancelledError):
            await sampler


async def _record_lag(lags: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(SAMPLE_INTERVAL)
        lags.append(time.perf_counter() - began - SAMPLE_INTERVAL)
