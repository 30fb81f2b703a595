"""The connection of Socket Mode: refused, late, replaced, closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import cast

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.common.backoff import wait_or_stop
from adapters.slack.connection import socket_mode
from adapters.slack.connection.socket_mode import SocketModeConnection
from bot.errors import Refused
from bot.redaction import SecretRegistry
from tests.adapters.slack.bot_harness import BotHarness


@asynccontextmanager
async def serving(harness: BotHarness, url: str = "") -> AsyncIterator[asyncio.Event]:
    """Serve; give the event that ends it."""
    stop = asyncio.Event()
    task = asyncio.create_task(socket_mode.serve(harness.app, "xapp-1", url or harness.server.url, stop))
    try:
        yield stop
    finally:
        stop.set()
        await task


async def test_a_refused_token_ends_it_with_one_sentence(offline: BotHarness) -> None:
    with pytest.raises(Refused, match=r"SLACK_APP_TOKEN down \(invalid_auth\)\. Put an app-level token"):
        await socket_mode.serve(offline.app, "xapp-wrong", offline.server.url, asyncio.Event())


async def test_a_token_that_is_refused_later_ends_it_too(offline: BotHarness) -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(socket_mode.serve(offline.app, "xapp-1", offline.server.url, stop))
    await offline.server.wait(lambda: offline.server.sockets)
    offline.server.app_tokens.clear()
    await offline.server.disconnect("refresh_requested")
    with pytest.raises(Refused):
        await task


async def test_without_a_network_it_is_tried_again_and_said_once(
    offline: BotHarness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(socket_mode, "_FIRST_RETRY_SECONDS", 0.01)
    offline.server.fail("apps.connections.open", drop="before", times=2)
    offline.server.fail("apps.connections.open", status=503, times=1)
    offline.server.fail("apps.connections.open", error="internal_error", times=1)
    async with serving(offline):
        await offline.server.wait(lambda: offline.server.sockets)
    told = [record for record in caplog.records if "can't be reached" in record.getMessage()]
    assert [record.levelname for record in told if record.levelname != "DEBUG"] == ["WARNING"]


async def test_nobody_at_home_does_not_hold_up_the_end(offline: BotHarness, unused_tcp_port: int) -> None:
    async with serving(offline, f"http://127.0.0.1:{unused_tcp_port}/api/"):
        pass


@pytest.mark.parametrize("reason", ["refresh_requested", "warning"])
async def test_a_connection_is_replaced_when_slack_asks(offline: BotHarness, reason: str) -> None:
    async with serving(offline):
        await offline.server.wait(lambda: offline.server.sockets)
        before = list(offline.server.sockets)
        await offline.server.disconnect(reason)
        await offline.server.wait(lambda: offline.server.sockets and offline.server.sockets != before)
        await offline.server.wait(lambda: len(offline.server.sockets) == 1)
        assert before[0] not in offline.server.sockets
        assert "Status of" in (await offline.type("status")).plain


async def test_a_line_that_breaks_is_replaced(offline: BotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.connection.socket_mode._PING_INTERVAL", 0.05)
    async with serving(offline):
        await offline.server.wait(lambda: offline.server.sockets)
        before = offline.server.sockets[0]
        transport = before.wire._req.transport  # type: ignore[union-attr]  # a cable is cut
        assert transport
        transport.abort()
        await offline.server.wait(lambda: offline.server.sockets and before not in offline.server.sockets)
        assert "Status of" in (await offline.type("status")).plain


async def test_lines_that_keep_breaking_are_not_replaced_in_haste(
    offline: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    async def wait(stop: asyncio.Event, seconds: float) -> None:
        pauses.append(seconds)
        await wait_or_stop(stop, 0)

    def ready(count: int) -> bool:
        return len(pauses) == count and bool(offline.server.sockets)

    monkeypatch.setattr(socket_mode, "wait_or_stop", wait)
    async with serving(offline):
        for count in range(1, 5):
            await offline.server.wait(partial(ready, count))
            await offline.server.disconnect("refresh_requested")
        await offline.server.wait(lambda: len(pauses) == 5)
    assert pauses[:5] == [0, 0, 1, 2, 4]


async def test_what_is_in_flight_is_finished_before_the_end(offline: BotHarness) -> None:
    offline.paper_source.hold = asyncio.Event()
    async with serving(offline) as stop:
        await offline.server.wait(lambda: offline.server.sockets)
        await offline.server.command("show 2602.99999", channel="C1", user="U1")
        stop.set()
        await offline.server.wait(lambda: not offline.server.sockets)
        offline.paper_source.hold.set()
    assert "No source knows" in offline.said()


async def test_a_command_is_acknowledged_before_anybody_looks_what_it_is(
    offline: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatch, free = offline.app.async_dispatch, asyncio.Event()

    async def hesitate(request: AsyncBoltRequest) -> BoltResponse:
        await free.wait()
        return await dispatch(request)

    monkeypatch.setattr(offline.app, "async_dispatch", hesitate)
    async with serving(offline):
        await offline.server.wait(lambda: offline.server.sockets)
        assert (await offline.server.command("status", channel="C1", user="U1")).ok
        assert offline.server.whispers("C1", "U1") == []
        free.set()
        await offline.drain()
        assert "Status of" in offline.said()


async def test_nothing_is_left_behind(offline: BotHarness) -> None:
    before = asyncio.all_tasks()
    async with serving(offline):
        await offline.server.wait(lambda: offline.server.sockets)
        await offline.type("status")
        await offline.server.disconnect("refresh_requested")
        await offline.server.wait(lambda: offline.server.sockets)
    left = {task for task in asyncio.all_tasks() - before if "tests.servers" not in repr(task)}
    assert [task for task in left if "slack_sdk" in repr(task) or "adapters" in repr(task)] == []


async def test_nobody_reads_a_ticket_in_the_log(offline: BotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    async def note_address(self: SocketModeConnection, address: str) -> None:
        opened.append(address)
        stop.set()

    monkeypatch.setattr(SocketModeConnection, "open", note_address)
    async with serving(offline) as stop:
        await stop.wait()
    registry = cast("SecretRegistry", offline.context.secret_registrar)
    ticket = opened[0].partition("ticket=")[2]
    assert ticket not in registry.redact(f"Cannot connect to {opened[0]} with {ticket}")
