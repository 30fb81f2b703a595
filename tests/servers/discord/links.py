"""One connection to the gateway, which sends in order."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections import deque
from typing import Any, Self

from aiohttp import web


class Link:
    """A WebSocket; *deflated* sends all as one zlib stream, flushed after each payload."""

    def __init__(self, socket: web.WebSocketResponse, *, deflated: bool) -> None:
        self.socket = socket
        self.deflated = deflated
        self.code = 0
        self._stream = zlib.compressobj() if deflated else None
        self._outbox: asyncio.Queue[Any] = asyncio.Queue()
        self._recent: deque[float] = deque(maxlen=120)
        self._pump: asyncio.Task[None] | None = None

    @property
    def ending(self) -> int | None:
        """The code of the side that hung up first."""
        return self.code or self.socket.close_code

    @property
    def closed(self) -> bool:
        """Whether it has ended."""
        return self.socket.closed

    def put(self, payload: Any) -> None:
        """Send a payload soon, after those that were put before."""
        self._outbox.put_nowait(payload)

    async def close(self, code: int) -> None:
        """End the connection, after what was put before."""
        self._outbox.put_nowait(code)
        if self._pump:
            await asyncio.wait([self._pump])

    def too_many(self) -> bool:
        """Count a message of the app; tell whether there were more than 120 in a minute."""
        now = asyncio.get_running_loop().time()
        full = len(self._recent) == 120 and now - self._recent[0] < 60
        self._recent.append(now)
        return full

    async def __aenter__(self) -> Self:
        self._pump = asyncio.create_task(self._send())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._pump:
            self._pump.cancel()
            await asyncio.wait([self._pump])

    async def _send(self) -> None:
        try:
            while not isinstance(payload := await self._outbox.get(), int):
                text = json.dumps(payload)
                if self._stream is None:
                    await self.socket.send_str(text)
                else:
                    packed = self._stream.compress(text.encode()) + self._stream.flush(zlib.Z_SYNC_FLUSH)
                    await self.socket.send_bytes(packed)
            self.code = payload
            await self.socket.close(code=payload)
        except (ConnectionError, RuntimeError):
            # The app hung up in the middle; what it missed is in the session's log.
            return
