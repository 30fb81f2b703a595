"""How Discord's answers can go wrong."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from tests.servers.discord.codes import CODES
from tests.servers.discord.things import Call

Seconds = float | Callable[[], float]
"""So many, or what tells how many this time."""
VIA = {"Via": "1.1 google"}
"""discord.py takes a 429 without it for a ban."""


@dataclass(slots=True)
class Fault:
    """What the next ``times`` requests of ``route`` ("*" is any) get, where ``where`` holds of them.

    ``drop`` hangs up instead of answering, before or after the request was accepted; ``accepted`` tells that what is
    answered wrongly was done all the same. ``until`` and ``delay`` (seconds) make the caller wait first; alone they let
    the request be answered then. ``lag`` lets the answer, or the hanging up, come so many seconds after what was
    asked was done. ``body`` is a page instead of JSON, with ``headers``.
    A 429 is for the app in one route, or ``globally``, or ``shared`` with others: the last counts towards no ban.
    """

    route: str
    status: int = 0
    code: int | None = None
    times: float = 1
    retry_after: float = 0.05
    globally: bool = False
    shared: bool = False
    drop: Literal["", "before", "after"] = ""
    accepted: bool = False
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: Seconds = 0
    lag: Seconds = 0
    until: asyncio.Event | None = None
    where: Callable[[Call], bool] | None = None

    def hits(self, call: Call) -> bool:
        """Tell whether a request is to go wrong so."""
        named = self.route == "*" or plain(self.route) == plain(f"{call.method} {call.route}")
        return self.times > 0 and named and (self.where is None or self.where(call))

    async def hold(self) -> None:
        """Make the caller wait."""
        await asyncio.sleep(count(self.delay))
        if self.until:
            await self.until.wait()

    async def linger(self) -> None:
        """Make the caller wait for what is done."""
        await asyncio.sleep(count(self.lag))

    def answer(self) -> web.Response | None:
        """Return the wrong answer, or None when the request may be answered."""
        if self.body is not None:
            status = self.status or 502
            return web.Response(text=self.body, status=status, headers=self.headers, content_type="text/html")
        if self.code is None and not self.status:
            return None
        status, text = CODES.get(self.code or -1, (400, ""))
        status = self.status or status
        if status == 429 and not self.code:
            return limited(self.retry_after, "global" if self.globally else "shared" if self.shared else "user")
        body: dict[str, Any] = {"message": text or f"{status}: Something went wrong", "code": self.code or 0}
        if status == 429:
            body["retry_after"] = self.retry_after
        return said(body, status, VIA if status == 429 else None)


def count(seconds: Seconds) -> float:
    """Return how many seconds it is this time."""
    return seconds() if callable(seconds) else seconds


def plain(route: str) -> str:
    """Return a route without the names of its parts."""
    return re.sub(r"\{\w+\}", "{}", route)


def limited(
    seconds: float, scope: Literal["user", "shared", "global"], headers: dict[str, str] | None = None
) -> web.Response:
    """Return the answer to a caller who is too fast: https://docs.discord.com/developers/topics/rate-limits."""
    body = {"message": "You are being rate limited.", "retry_after": round(seconds, 3), "global": scope == "global"}
    more = {"Retry-After": str(max(1, round(seconds))), "X-RateLimit-Scope": scope} | VIA | (headers or {})
    return said(body, 429, more | ({"X-RateLimit-Global": "true"} if scope == "global" else {}))


def said(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Return an answer whose type is named exactly as Discord does, without a charset: discord.py wants it so."""
    if body is None:
        return web.Response(status=204, headers=headers)
    return web.Response(body=json.dumps(body).encode(), status=status, content_type="application/json", headers=headers)
