"""Discord on loopback keeps Discord's rules over REST: asked through discord.py's own requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest

from tests.adapters.discord.plain_client import Client, log_in_client
from tests.servers.discord import Discord
from tests.servers.discord.rights import MANAGE_CHANNELS, READ_HISTORY, SEND, SEND_IN_THREADS, VIEW

MESSAGES = "/channels/{channel_id}/messages"
ONE = f"{MESSAGES}/{{message_id}}"
FORUM = "/channels/{channel_id}/threads"


@pytest.fixture
async def client(server: Discord) -> AsyncIterator[Client]:
    async with log_in_client(server) as one:
        yield one


async def post(client: Client, content: str = "Hello", channel: str = "20", **more: Any) -> Any:
    body = {"content": content, "allowed_mentions": {"parse": []}, **more}
    return await client.call("POST", MESSAGES, json=body, channel_id=channel)


async def refused(client: Client, method: str, path: str, **how: Any) -> tuple[int, int]:
    with pytest.raises(discord.HTTPException) as caught:
        await client.call(method, path, **how)
    return caught.value.status, caught.value.code


# -- messages --------------------------------------------------------------------------------------------------------


async def test_a_message_is_shown_edited_and_deleted(server: Discord, client: Client) -> None:
    message = await post(client, "One")
    await post(client, "Two", flags=4)
    assert [(one.plain, one.flags, one.author) for one in server.shown("20")] == [("One", 0, "1"), ("Two", 4, "1")]
    edited = await client.call("PATCH", ONE, json={"content": "New"}, channel_id="20", message_id=message["id"])
    assert edited["edited_timestamp"]
    assert (server.shown("20")[0].content, server.shown("20")[0].edited) == ("New", True)
    await client.call("DELETE", ONE, channel_id="20", message_id=message["id"])
    assert [one.content for one in server.shown("20")] == ["Two"]


async def test_discord_py_can_read_what_is_answered(server: Discord, client: Client) -> None:
    row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "Next", "custom_id": "n"}]}
    await post(client, components=[row], embeds=[{"title": "T"}])
    channel = await client.fetch_channel(20)
    assert isinstance(channel, discord.TextChannel)
    [message] = [one async for one in channel.history()]
    assert (message.content, message.embeds[0].title, message.author.id) == ("Hello", "T", 1)
    assert isinstance(message.components[0], discord.ActionRow)
    assert message.components[0].children[0].custom_id == "n"
    assert (await client.fetch_guild(10)).name == "Lab"
    assert (await (await client.fetch_guild(10)).fetch_member(100)).global_name == "Ana"


async def test_history_goes_both_ways(server: Discord, client: Client) -> None:
    ids = [(await post(client, str(number)))["id"] for number in range(5)]

    async def history(**params: Any) -> list[str]:
        return [one["content"] for one in await client.call("GET", MESSAGES, params=params, channel_id="20")]

    assert await history(limit=2) == ["4", "3"]
    assert await history(before=ids[3], limit=2) == ["2", "1"]
    assert await history(after=ids[0], limit=2) == ["2", "1"]
    assert await history(around=ids[2], limit=3) == ["3", "2", "1"]


async def test_the_words_of_others_are_hidden_from_an_app_without_the_intent(server: Discord, client: Client) -> None:
    server.say("secret", "20", "100")
    server.say("<@1> hello", "20", "100")
    read = await client.call("GET", MESSAGES, channel_id="20")
    assert [one["content"] for one in read] == ["<@1> hello", ""]


async def test_a_nonce_gives_the_earlier_message_back_for_a_while(server: Discord, client: Client) -> None:
    first = await post(client, nonce="n1", enforce_nonce=True)
    again = await post(client, nonce="n1", enforce_nonce=True)
    free = await post(client, nonce="n1")
    assert first["id"] == again["id"] != free["id"]
    server.later(121)
    late = await post(client, nonce="n1", enforce_nonce=True)
    assert late["id"] not in {first["id"], free["id"]}
    assert [one.nonce for one in server.shown("20")] == ["n1"] * 3


async def test_old_messages_can_be_edited_only_so_often(server: Discord, client: Client) -> None:
    message = await post(client)
    ids = {"channel_id": "20", "message_id": message["id"]}
    server.old_edits = 1
    await client.call("PATCH", ONE, json={"content": "young"}, **ids)
    server.later(3601)
    await client.call("PATCH", ONE, json={"content": "old"}, **ids)
    async with aiohttp.ClientSession(headers={"Authorization": "Bot token-1"}) as session:
        answer = await session.patch(f"{server.api}{ONE.format_map(ids)}", json={"content": "older"})
        assert (answer.status, (await answer.json())["code"]) == (429, 30046)


@pytest.mark.parametrize(
    ("channel", "status", "code"),
    [
        ("29", 404, 10003),
        ("21", 403, 50001),
        ("22", 403, 50013),
        ("23", 400, 50008),
        ("24", 403, 50013),
        ("25", 403, 160005),
        ("26", 403, 50001),
    ],
)
async def test_where_nothing_can_be_posted(
    server: Discord, client: Client, channel: str, status: int, code: int
) -> None:
    server.channel("21", permissions=SEND)
    server.channel("22", permissions=VIEW)
    server.channel("23", kind="forum")
    server.thread("24", "22")
    server.channel("27", permissions=VIEW | SEND_IN_THREADS)
    server.thread("25", "27", locked=True)
    server.guild("11", present=False)
    server.channel("26", guild="11")
    assert await refused(client, "POST", MESSAGES, json={"content": "x"}, channel_id=channel) == (status, code)


async def test_messages_of_others_and_none(server: Discord, client: Client) -> None:
    theirs = server.say("Mine", "20", "100")
    server.channel("22", permissions=VIEW | READ_HISTORY | SEND)
    elsewhere = server.say("Mine", "22", "100")
    ids = {"channel_id": "20", "message_id": theirs.id}
    assert await refused(client, "PATCH", ONE, json={"content": "x"}, **ids) == (403, 50005)
    assert await refused(client, "DELETE", ONE, channel_id="22", message_id=elsewhere.id) == (403, 50013)
    assert await refused(client, "GET", ONE, channel_id="20", message_id="5") == (404, 10008)
    assert await refused(client, "POST", MESSAGES, json={"content": ""}, channel_id="20") == (400, 50006)


async def test_conversations_with_people(server: Discord, client: Client) -> None:
    server.person("101", name="Bo", dms=False)
    server.person("102", name="Cy", guilds=())
    server.person("103", name="Di", guilds=(), installed=True)
    opened = [
        await client.call("POST", "/users/@me/channels", json={"recipient_id": one})
        for one in ("100", "101", "102", "103")
    ]
    await post(client, "Hello", opened[0]["id"])
    await post(client, "Hello", opened[3]["id"])
    assert [one.plain for one in server.direct("100") + server.direct("103")] == ["Hello", "Hello"]
    assert await refused(client, "POST", MESSAGES, json={"content": "x"}, channel_id=opened[1]["id"]) == (403, 50007)
    assert await refused(client, "POST", MESSAGES, json={"content": "x"}, channel_id=opened[2]["id"]) == (403, 50278)
    assert await refused(client, "POST", "/users/@me/channels", json={"recipient_id": "9"}) == (400, 50033)


async def test_reactions_are_counted(server: Discord, client: Client) -> None:
    message = server.say("Look", "20", "100")
    await server.react("👍", message=message)
    ids = {"channel_id": "20", "message_id": message.id, "emoji_name": "👍"}
    path = f"{ONE}/reactions/{{emoji_name}}"
    await client.call("PUT", f"{path}/@me", **ids)
    assert [one["id"] for one in await client.call("GET", path, **ids)] == ["1", "100"]
    await client.call("DELETE", f"{path}/@me", **ids)
    seen = await client.call("GET", ONE, channel_id="20", message_id=message.id)
    assert [(one["emoji"]["name"], one["count"], one["me"]) for one in seen["reactions"]] == [("👍", 1, False)]


async def test_only_who_may_be_mentioned_is_pinged(server: Discord, client: Client) -> None:
    server.role("30")
    server.role("31", name="open", mentionable=True)
    server.channel("22", permissions=VIEW | SEND)
    text = "@everyone <@100> <@&30> <@&31>"
    await post(client, text)
    await post(client, text, allowed_mentions={"parse": [], "roles": ["30"]})
    await client.call("POST", MESSAGES, json={"content": text}, channel_id="20")
    await client.call("POST", MESSAGES, json={"content": text}, channel_id="22")
    assert [one.pings for one in server.shown("20")] == [(), ("&30",), ("100", "&30", "&31", "everyone")]
    assert [one.pings for one in server.shown("22")] == [("100", "&31")]
    assert server.shown("20")[0].plain == "@everyone @Ana @readers @open"


# -- threads and forums ----------------------------------------------------------------------------------------------


async def test_a_message_has_one_thread(server: Discord, client: Client) -> None:
    message = await post(client)
    path, ids = f"{ONE}/threads", {"channel_id": "20", "message_id": message["id"]}
    thread = await client.call("POST", path, json={"name": "Talk"}, **ids)
    assert (thread["id"], thread["parent_id"], thread["type"]) == (message["id"], "20", 11)
    assert await refused(client, "POST", path, json={"name": "Talk"}, **ids) == (400, 160004)
    await post(client, "inside", thread["id"])
    assert [one.plain for one in server.shown(thread["id"])] == ["inside"]
    assert [one.name for one in server.threads("20")] == ["Talk"]
    server.channel("22", permissions=VIEW | SEND)
    other = await post(client, channel="22")
    ids = {"channel_id": "22", "message_id": other["id"]}
    assert await refused(client, "POST", path, json={"name": "Talk"}, **ids) == (403, 50013)


async def test_a_forum_takes_posts_with_its_tags(server: Discord, client: Client) -> None:
    server.channel("22", kind="forum", tags=(("1", "Vision"),), requires_tag=True)
    message = {"content": "Starter"}
    post_ = await client.call(
        "POST", FORUM, json={"name": "Paper", "message": message, "applied_tags": ["1"]}, channel_id="22"
    )
    assert post_["message"]["id"] == post_["id"]
    [shown] = server.threads("22")
    assert (shown.name, shown.tags, shown.starter) == ("Paper", ("1",), post_["id"])
    assert [one.plain for one in server.shown(post_["id"])] == ["Starter"]
    body: dict[str, Any] = {"name": "Paper", "message": message}
    assert await refused(client, "POST", FORUM, json=body, channel_id="22") == (400, 40067)
    assert await refused(client, "POST", FORUM, json=body | {"applied_tags": ["9"]}, channel_id="22") == (400, 50035)
    assert server.violations == []
    for bad in (body | {"name": "x" * 101}, body | {"name": " "}, body | {"message": message | {"nonce": "1"}}):
        assert await refused(client, "POST", FORUM, json=bad | {"applied_tags": ["1"]}, channel_id="22") == (400, 50035)
    assert len(server.violations) == 3
    server.violations.clear()


async def test_archived_threads(server: Discord, client: Client) -> None:
    server.thread("23", "20", "Old", archived=True)
    server.later(10)
    server.thread("24", "20", "Older?", archived=True)
    server.thread("25", "20", "Alive")
    active = await client.call("GET", "/guilds/{guild_id}/threads/active", guild_id="10")
    assert [one["id"] for one in active["threads"]] == ["25"]
    path = "/channels/{channel_id}/threads/archived/public"
    server.thread("26", "20", "Oldest", archived=True).archived_at = 1
    first = await client.call("GET", path, params={"limit": 2}, channel_id="20")
    assert ([one["id"] for one in first["threads"]], first["has_more"]) == (["24", "23"], True)
    before = first["threads"][-1]["thread_metadata"]["archive_timestamp"]
    second = await client.call("GET", path, params={"limit": 2, "before": before}, channel_id="20")
    assert ([one["id"] for one in second["threads"]], second["has_more"]) == (["26"], False)
    await post(client, "wakes it", "23")
    assert not server.places["23"].archived
    message = server.shown("23")[0]
    await server.archive_thread("23")
    ids = {"channel_id": "23", "message_id": message.id}
    assert await refused(client, "PATCH", ONE, json={"content": "x"}, **ids) == (400, 50083)
    assert await refused(client, "PATCH", "/channels/{channel_id}", json={"name": "x"}, channel_id="23") == (400, 50083)
    await client.call("PATCH", "/channels/{channel_id}", json={"archived": False, "name": "Back"}, channel_id="23")
    assert (server.places["23"].archived, server.places["23"].name) == (False, "Back")
    await client.call("DELETE", "/channels/{channel_id}", channel_id="23")
    assert await refused(client, "GET", "/channels/{channel_id}", channel_id="23") == (404, 10003)


# -- what there is ---------------------------------------------------------------------------------------------------


async def test_servers_channels_roles_and_members(server: Discord, client: Client) -> None:
    server.person("101", name="Bo", manages=True)
    server.person("102", name="Cy", guilds=())
    server.thread("23", "20")
    channels = await client.call("GET", "/guilds/{guild_id}/channels", guild_id="10")
    assert [one["id"] for one in channels] == ["20"]
    roles = {
        one["id"]: int(one["permissions"])
        for one in await client.call("GET", "/guilds/{guild_id}/roles", guild_id="10")
    }
    path = "/guilds/{guild_id}/members/{user_id}"
    bo = await client.call("GET", path, guild_id="10", user_id="101")
    assert roles[bo["roles"][0]] & MANAGE_CHANNELS
    assert await refused(client, "GET", path, guild_id="10", user_id="102") == (404, 10007)
    assert await refused(client, "GET", path, guild_id="10", user_id="109") == (404, 10013)
    await server.leave("10")
    assert await refused(client, "GET", "/guilds/{guild_id}", guild_id="10") == (404, 10004)
    assert await refused(client, "GET", "/channels/{channel_id}", channel_id="20") == (403, 50001)


async def test_commands_are_synced_and_keep_their_ids(server: Discord, client: Client) -> None:
    path = "/applications/{application_id}/commands"
    command = {"name": "papers", "description": "Papers", "options": []}
    [first] = await client.call("PUT", path, json=[command], application_id="2")
    [again] = await client.call("PUT", path, json=[command], application_id="2")
    assert (first["id"], server.syncs, server.commands[0]["name"]) == (again["id"], 2, "papers")
    assert await refused(client, "PUT", path, json=[command | {"name": "Papers!"}], application_id="2") == (400, 50035)
    assert server.violations
    server.violations.clear()


# -- faults and limits -----------------------------------------------------------------------------------------------


async def test_faults_come_as_often_as_asked_and_where_asked(server: Discord, client: Client) -> None:
    route = "POST /channels/{channel_id}/messages"
    server.fail(route, code=50013, times=2, where=lambda call: call.path.startswith("/channels/20/"))
    server.channel("22")
    await post(client, channel="22")
    assert await refused(client, "POST", MESSAGES, json={"content": "x"}, channel_id="20") == (403, 50013)
    assert await refused(client, "POST", MESSAGES, json={"content": "x"}, channel_id="20") == (403, 50013)
    await post(client)
    server.fail("*", status=503)
    with pytest.raises(discord.DiscordServerError):
        await post(client)
    server.fail(route, status=403, body="<html>no</html>")
    with pytest.raises(discord.Forbidden) as caught:
        await post(client)
    assert caught.value.text == "<html>no</html>"
    assert [one.status for one in server.calls[-6:]] == [200, 403, 403, 200, 503, 403]


@pytest.mark.parametrize("globally", [False, True])
async def test_discord_py_waits_and_repeats_after_429(server: Discord, client: Client, globally: bool) -> None:  # noqa: FBT001
    server.fail("POST /channels/{channel_id}/messages", status=429, retry_after=0.05, globally=globally)
    await post(client)
    assert [one.status for one in server.calls if one.method == "POST"] == [429, 200]
    assert server.invalid == 1


@pytest.mark.parametrize(("drop", "held"), [("before", 0), ("after", 1)])
async def test_an_answer_can_be_lost_before_or_after_the_work(
    server: Discord, client: Client, drop: str, held: int
) -> None:
    server.fail("POST /channels/{channel_id}/messages", drop=drop)
    with pytest.raises(aiohttp.ClientError):
        await post(client)
    assert len(server.shown("20")) == held


async def test_a_request_can_be_held(server: Discord, client: Client) -> None:
    gate = asyncio.Event()
    server.fail("POST /channels/{channel_id}/messages", until=gate)
    call = asyncio.create_task(post(client))
    await server.wait(lambda: [one for one in server.calls if one.method == "POST"])
    assert not call.done()
    gate.set()
    assert (await call)["content"] == "Hello"


async def test_a_route_has_a_limit_that_its_headers_tell(server: Discord, client: Client) -> None:
    server.limits("POST /channels/{channel_id}/messages", 2, 0.3)
    server.channel("22")
    await asyncio.gather(*(post(client, str(number), channel) for number in range(5) for channel in ("20", "22")))
    assert {one.status for one in server.calls if one.method == "POST"} == {200}
    sent = [one.at for one in server.calls if one.path == "/channels/20/messages"]
    assert sent[-1] - sent[0] >= 0.55
    url, token = f"{server.api}/channels/20/messages", {"Authorization": "Bot token-1"}
    async with aiohttp.ClientSession(headers=token) as session:
        answers = [await session.post(url, json={"content": "x"}) for _ in range(3)]
        limited = answers[-1]
        body = await limited.json()
        assert (limited.status, limited.headers["X-RateLimit-Scope"], body["global"]) == (429, "user", False)
        assert limited.headers["Content-Type"] == "application/json"


async def test_every_answer_tells_the_limit_of_its_route(server: Discord) -> None:
    async with aiohttp.ClientSession(headers={"Authorization": "Bot token-1"}) as session:
        seen = [
            (await session.get(f"{server.api}{path}")).headers
            for path in ("/channels/20", "/channels/20", "/users/@me")
        ]
    assert [each["X-RateLimit-Remaining"] for each in seen] == ["99", "98", "99"]
    assert [each["X-RateLimit-Bucket"] == seen[0]["X-RateLimit-Bucket"] for each in seen] == [True, True, False]
    assert all(0 < float(each["X-RateLimit-Reset-After"]) <= 1 for each in seen)


async def test_all_routes_together_have_a_limit(server: Discord, client: Client) -> None:
    server.most_a_second = 5
    for number in range(5):
        server.channel(f"3{number}")
    start = asyncio.get_running_loop().time()
    await asyncio.gather(*(post(client, "x", f"3{number}") for number in range(5) for _ in range(2)))
    assert sum(len(server.shown(f"3{number}")) for number in range(5)) == 10
    assert asyncio.get_running_loop().time() - start > 0.9
    assert server.invalid >= 1


async def test_tokens_are_needed_but_for_the_gateway(server: Discord) -> None:
    async with aiohttp.ClientSession() as session:
        assert (await session.get(f"{server.api}/users/@me")).status == 401
        assert (await session.get(f"{server.api}/gateway/bot")).status == 401
        assert (await (await session.get(f"{server.api}/gateway")).json())["url"] == server.gateway
        assert (await session.get(f"{server.api}/nowhere")).status == 404
