"""Heartbeat: GETs HEARTBEAT_URL while all is well, for a watcher that notices when it stops (dead man's switch).

The address is a capability, for whoever knows it can call it: it stands in no line of the log.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import httpx

from bot.errors import StoreError
from bot.jobs import TICK, JobHistory

log = logging.getLogger(__name__)

INTERVAL: Final = 60.0
"""Seconds between two heartbeats at least."""
_LOOK_INTERVAL: Final = 5.0
"""Seconds between looks at whether one is due."""
_TIMEOUT: Final = 10.0


@dataclass(slots=True)
class Heartbeat:
    """Tells the address ``url`` of good ticks. ``monotonic`` gives the seconds that ``history`` is kept in."""

    url: str = field(repr=False)
    history: JobHistory
    monotonic: Callable[[], float]
    is_well: Callable[[], Awaitable[bool]]
    _sent_at: float | None = None
    _problem: str = ""

    async def run(self, stop: asyncio.Event) -> None:
        """Send heartbeats until *stop*."""
        async with httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=_TIMEOUT) as client:
            while not stop.is_set():
                if self._is_due() and await self._is_well():
                    self._sent_at = self.monotonic()
                    self._log_change(await self._send(client))
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _LOOK_INTERVAL)

    def _is_due(self) -> bool:
        """Tell whether a tick has ended well since the last heartbeat, which was a minute ago or more."""
        ended = self.history.ended_at.get(TICK)
        if ended is None or self.history.failures.get(TICK):
            return False
        return self._sent_at is None or (ended > self._sent_at and self.monotonic() - self._sent_at >= INTERVAL)

    async def _is_well(self) -> bool:
        try:
            return await self.is_well()
        except StoreError:
            return False  # the jobs say so

    async def _send(self, client: httpx.AsyncClient) -> str:
        """Call the address and leave its answer unread; return what went wrong, without the address, or ""."""
        try:
            async with asyncio.timeout(_TIMEOUT), client.stream("GET", self.url) as answer:
                return "" if answer.is_success else f"HTTP {answer.status_code}"
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError) as error:
            return type(error).__name__

    def _log_change(self, problem: str) -> None:
        """Write one line when heartbeats begin to fail, fail in another way, or arrive again."""
        if problem and problem != self._problem:
            log.warning("HEARTBEAT_URL did not take the heartbeat (%s); it is tried again every minute", problem)
        elif self._problem and not problem:
            log.info("HEARTBEAT_URL takes heartbeats again")
        self._problem = problem
