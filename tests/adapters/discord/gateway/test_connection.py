"""The line to Discord's gateway: it comes back from whatever happens to it, and ends when it is told to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import yarl
from discord.gateway import DiscordWebSocket

from adapters.discord.gateway import connection
from tests.adapters.discord.bot_harness import TOKEN, BotHarness, FastIdentifyingClient
from tests.servers.discord import Discord

CLOSED = "ws://127.0.0.1:9"


@asynccontextmanager
async def connected(
    server: Discord, gateway: str | None = None, *, mute: bool = False
) -> AsyncIterator[FastIdentifyingClient]:
    """Be connected until the end of the context, reached in bounded time; a *mute* server keeps it on the way there.

    *gateway* is the one of the settings.
    """
    client = FastIdentifyingClient(server.api, server.gateway if gateway is None else gateway, guild_ready_seconds=0.05)
    stop = asyncio.Event()
    server.mute = mute
    serving = asyncio.create_task(connection.serve(client, TOKEN, stop))
    try:
        await server.wait(lambda: serving.done() or (server.knocks if mute else client.is_ready()))
        yield client
    finally:
        stop.set()
        async with asyncio.timeout(5):
            await serving
        server.mute = False
        await client.close()


async def test_it_ends_while_a_shard_comes_back_to_a_gateway_that_says_nothing(server: Discord) -> None:
    async with connected(server):
        server.mute = True
        await server.reconnect()
        await server.wait(lambda: server.knocks)


async def test_it_ends_while_the_first_connection_gets_no_answer(server: Discord) -> None:
    async with connected(server, mute=True):
        pass


async def test_a_session_goes_on_where_the_settings_say(server: Discord) -> None:
    server.elsewhere = CLOSED
    async with connected(server):
        await server.reconnect()
        await server.wait(lambda: server.resumes)
        assert (server.identifies, server.resumes) == (1, 1)


async def test_a_new_session_begins_where_the_settings_say(server: Discord) -> None:
    server.elsewhere = CLOSED
    async with connected(server):
        await server.invalidate()
        await server.wait(lambda: server.identifies == 2 and server.ready)


async def test_without_a_setting_a_new_session_begins_where_rest_says(
    server: Discord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(CLOSED))
    async with connected(server, ""):
        await server.invalidate()
        await server.wait(lambda: server.identifies == 2 and server.ready)


async def test_a_login_that_fails_is_made_again(
    server: Discord, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connection, "_FIRST_RETRY_SECONDS", 0.01)
    server.fail("GET /users/@me", drop="before", times=2)
    server.fail("GET /oauth2/applications/@me", status=503)
    async with connected(server) as client:
        assert client.user
        assert client.application_id == 2
    assert "Discord can't be reached (DiscordServerError); it is tried again" in caplog.text


@pytest.mark.parametrize("payload", [{"id": "1"}, {"id": "1", "type": 2, "channel": {"id": "999", "type": 0}}])
async def test_an_event_that_can_not_be_read_is_a_line_in_the_log_and_nothing_else(
    harness: BotHarness, caplog: pytest.LogCaptureFixture, payload: dict[str, object]
) -> None:
    harness.excused.append("INTERACTION_CREATE can't be read and is left out, reference")
    harness.server.tell("INTERACTION_CREATE", payload, "", 0)
    assert await harness.type("papers today")
    (line,) = [one for one in caplog.records if "can't be read" in one.getMessage()]
    assert "KeyError" in line.getMessage()
    assert harness.server.identifies == 1


async def test_what_nobody_expects_of_the_gateway_ends_nothing(
    harness: BotHarness, caplog: pytest.LogCaptureFixture
) -> None:
    harness.excused.append("The line to Discord broke, reference")
    harness.server.sockets[0].put({"op": 10, "d": None})
    await harness.server.wait(lambda: harness.server.identifies == 2 and harness.server.ready, 15)
    assert await harness.type("papers today")
    assert [one.levelno for one in caplog.records if "The line to Discord broke" in one.getMessage()] == [logging.ERROR]


async def test_a_server_that_is_gone_with_the_session_is_not_kept(server: Discord) -> None:
    server.guild("11", name="Elsewhere")
    async with connected(server) as client:
        assert {guild.id for guild in client.guilds} == {10, 11}
        server.guilds["11"].present = False
        await server.invalidate()
        await server.wait(lambda: {guild.id for guild in client.guilds} == {10})
