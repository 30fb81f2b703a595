"""Messages whose fate is unknown, looked up by their key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.slack.api.client import SlackClient
from adapters.slack.delivery.chat import SlackChat
from bot.cards.models import Card
from bot.errors import TryLater, Uncertain
from tests.adapters.slack.delivery_harness import NOW, MemoryTokens, build_delivery, open_client
from tests.fakes import MemoryButtonPayloads
from tests.servers.slack import Slack


async def test_a_message_is_found_among_others(server: Slack, chat: SlackChat) -> None:
    ts = await chat.send(build_delivery(), NOW)
    for number in range(40):
        server.say(f"Nice, #{number}", "C1", "U1")
    assert await chat.find_message(build_delivery()) == ts
    assert [call.method for call in server.calls].count("conversations.history") == 3


async def test_a_reply_is_found_in_its_thread(server: Slack, chat: SlackChat) -> None:
    parent = await chat.send(build_delivery(), NOW)
    reply = build_delivery(Card(text="Below"), "reply", parent=parent)
    assert await chat.find_message(reply) is None
    ts = await chat.send(reply, NOW)
    assert await chat.find_message(reply) == ts
    assert await chat.find_message(build_delivery()) == parent


async def test_only_what_was_said_since_is_looked_at(server: Slack, chat: SlackChat) -> None:
    ts = await chat.send(build_delivery(), NOW)
    moment = datetime.fromtimestamp(float(ts), UTC)
    assert await chat.find_message(build_delivery(created=moment + timedelta(seconds=59))) == ts
    assert await chat.find_message(build_delivery(created=moment + timedelta(seconds=61))) is None


async def test_where_too_much_was_said_nobody_can_tell(server: Slack, chat: SlackChat) -> None:
    await chat.send(build_delivery(), NOW)
    for number in range(61):
        server.say(f"Nice, #{number}", "C1", "U1")
    with pytest.raises(Uncertain):
        await chat.find_message(build_delivery())


async def test_somebody_elses_metadata_is_not_ours(server: Slack, chat: SlackChat, clients: SlackClient) -> None:
    theirs = {"event_type": "other_app", "event_payload": {"key": str(build_delivery().key)}}
    await clients.call("T1", "chat.postMessage", channel="C1", text="Hi", metadata=theirs)
    assert await chat.find_message(build_delivery()) is None


@pytest.mark.parametrize(
    "fault",
    [
        {"error": "missing_scope"},
        {"error": "channel_not_found"},
        {"error": "invalid_limit"},
        {"error": "no_permission"},
    ],
)
async def test_a_history_that_can_not_be_read_is_uncertain(
    server: Slack, chat: SlackChat, fault: dict[str, Any]
) -> None:
    server.fail("conversations.history", **fault)
    with pytest.raises(Uncertain):
        await chat.find_message(build_delivery())


async def test_a_history_that_is_busy_is_asked_later(server: Slack, chat: SlackChat) -> None:
    server.fail("conversations.history", retry_after=60)
    with pytest.raises(TryLater) as caught:
        await chat.find_message(build_delivery())
    assert caught.value.retry_after == 60


async def test_what_was_tried_before_is_looked_up_first(server: Slack, chat: SlackChat) -> None:
    ts = await chat.send(build_delivery(), NOW)
    assert await chat.send(build_delivery(Card(text="Other words"), attempts=1), NOW) == ts
    assert [shown.plain for shown in server.shown("C1")] == ["Hello"]


async def test_what_was_tried_before_is_sent_where_nobody_can_look(server: Slack) -> None:
    server.bot("T1", token="xoxb-small", scopes={"chat:write"})
    async with open_client(server.url, MemoryTokens({"T1": "xoxb-small"})) as clients:
        await SlackChat(clients, MemoryButtonPayloads()).send(build_delivery(attempts=1), NOW)
    assert len(server.shown("C1")) == 1
