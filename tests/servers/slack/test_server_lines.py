"""Slack on loopback reaches an app over Socket Mode and as signed requests, and is answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

import pytest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.adapters.slack.plain_bolt_app import (
    PlainBoltApp,
    buttons,
    call_refused,
    connect_socket_mode,
    create_client,
    open_socket,
    serve_requests,
    serve_workspace,
)
from tests.servers.slack import Slack


@pytest.fixture
async def server() -> AsyncIterator[Slack]:
    async with serve_workspace() as one:
        yield one


@pytest.fixture
def app(server: Slack) -> PlainBoltApp:
    return PlainBoltApp(server)


@asynccontextmanager
async def heard(server: Slack) -> AsyncIterator[list[SocketModeRequest]]:
    """Acknowledge everything with the SDK alone, and keep it."""
    requests: list[SocketModeRequest] = []

    async def keep(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        requests.append(request)
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id))

    client = SocketModeClient("xapp-1", web_client=create_client(server, "xapp-1"))
    client.socket_mode_request_listeners.append(keep)
    async with open_socket(client, server):
        yield requests


async def test_a_command_is_told_and_acknowledged(server: Slack, app: PlainBoltApp) -> None:
    async with connect_socket_mode(app, server):
        acked = await server.command("search graphs", channel="C1", user="U1")
    assert (acked.ok, acked.body) == (True, None)
    told = app.told[0]
    assert (told["command"], told["text"], told["channel_id"], told["user_id"]) == (
        "/papers",
        "search graphs",
        "C1",
        "U1",
    )


async def test_an_acknowledgement_with_words_is_an_answer(server: Slack, app: PlainBoltApp) -> None:
    app.answer = {"text": "One moment"}
    async with connect_socket_mode(app, server):
        await server.command("", channel="C1", user="U1")
    assert [one.plain for one in server.whispers("C1", "U1")] == ["One moment"]


async def test_a_late_acknowledgement_is_noted(server: Slack, app: PlainBoltApp) -> None:
    server.deadline, gate = 0.05, asyncio.Event()

    @app.bolt.middleware
    async def wait(next_: Any) -> None:
        await gate.wait()
        await next_()

    async with connect_socket_mode(app, server):
        acked = await server.command("", channel="C1", user="U1")
        gate.set()
        await server.wait(lambda: app.told)
    assert (acked.status, server.late) == (504, [acked])


async def test_sockets_take_turns(server: Slack, app: PlainBoltApp) -> None:
    other = PlainBoltApp(server)
    async with connect_socket_mode(app, server), connect_socket_mode(other, server):
        await server.wait(lambda: len(server.sockets) == 2)
        for _ in range(4):
            await server.command("", channel="C1", user="U1")
    assert (len(app.told), len(other.told)) == (2, 2)


async def test_a_socket_that_is_told_to_go_comes_back(server: Slack, app: PlainBoltApp) -> None:
    async with connect_socket_mode(app, server):
        first = server.sockets[0]
        await server.disconnect("warning")
        await server.wait(lambda: server.sockets and server.sockets[0] is not first)
        second = server.sockets[0]
        await server.disconnect("refresh_requested")
        await server.wait(lambda: server.sockets and server.sockets[0] is not second)
        await server.command("", channel="C1", user="U1")
    await server.wait(lambda: not server.sockets)
    assert len(app.told) == 1


async def test_pings_go_both_ways(server: Slack, app: PlainBoltApp) -> None:
    async with connect_socket_mode(app, server) as client:
        await server.ping()
        await server.wait(lambda: server.sockets[0].pongs)
        await server.wait(lambda: client.last_ping_pong_time)


async def test_an_event_can_come_again(server: Slack) -> None:
    async with heard(server) as requests:
        acked = await server.event({"type": "team_rename", "name": "Lab"}, event_id="Ev1")
        await server.again(acked)
    assert [(one.retry_attempt, one.retry_reason) for one in requests] == [(0, ""), (1, "timeout")]
    assert {one.payload["event_id"] for one in requests} == {"Ev1"}


async def test_signed_requests_reach_the_app_and_forgeries_do_not(server: Slack, app: PlainBoltApp) -> None:
    async with serve_requests(app, server):
        assert (await server.command("today", channel="C1", user="U1")).ok
        assert (await server.mention("today", channel="C1", user="U1")).ok
        challenge = await server.challenge()
        assert challenge.body["challenge"] == challenge.parcel.payload["challenge"]
        body = "command=%2Fpapers&team_id=T1&user_id=U1"
        kind: dict[str, str] = {"Content-Type": "application/x-www-form-urlencoded"}
        forged, stale = server.signed(body, secret="another"), server.signed(body, at=time.time() - 600)
        for headers in (forged, stale, {}):
            assert (await server.post(body, {**kind, **headers}))[0] == 401
        assert (await server.post(body, kind | server.signed(body)))[0] == 200
    assert len(app.told) == 3


async def test_without_a_line_nothing_can_be_told(server: Slack) -> None:
    with pytest.raises(LookupError, match="endpoint"):
        await server.command("", channel="C1", user="U1")


async def responded(url: str, **answer: Any) -> int:
    return (await AsyncWebhookClient(url).send(**answer)).status_code


async def test_a_command_has_no_message_that_could_be_replaced(server: Slack, app: PlainBoltApp) -> None:
    async with connect_socket_mode(app, server):
        await server.command("", channel="C1", user="U1")
    url = app.told[0]["response_url"]
    await responded(url, text="Looking")
    await responded(url, text="Found", replace_original=True)
    await responded(url, text="For all", response_type="in_channel")
    assert [one.plain for one in server.whispers("C1", "U1")] == ["Looking", "Found"]
    assert [one.plain for one in server.shown("C1")] == ["For all"]


async def test_a_response_url_lasts_five_uses_and_half_an_hour(server: Slack, app: PlainBoltApp) -> None:
    async with connect_socket_mode(app, server):
        await server.command("", channel="C1", user="U1")
        await server.command("", channel="C1", user="U1")
    first, second = (told["response_url"] for told in app.told)
    assert [await responded(first, text="x") for _ in range(6)] == [200] * 5 + [404]
    server.later(1801)
    assert await responded(second, text="x") == 404
    assert len(server.violations) == 2


async def test_a_pressed_message_is_replaced_or_removed(server: Slack, app: PlainBoltApp) -> None:
    client = create_client(server)
    await client.chat_postEphemeral(channel="C1", user="U1", text="Page 1", blocks=[buttons("Prev", "Next")])
    async with connect_socket_mode(app, server):
        await server.press("Next", server.whispers("C1", "U1")[0], user="U1")
        told = app.told[0]
        assert "message" not in told
        assert told["container"]["is_ephemeral"]
        await responded(told["response_url"], text="Page 2", replace_original=True)
        seen = server.whispers("C1", "U1")
        assert [(one.replaced, one.text) for one in seen] == [(True, "Page 2")]
        await responded(told["response_url"], delete_original=True)
    assert server.whispers("C1", "U1") == []


async def test_the_bot_comes_and_goes_and_channels_change(server: Slack, app: PlainBoltApp) -> None:
    async with connect_socket_mode(app, server):
        await server.remove("C1")
        assert await call_refused(create_client(server), "chat.postMessage", channel="C1", text="x") == "not_in_channel"
        await server.invite("C1", by="U1")
        await server.rename("C1", "graphs")
        await server.archive("C1")
        await server.archive("C1", again=True)
        await server.renumber("C1", "C2")
        await server.delete("C2")
    kinds = [told["event"]["type"] for told in app.told]
    assert kinds[:4] == ["channel_left", "member_joined_channel", "channel_rename", "channel_archive"]
    assert kinds[4:] == ["channel_unarchive", "channel_id_changed", "channel_deleted"]


@pytest.mark.parametrize("first", ["app_uninstalled", "tokens_revoked"])
async def test_an_uninstall_is_told_in_either_order(
    server: Slack, first: Literal["app_uninstalled", "tokens_revoked"]
) -> None:
    async with heard(server) as requests:
        await server.uninstall("T1", first=first)
    told = [one.payload["event"]["type"] for one in requests]
    assert (told[0], sorted(told)) == (first, ["app_uninstalled", "tokens_revoked"])
    assert await call_refused(create_client(server), "auth.test") == "account_inactive"
