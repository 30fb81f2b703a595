"""Discord on loopback speaks to the real discord.py over its gateway."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import aiohttp
import discord
import pytest

from tests.adapters.discord.plain_client import Client, connect_client
from tests.servers.discord import Discord, Impossible


async def hello(client: Client, interaction: discord.Interaction[Any]) -> None:
    await client.answer(interaction, 4, {"content": "Hello", "flags": 64})


async def test_a_client_logs_in_and_gets_ready(server: Discord) -> None:
    server.channel("22", name="forum", kind="forum", tags=(("1", "Vision"),), requires_tag=True)
    server.thread("23", "20", "Below")
    server.role("30")
    async with connect_client(server) as client:
        assert client.user is not None
        assert (client.user.name, client.application_id, client.is_ready()) == ("Broadsheet", 2, True)
        guild = client.get_guild(10)
        assert guild is not None
        others = [channel.name for channel in guild.channels if channel.id not in {20, 22}]
        assert (len(guild.channels), others) == (4, ["Text Channels", "Lounge"]), "one is of a kind that nobody knows"
        assert [thread.id for thread in guild.threads] == [23]
        assert guild.get_role(30) is not None
        assert guild.system_channel is not None
        assert guild.me.guild_permissions.send_messages
        assert server.sockets[0].deflated
        assert server.identifies == 1
        assert await server.wait(lambda: server.heartbeats)
    await server.wait(lambda: not server.sockets)
    assert server.sessions == {}


async def test_permissions_are_those_of_the_channel(server: Discord) -> None:
    server.channel("22", permissions=1 << 10)
    async with connect_client(server) as client:
        guild = client.get_guild(10)
        assert guild is not None
        seen, sent = guild.get_channel(22), guild.get_channel(20)
        assert seen is not None
        assert sent is not None
        assert not seen.permissions_for(guild.me).send_messages
        assert seen.permissions_for(guild.me).view_channel
        assert sent.permissions_for(guild.me).send_messages


async def test_a_client_that_is_asked_to_comes_back_and_gets_what_it_missed(server: Discord) -> None:
    async with connect_client(server) as client:
        await server.reconnect()
        await server.wait(lambda: not server.sockets)
        await server.rename("20", "news")
        await server.wait(lambda: "resumed" in client.happened)
        await server.wait(lambda: "guild_channel_update" in client.happened)
        assert (server.identifies, server.resumes) == (1, 1)
        assert client.happened.count("ready") == 1


@pytest.mark.parametrize("code", [4000, 4001, 4008])
async def test_a_client_resumes_after_its_connection_was_closed(server: Discord, code: int) -> None:
    async with connect_client(server) as client:
        await server.hang_up(code)
        await server.wait(lambda: "resumed" in client.happened)
        assert (server.identifies, server.resumes) == (1, 1)


@pytest.mark.parametrize("code", [4007, 4009])
async def test_a_session_that_is_over_begins_anew(server: Discord, code: int) -> None:
    async with connect_client(server) as client:
        await server.hang_up(code)
        await server.wait(lambda: client.happened.count("shard_ready") == 2)
        assert (server.identifies, server.resumes) == (2, 0)


async def test_an_invalid_session_is_resumed_or_begun_anew(server: Discord) -> None:
    async with connect_client(server) as client:
        await server.invalidate(resumable=True)
        await server.wait(lambda: server.resumes == 1)
        await server.invalidate()
        await server.wait(lambda: client.happened.count("shard_ready") == 2)
        assert server.identifies == 2


async def test_a_wrong_token_is_refused_by_rest(server: Discord) -> None:
    server.bots.clear()
    server.bot("token-2")
    with pytest.raises(discord.LoginFailure):
        async with connect_client(server):
            pass
    assert server.invalid == 1


async def test_the_gateway_refuses_tokens_and_intents(server: Discord) -> None:
    async with connect_client(server) as client:
        await server.hang_up(4004)
        await server.wait(client.is_closed)
    greedy = discord.AutoShardedClient(intents=discord.Intents(guilds=True, members=True), guild_ready_timeout=0.05)
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await asyncio.wait_for(greedy.start("token-1"), 5)
    assert server.identities[-1]["intents"] == 3


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ('{"op": 2, "d": {"token": "x", "intents": 1}}', 4004),
        ('{"op": 2, "d": {"token": "token-1", "intents": 1, "shard": [2, 2]}}', 4010),
        ('{"op": 2, "d": {"token": "token-1", "intents": 1073741824}}', 4013),
        ('{"op": 3, "d": {}}', 4003),
        ('{"op": 99}', 4001),
        ("{", 4002),
    ],
)
async def test_close_codes(server: Discord, payload: str, code: int) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(server.gateway) as socket:
        assert (await socket.receive_json())["op"] == 10
        await socket.send_str(payload)
        await socket.receive()
        assert socket.close_code == code


async def test_shards_get_their_own_servers(server: Discord) -> None:
    server.shards = 2
    server.guild(str(1 << 22), name="Other")
    server.channel("40", guild=str(1 << 22))
    async with connect_client(server, hello) as client:
        await server.wait(lambda: len(client.guilds) == 2 and server.ready)
        assert [one["shard"] for one in server.identities] == [[0, 2], [1, 2]]
        assert {guild.id: guild.shard_id for guild in client.guilds} == {10: 0, 1 << 22: 1}


# -- what happens ----------------------------------------------------------------------------------------------------


async def test_servers_channels_threads_and_roles_come_and_go(server: Discord) -> None:
    server.thread("23", "20")
    server.role("30")
    async with connect_client(server) as client:
        client.happened.clear()
        await server.join("11", name="Other")
        await server.create_channel("31", guild="10", name="fresh")
        await server.rename("20", "news")
        await server.allow("20", 1 << 10)
        await server.archive_thread("23")
        await server.delete_role("30")
        await server.drop_channel("20")
        await server.leave("11")
        await server.outage("10")
        await server.outage("10", over=True)
        await server.wait(lambda: "guild_available" in client.happened)
        wanted = (
            "guild_join guild_channel_create guild_channel_update guild_channel_update raw_thread_update thread_update"
        )
        wanted += " guild_role_delete guild_channel_delete guild_remove guild_unavailable guild_available"
        mine = set(wanted.split())
        assert [event for event in client.happened if event in mine] == wanted.split()


async def test_reactions_are_told_to_those_who_asked(server: Discord) -> None:
    async with connect_client(server) as client:
        message = server.say("Look", "20", "100")
        await server.react("1️⃣", message=message)
        await server.react("1️⃣", message=message)
        await server.unreact("1️⃣", message=message)
        await server.wait(lambda: "raw_reaction_remove" in client.happened)
        told = [(one[0], one[1].user_id, str(one[1].emoji)) for one in client.heard if "reaction" in one[0]]
        assert told == [("raw_reaction_add", 100, "1️⃣"), ("raw_reaction_remove", 100, "1️⃣")]


async def test_an_interaction_waits_for_a_client_that_comes_back(server: Discord) -> None:
    with pytest.raises(Impossible):
        await server.slash("papers", channel="20")
    async with connect_client(server, hello):
        await server.hang_up(4000)
        reaction = await server.slash("papers", channel="20")
        assert (reaction.kind, reaction.shown and reaction.shown.plain) == ("message", "Hello")


async def test_heartbeats_are_answered(server: Discord) -> None:
    server.heartbeat = 0.02
    async with connect_client(server) as client:
        await server.wait(lambda: math.isfinite(client.latency))


async def test_silence_is_noticed(server: Discord) -> None:
    server.deaf, server.heartbeat = True, 0.02
    async with connect_client(server, heartbeat_timeout=0.1):
        await server.wait(lambda: server.resumes)
        await asyncio.sleep(0)


async def test_threads_of_the_app_are_told_to_it(server: Discord) -> None:
    async with connect_client(server, hello) as client:
        message = server.say("Look", "20", "100")
        path = "/channels/{channel_id}/messages/{message_id}/threads"
        await client.call("POST", path, json={"name": "Talk"}, channel_id="20", message_id=message.id)
        await server.wait(lambda: "thread_create" in client.happened)
        reaction = await server.slash("papers search", channel=message.id)
        assert reaction.kind == "message"
        assert isinstance(client.all[0].channel, discord.Thread)


async def test_who_sees_a_channel(server: Discord) -> None:
    server.person("101", name="Bo")
    server.channel("22", readers=("101",))
    async with connect_client(server, hello):
        with pytest.raises(Impossible):
            await server.slash("papers search", user="100", channel="22")
        assert (await server.slash("papers search", user="101", channel="22")).kind == "message"
