"""How Slack's answers can go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from aiohttp import web

Arguments = Mapping[str, Any]
Seconds = float | Callable[[], float]
"""So many, or what tells how many this time."""


@dataclass(slots=True)
class Fault:
    """What the next ``times`` calls of ``method`` ("*" is any) get, where ``where`` holds of their arguments.

    ``drop`` hangs up instead of answering, before or after the method did its work. ``until`` and ``delay`` (seconds)
    make the caller wait first; alone they let the method answer then. ``lag`` lets the answer, or the hanging up, come
    so many seconds after the method did its work. ``body`` is a page, or the answer's JSON.
    """

    method: str
    error: str = ""
    status: int = 0
    retry_after: float | None = None
    drop: Literal["", "before", "after"] = ""
    body: str | Mapping[str, Any] | None = None
    delay: Seconds = 0
    lag: Seconds = 0
    until: asyncio.Event | None = None
    times: int = 1
    where: Callable[[Arguments], bool] | None = None

    def hits(self, method: str, arguments: Arguments) -> bool:
        """Tell whether a call is to go wrong so."""
        return self.times > 0 and self.method in {method, "*"} and (self.where is None or self.where(arguments))

    async def hold(self) -> None:
        """Make the caller wait."""
        await asyncio.sleep(count(self.delay))
        if self.until:
            await self.until.wait()

    async def linger(self) -> None:
        """Make the caller wait for what is done."""
        await asyncio.sleep(count(self.lag))

    def answer(self) -> web.Response | None:
        """Return the wrong answer, or None when the method may answer."""
        if self.status == 429 or self.retry_after is not None:
            return limited(self.retry_after or 1, self.error or "ratelimited")
        if isinstance(self.body, Mapping):
            return web.json_response(dict(self.body), status=self.status or 200)
        if self.status or self.body is not None:
            page = "<!doctype html><html><body>Something went wrong</body></html>" if self.body is None else self.body
            return web.Response(text=page, status=self.status or 200, content_type="text/html")
        return web.json_response({"ok": False, "error": self.error}) if self.error else None


def count(seconds: Seconds) -> float:
    """Return how many seconds it is this time."""
    return seconds() if callable(seconds) else seconds


def limited(seconds: float, error: str = "ratelimited") -> web.Response:
    """Return the answer to a caller who is too fast."""
    return web.json_response({"ok": False, "error": error}, status=429, headers={"Retry-After": f"{seconds:g}"})
