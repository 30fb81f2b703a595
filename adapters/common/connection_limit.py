"""Connection limit of a listener: of those who are slow with a request's head (slowloris), the oldest gives way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, cast

from aiohttp import web
from aiohttp.typedefs import Handler

MAX_CONNECTIONS: Final = 256
"""Open connections of a listener: far fewer than the 1,024 descriptors that systemd gives a process."""


class ConnectionLimit:
    """Counts the connections of one listener and makes room for new ones.

    One that is answered is never closed for another; one that waits for a request, with half of its head or with
    nothing, may be. So neither strangers who begin requests and never finish them, nor a proxy that keeps connections
    open, keep anybody out.
    """

    def __init__(self, maximum: int) -> None:
        self._maximum = maximum
        self._answering: set[asyncio.Transport] = set()
        self._waiting: dict[asyncio.Transport, None] = {}
        """Those that wait for a request, the longest first."""

    def accepts(self, transport: asyncio.Transport) -> bool:
        """Tell whether a new connection may stay; it may take the place of the one that has waited longest."""
        if len(self._waiting) + len(self._answering) >= self._maximum:
            if not self._waiting:
                return False
            longest = next(iter(self._waiting))
            del self._waiting[longest]
            longest.abort()
        self._waiting[transport] = None
        return True

    def forget(self, transport: asyncio.Transport) -> None:
        """Count a connection no more."""
        self._waiting.pop(transport, None)
        self._answering.discard(transport)

    @web.middleware
    async def track_request(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Keep the connection of a request while it is answered."""
        transport = request.transport
        if transport not in self._waiting:  # it was closed meanwhile
            return await handler(request)
        del self._waiting[transport]
        self._answering.add(transport)
        try:
            return await handler(request)
        finally:
            if transport in self._answering:
                self._answering.discard(transport)
                self._waiting[transport] = None


class LimitedProtocol(asyncio.Protocol):
    """A server's protocol for each connection that is let in; others are closed before it hears of them."""

    def __init__(self, limit: ConnectionLimit, create_protocol: Callable[[], asyncio.Protocol]) -> None:
        self._limit = limit
        self._create_protocol = create_protocol
        self._protocol: asyncio.Protocol | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin a connection, or end it."""
        self._transport = cast("asyncio.Transport", transport)
        if not self._limit.accepts(self._transport):
            self._transport.abort()
            return
        self._protocol = self._create_protocol()
        self._protocol.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """End a connection."""
        if self._transport is not None:
            self._limit.forget(self._transport)
        if self._protocol is not None:
            self._protocol.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Pass on what came."""
        if self._protocol is not None:
            self._protocol.data_received(data)

    def eof_received(self) -> bool | None:
        """Pass on that no more comes."""
        return self._protocol.eof_received() if self._protocol is not None else None

    def pause_writing(self) -> None:
        """Pass on that the other side does not read."""
        if self._protocol is not None:
            self._protocol.pause_writing()

    def resume_writing(self) -> None:
        """Pass on that it reads again."""
        if self._protocol is not None:
            self._protocol.resume_writing()
