"""How what people do reaches the app: over Socket Mode while a socket is open, else as signed HTTP requests.

https://docs.slack.dev/apis/events-api/using-socket-mode and …/authentication/verifying-requests-from-slack.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout, WSMsgType, web

from tests.servers.slack.things import Json
from tests.servers.slack.world import APP, World

Kind = Literal["slash_commands", "interactive", "events_api"]
MOST_SOCKETS: Final = 10


@dataclass(frozen=True, slots=True)
class Parcel:
    """One thing to be told; ``answers``: the acknowledgement may carry an answer. ``attempt`` counts repetitions."""

    kind: Kind
    payload: Json
    answers: bool = False
    attempt: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Acked:
    """What came back: an HTTP status (200 for an acknowledged envelope, 504 for none in time, 0 for a lost line)."""

    parcel: Parcel
    status: int
    body: Any = None
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether Slack was content."""
        return self.status == 200


@dataclass(eq=False, slots=True)
class Socket:
    """One open WebSocket; ``waiting`` are the envelopes not yet acknowledged."""

    wire: web.WebSocketResponse
    pongs: int = 0
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)

    async def ask(self, envelope: Json, seconds: float) -> Any:
        """Send an envelope and wait for its acknowledgement. Raises TimeoutError and ConnectionError."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.waiting[envelope["envelope_id"]] = answer
        try:
            await self.wire.send_json(envelope)
            return await asyncio.wait_for(answer, seconds)
        finally:
            self.waiting.pop(envelope["envelope_id"], None)

    def lost(self) -> None:
        """Tell those who wait that nothing will come."""
        for answer in self.waiting.values():
            if not answer.done():
                answer.set_exception(ConnectionResetError("the socket closed"))


class Delivery(World):
    """The lines to the app.

    ``deadline`` is the seconds that an acknowledgement may take; ``late`` are those that took longer. ``endpoint`` and
    ``signing_secret`` are for HTTP. ``sockets`` take turns.
    """

    def __init__(self) -> None:
        super().__init__()
        self.endpoint = ""
        self.signing_secret = "s3cret"
        self.deadline = 3.0
        self.late: list[Acked] = []
        self.sockets: list[Socket] = []
        self.tickets: set[str] = set()
        self._turn = 0
        self._http: ClientSession | None = None

    async def deliver(self, parcel: Parcel) -> Acked:
        """Tell the app, and wait until it acknowledges or the deadline passes."""
        start = time.monotonic()
        send = self._by_socket if self.sockets else self._by_http
        try:
            status, body = await send(parcel)
        except TimeoutError:
            status, body = 504, None
        except (ConnectionError, ClientError):
            status, body = 0, None
        acked = Acked(parcel, status, body, time.monotonic() - start)
        if status == 504 or acked.seconds > self.deadline:
            self.late.append(acked)
        self.changed()
        return acked

    async def again(self, acked: Acked, reason: str = "timeout") -> Acked:
        """Tell the same once more, as Slack does with an event that was not acknowledged."""
        return await self.deliver(replace(acked.parcel, attempt=acked.parcel.attempt + 1, reason=reason))

    async def disconnect(self, reason: str = "refresh_requested", socket: Socket | None = None) -> None:
        """Announce the end of a socket, or of all; unless that is a warning, it ends."""
        for one in [socket] if socket else list(self.sockets):
            await one.wire.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "loopback"}})
            if reason != "warning":
                await self._hang_up(one)

    async def ping(self) -> None:
        """Ping every socket; its ``pongs`` count the answers."""
        for one in self.sockets:
            await one.wire.ping()

    def signed(self, body: str, *, secret: str = "", at: float | None = None) -> dict[str, str]:
        """Return the headers that sign *body*; another *secret* or an old *at* (seconds since 1970) makes a forgery."""
        moment = str(int(time.time() if at is None else at))
        text = f"v0:{moment}:{body}".encode()
        digest = hmac.new((secret or self.signing_secret).encode(), text, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": f"v0={digest}"}

    async def post(self, body: str | bytes, headers: Mapping[str, str]) -> tuple[int, Any]:
        """POST anything to the endpoint; return the status and the body, as JSON where it says so."""
        if not self.endpoint:
            raise LookupError("No socket is open and the endpoint is not set, so the app can't be told.")
        self._http = self._http or ClientSession(timeout=ClientTimeout(total=30))
        async with self._http.post(self.endpoint, data=body, headers=dict(headers)) as response:
            text = await response.text()
            return response.status, json.loads(text) if response.content_type == "application/json" and text else text

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Hold one socket, from hello to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            raise web.HTTPGone
        self.tickets.remove(ticket)
        wire = web.WebSocketResponse(autoping=False)
        await wire.prepare(request)
        socket = Socket(wire)
        self.sockets.append(socket)
        await wire.send_json(self._hello())
        if len(self.sockets) > MOST_SOCKETS:
            await self.disconnect("too_many_websockets", socket)
        self.changed()
        try:
            async for message in wire:
                await self._heard(socket, message.type, message.data)
        finally:
            self._forget(socket)
        return wire

    async def stop(self) -> None:
        """Close every line."""
        for one in list(self.sockets):
            await self._hang_up(one)
        if self._http:
            await self._http.close()

    async def _by_socket(self, parcel: Parcel) -> tuple[int, Any]:
        self._turn += 1
        socket = self.sockets[self._turn % len(self.sockets)]
        envelope: Json = {
            "envelope_id": self.secret("envelope"),
            "type": parcel.kind,
            "payload": parcel.payload,
            "accepts_response_payload": parcel.answers,
        }
        if parcel.kind == "events_api":
            envelope |= {"retry_attempt": parcel.attempt, "retry_reason": parcel.reason}
        return 200, await socket.ask(envelope, self.deadline)

    async def _by_http(self, parcel: Parcel) -> tuple[int, Any]:
        if parcel.kind == "events_api":
            body, kind = json.dumps(parcel.payload), "application/json"
        else:
            form = parcel.payload if parcel.kind == "slash_commands" else {"payload": json.dumps(parcel.payload)}
            body, kind = urlencode(form), "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind} | self.signed(body)
        if parcel.attempt:
            headers |= {"X-Slack-Retry-Num": str(parcel.attempt), "X-Slack-Retry-Reason": f"http_{parcel.reason}"}
        return await asyncio.wait_for(self.post(body, headers), self.deadline)

    async def _heard(self, socket: Socket, kind: WSMsgType, data: Any) -> None:
        if kind is WSMsgType.PING:
            await socket.wire.pong(data)
        elif kind is WSMsgType.PONG:
            socket.pongs += 1
            self.changed()
        elif kind is WSMsgType.TEXT:
            message = json.loads(data)
            answer = socket.waiting.get(message.get("envelope_id", ""))
            if answer and not answer.done():
                answer.set_result(message.get("payload"))

    async def _hang_up(self, socket: Socket) -> None:
        self._forget(socket)
        await socket.wire.close()

    def _forget(self, socket: Socket) -> None:
        if socket in self.sockets:
            self.sockets.remove(socket)
        socket.lost()
        self.changed()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.sockets),
            "connection_info": {"app_id": APP},
            "debug_info": {"host": "loopback", "build_number": 1, "approximate_connection_time": 18060},
        }
