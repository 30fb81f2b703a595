"""asyncio tasks under way: noted while they run, since a library holds no reference to them, and drained at the end."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any


class TaskTracker:
    """The tasks that work on what somebody did."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def track_current_task(self) -> None:
        """Note the current task until it is done."""
        task = asyncio.current_task()
        if task:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def wait(self, seconds: float) -> None:
        """Wait for all, and for what they start, but not longer than *seconds*."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.sleep(0)  # what was created just now begins first, and is noted
                while self._tasks:
                    await asyncio.wait(set(self._tasks))

    async def drain(self, seconds: float) -> None:
        """Wait for them, then end those that still run."""
        await self.wait(seconds)
        unfinished = set(self._tasks)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
