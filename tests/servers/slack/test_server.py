"""Slack on loopback keeps Slack's rules: asked by the real client of its Web API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack.plain_bolt_app import call_refused, create_client, serve_workspace
from tests.servers.slack import Slack


@pytest.fixture
async def server() -> AsyncIterator[Slack]:
    async with serve_workspace() as one:
        yield one


@pytest.fixture
def client(server: Slack) -> AsyncWebClient:
    return create_client(server)


def section(text: str = "Hello", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


# -- messages --------------------------------------------------------------------------------------------------------


async def test_a_message_is_shown_edited_and_deleted(server: Slack, client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel="C1", text="One", unfurl_links=False, unfurl_media=False))["ts"]
    reply = await client.chat_postMessage(channel="C1", text="Below", thread_ts=ts)
    assert [(one.plain, one.thread, one.unfurl) for one in server.shown("C1")] == [
        ("One", "", False),
        ("Below", ts, True),
    ]
    await client.chat_update(channel="C1", ts=ts, text="Two")
    assert (server.shown("C1")[0].text, server.shown("C1")[0].edited) == ("Two", True)
    await client.chat_delete(channel="C1", ts=ts)
    assert [one.ts for one in server.shown("C1")] == [reply["ts"]]


async def test_an_edit_keeps_the_blocks_and_metadata_that_it_does_not_send(
    server: Slack, client: AsyncWebClient
) -> None:
    key = {"event_type": "delivery", "event_payload": {"key": "1"}}
    ts = (await client.chat_postMessage(channel="C1", text="x", blocks=[section()], metadata=key))["ts"]
    await client.chat_update(channel="C1", ts=ts, text="y")
    assert (server.shown("C1")[0].plain, server.shown("C1")[0].metadata) == ("Hello", key)


async def test_timestamps_are_unique_and_grow(server: Slack, client: AsyncWebClient) -> None:
    sent = [client.chat_postMessage(channel="C1", text=str(number)) for number in range(20)]
    stamps = [answer["ts"] for answer in await asyncio.gather(*sent)]
    assert len(set(stamps)) == 20
    assert [one.ts for one in server.shown("C1")] == sorted(stamps)


async def test_a_distributed_app_reads_fifteen_messages_a_minute(server: Slack, client: AsyncWebClient) -> None:
    server.restricted = True
    for number in range(20):
        server.say(str(number), "C1", "U1")
    first = await client.conversations_history(channel="C1", limit=200)
    assert (len(first["messages"]), first["has_more"]) == (15, True)
    assert await call_refused(client, "conversations.history", channel="C1") == "ratelimited"
    server.later(60)
    server.say("Meanwhile", "C1", "U1")
    rest = await client.conversations_history(channel="C1", cursor=first["response_metadata"]["next_cursor"])
    assert [one["text"] for one in rest["messages"]] == ["4", "3", "2", "1", "0"]
    thread = await client.conversations_replies(channel="C1", ts=rest["messages"][0]["ts"], oldest="9999999999")
    assert [one["text"] for one in thread["messages"]] == ["4"], "the parent, whatever the span"


async def test_history_goes_backwards_in_pages_and_tells_metadata_when_asked(
    server: Slack, client: AsyncWebClient
) -> None:
    key = {"event_type": "delivery", "event_payload": {"key": "1"}}
    posts = [await client.chat_postMessage(channel="C1", text=str(n), metadata=key) for n in range(5)]
    stamps = [post["ts"] for post in posts]
    await client.chat_postMessage(channel="C1", text="a reply", thread_ts=stamps[0])
    first = await client.conversations_history(channel="C1", limit=2, oldest=stamps[0], include_all_metadata=True)
    assert [one["ts"] for one in first["messages"]] == [stamps[4], stamps[3]]
    assert first["messages"][0]["metadata"] == key
    more = first["response_metadata"]["next_cursor"]
    rest = await client.conversations_history(channel="C1", limit=2, oldest=stamps[0], cursor=more)
    assert [one["ts"] for one in rest["messages"]] == [stamps[2], stamps[1]]
    assert "metadata" not in rest["messages"][0]
    assert not rest["has_more"]
    thread = await client.conversations_replies(channel="C1", ts=stamps[0])
    assert [one["text"] for one in thread["messages"]] == ["0", "a reply"]
    assert thread["messages"][0]["reply_count"] == 1


async def test_a_whisper_is_seen_by_one_person(server: Slack, client: AsyncWebClient) -> None:
    await client.chat_postEphemeral(channel="C1", user="U1", text="Only you")
    assert [one.plain for one in server.whispers("C1", "U1")] == ["Only you"]
    assert server.shown("C1") == server.whispers("C1", "U2") == []
    assert await call_refused(client, "chat.postEphemeral", channel="C1", user="U2", text="x") == "user_not_in_channel"


async def test_a_conversation_with_a_person_is_opened_or_found(server: Slack, client: AsyncWebClient) -> None:
    address = (await client.conversations_open(users="U1"))["channel"]["id"]
    await client.chat_postMessage(channel=address, text="Hello")
    await client.chat_postMessage(channel="U1", text="again")
    assert [one.plain for one in server.shown("U1")] == ["Hello", "again"]
    assert await call_refused(client, "conversations.open", users="U9") == "user_not_found"


async def test_previews_belong_to_a_link_of_a_message(server: Slack, client: AsyncWebClient) -> None:
    shown = server.say("See https://arxiv.org/abs/2402.00001", "C1", "U1")
    card = {"https://arxiv.org/abs/2402.00001": {"blocks": [section()]}}
    await client.chat_unfurl(channel="C1", ts=shown.ts, unfurls=card)
    assert server.unfurled == [("C1", shown.ts, card)]
    other: dict[str, Any] = {"https://arxiv.org/abs/9": {"blocks": []}}
    assert await call_refused(client, "chat.unfurl", channel="C1", ts=shown.ts, unfurls=other) == "cannot_unfurl_url"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C9", "text": "x"}, "channel_not_found"),
        ({"channel": "C2", "text": "x"}, "not_in_channel"),
        ({"channel": "C3", "text": "x"}, "is_archived"),
        ({"channel": "C4", "text": "x"}, "channel_not_found"),
        ({"channel": "C1"}, "no_text"),
        ({"channel": "C1", "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": "C1", "text": "x", "blocks": "["}, "invalid_blocks_format"),
        ({"channel": "C1", "text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
        ({"text": "x"}, "invalid_arguments"),
    ],
)
async def test_what_can_not_be_posted_is_refused(server: Slack, arguments: dict[str, Any], error: str) -> None:
    server.channel("C2", members=("U1",))
    server.channel("C3", archived=True)
    server.channel("C4", members=("U1",), private=True)
    server.bot("T1", token="xoxb-2", scopes={"chat:write"})
    assert await call_refused(create_client(server, "xoxb-2"), "chat.postMessage", **arguments) == error


async def test_a_message_of_somebody_else_can_not_be_changed(server: Slack, client: AsyncWebClient) -> None:
    ts = server.say("Mine", "C1", "U1").ts
    assert await call_refused(client, "chat.update", channel="C1", ts=ts, text="x") == "cant_update_message"
    assert await call_refused(client, "chat.delete", channel="C1", ts=ts) == "cant_delete_message"
    assert await call_refused(client, "chat.update", channel="C1", ts="1.000000", text="x") == "message_not_found"


# -- tokens, scopes, rates, faults -----------------------------------------------------------------------------------


async def test_tokens_can_be_missing_unknown_dead_or_of_the_wrong_kind(server: Slack) -> None:
    server.bot("T1", token="xoxb-dead")
    server.bot("T1", token="xoxb-old", expires=10)
    server.app_token("xapp-1")
    server.revoke("xoxb-dead")
    server.later(11)
    errors = [
        await call_refused(create_client(server, t), "auth.test") for t in ("", "xoxb-9", "xoxb-dead", "xoxb-old")
    ]
    assert errors == ["not_authed", "invalid_auth", "token_revoked", "token_expired"]
    assert (
        await call_refused(create_client(server, "xapp-1"), "chat.postMessage", channel="C1")
        == "not_allowed_token_type"
    )
    assert await call_refused(create_client(server, "xoxb-1"), "apps.connections.open") == "not_allowed_token_type"


async def test_a_scope_that_is_missing_is_named(server: Slack) -> None:
    server.bot("T1", token="xoxb-2", scopes={"chat:write", "channels:read"})
    small = create_client(server, "xoxb-2")
    with pytest.raises(SlackApiError) as caught:
        await small.users_info(user="U1")
    answer = caught.value.response
    assert (answer["error"], answer["needed"], answer["provided"]) == (
        "missing_scope",
        "users:read",
        "channels:read,chat:write",
    )
    assert await call_refused(small, "conversations.list", types="public_channel,private_channel") == "missing_scope"
    headers = (await small.auth_test()).headers
    assert headers["x-oauth-scopes"] == "channels:read,chat:write"


async def test_an_unknown_method_is_refused(server: Slack, client: AsyncWebClient) -> None:
    assert await call_refused(client, "chat.postMessages") == "unknown_method"


async def test_a_channel_takes_a_message_a_second_after_a_short_burst(server: Slack, client: AsyncWebClient) -> None:
    server.limits = True
    server.channel("C2")
    for _ in range(4):
        await client.chat_postMessage(channel="C1", text="x")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C1", text="x")
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "1")
    await client.chat_postMessage(channel="C2", text="another channel has its own")
    server.later(1)
    await client.chat_postMessage(channel="C1", text="x")


async def test_a_method_has_a_tier(server: Slack, client: AsyncWebClient) -> None:
    server.limits = True
    for _ in range(20):
        await client.conversations_list()
    assert await call_refused(client, "conversations.list") == "ratelimited"
    await client.users_info(user="U1")
    server.later(60)
    await client.conversations_list()


async def test_faults_come_as_often_as_asked_and_where_asked(server: Slack, client: AsyncWebClient) -> None:
    server.fail("chat.postMessage", error="fatal_error", times=2, where=lambda call: call["channel"] == "C1")
    server.channel("C2")
    await client.chat_postMessage(channel="C2", text="x")
    assert [await call_refused(client, "chat.postMessage", channel="C1", text="x") for _ in range(2)] == [
        "fatal_error"
    ] * 2
    await client.chat_postMessage(channel="C1", text="x")
    server.fail("*", status=503)
    with pytest.raises(SlackApiError) as caught:
        await client.auth_test()
    assert caught.value.response.status_code == 503
    server.fail("auth.test", body={"ok": True, "strange": 1})
    assert (await client.auth_test())["strange"] == 1


@pytest.mark.parametrize(("drop", "held"), [("before", 0), ("after", 1)])
async def test_an_answer_can_be_lost_before_or_after_the_work(
    server: Slack, client: AsyncWebClient, drop: str, held: int
) -> None:
    server.fail("chat.postMessage", drop=drop)
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="C1", text="x")
    assert len(server.shown("C1")) == held


async def test_a_call_can_be_held(server: Slack, client: AsyncWebClient) -> None:
    gate = asyncio.Event()
    server.fail("auth.test", until=gate)
    call = asyncio.create_task(client.auth_test())
    assert await server.wait(lambda: server.calls)
    assert not call.done()
    gate.set()
    assert (await call)["user_id"] == "UBOT"


# -- who and what there is -------------------------------------------------------------------------------------------


async def test_channels_are_listed_by_type_and_in_pages(server: Slack, client: AsyncWebClient) -> None:
    server.channel("C2", name="ours", private=True, purpose="Graphs")
    server.channel("C3", name="theirs", members=("U1",), private=True)
    server.channel("C4", name="old", archived=True)
    first = await client.conversations_list(types="public_channel,private_channel", exclude_archived=True, limit=1)
    second = await client.users_conversations(types="private_channel")
    assert [one["id"] for one in first["channels"]] == ["C1"]
    assert first["response_metadata"]["next_cursor"]
    assert [(one["id"], one["purpose"]["value"]) for one in second["channels"]] == [("C2", "Graphs")]
    assert (await client.conversations_members(channel="C1"))["members"] == ["U1", "UBOT"]
    assert await call_refused(client, "conversations.info", channel="C3") == "channel_not_found"
    assert (await client.conversations_info(channel="C1"))["channel"]["is_member"]


async def test_people_and_groups(server: Slack, client: AsyncWebClient) -> None:
    server.person("U2", name="Bo", tz="Asia/Kolkata", admin=True)
    server.group("S1", members=("U2",))
    user = (await client.users_info(user="U2"))["user"]
    assert (user["tz"], user["tz_offset"], user["is_admin"]) == ("Asia/Kolkata", 19_800, True)
    assert (await client.usergroups_users_list(usergroup="S1"))["users"] == ["U2"]
    assert [one["handle"] for one in (await client.usergroups_list())["usergroups"]] == ["leads"]
    assert (await client.team_info())["team"]["domain"] == "acme"


async def test_an_org_wide_installation_names_its_workspace(server: Slack) -> None:
    server.team("T2", enterprise="E1")
    server.team("T3", enterprise="E1")
    server.channel("C3", team="T3", members=("UORG",))
    server.bot("E1", token="xoxb-org", user="UORG")
    org = create_client(server, "xoxb-org")
    who = await org.auth_test()
    assert (who["team_id"], who["is_enterprise_install"]) == ("E1", True)
    assert await call_refused(org, "conversations.list") == "missing_argument"
    assert await call_refused(org, "conversations.list", team_id="T1") == "team_access_not_granted"
    assert [one["id"] for one in (await org.conversations_list(team_id="T3"))["channels"]] == ["C3"]
