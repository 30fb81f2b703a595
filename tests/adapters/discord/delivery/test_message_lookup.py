"""Messages whose fate is unknown, looked up by their key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.common import lookup_window
from adapters.discord.delivery.chat import DiscordChat
from bot.cards.models import Card
from bot.domain.channels import Channel
from bot.errors import Gone, LookupPaused, StoreError, TryLater, Uncertain
from tests.adapters.discord.delivery_harness import (
    DIRECT,
    LONG_AGO,
    PAPERS,
    POST,
    build_chat,
    build_delivery,
    build_digest,
    build_long_digest,
    list_calls,
    now,
    open_rest_client,
)
from tests.fakes import MemoryButtonPayloads
from tests.servers.discord import Discord, rights
from tests.servers.discord.clock import born

LOOK = "GET /channels/{channel_id}/messages"


def talk(server: Discord, lines: int) -> None:
    """Let somebody say so many lines."""
    for number in range(lines):
        server.say(f"Nice, #{number}", "20", "100")


@pytest.fixture
async def chat(server: Discord) -> AsyncIterator[DiscordChat]:
    async with open_rest_client(server) as rest:
        yield build_chat(rest)


async def test_a_message_is_found_among_others(server: Discord, chat: DiscordChat) -> None:
    one = build_delivery()
    identity = await chat.send(one, now())
    for number in range(250):
        server.say(f"Nice, #{number}", "20", "100")
    assert await chat.find_message(one) == identity
    assert list_calls(server).count(LOOK) == 3


async def test_what_was_never_posted_is_surely_not_there(server: Discord, chat: DiscordChat) -> None:
    assert await chat.find_message(build_delivery()) is None
    server.say("Nice", "20", "100")
    assert await chat.find_message(build_delivery()) is None
    await chat.send(build_delivery(), now())
    assert await chat.find_message(build_delivery(part=1)) is None
    assert await chat.find_message(build_delivery(kind="word")) is None


async def test_a_digest_is_found_by_its_select(server: Discord, chat: DiscordChat) -> None:
    one = build_delivery(build_digest(3))
    identity = await chat.send(one, now())
    assert "ref " not in server.shown("20")[0].plain
    assert await chat.find_message(one) == identity


async def test_only_all_parts_together_are_found(server: Discord, chat: DiscordChat) -> None:
    one = build_delivery(build_long_digest())
    identity = await chat.send(one, now())
    assert len(server.shown("20")) == 3
    assert await chat.find_message(one) == identity
    server.drop(server.shown("20")[1])
    assert await chat.find_message(one) is None


async def test_a_reply_is_found_in_its_thread(server: Discord, chat: DiscordChat) -> None:
    parent = await chat.send(build_delivery(), now())
    reply = build_delivery(Card(text="Below"), "reply", parent_message_id=parent, part=1)
    assert await chat.find_message(reply) is None, "there is no thread yet"
    identity = await chat.send(reply, now())
    assert await chat.find_message(reply) == identity
    assert await chat.find_message(build_delivery()) == parent


async def test_a_direct_message_is_found(server: Discord, chat: DiscordChat) -> None:
    one = build_delivery(channel=DIRECT)
    assert await chat.find_message(one) is None
    identity = await chat.send(one, now())
    assert await chat.find_message(one) == identity


async def test_an_edit_is_done_again_rather_than_looked_up(server: Discord, chat: DiscordChat) -> None:
    assert await chat.find_message(build_delivery(operation="edit", parent_message_id="5")) is None
    assert server.calls == []


async def test_only_what_was_said_since_is_looked_at(server: Discord, chat: DiscordChat) -> None:
    identity = await chat.send(build_delivery(), now())
    moment = datetime.fromtimestamp(born(identity), UTC)
    assert await chat.find_message(build_delivery(created_at=moment + timedelta(seconds=59))) == identity
    assert await chat.find_message(build_delivery(created_at=moment + timedelta(seconds=61))) is None


@pytest.mark.parametrize("lines", [65, 500])
async def test_however_much_was_said_since_a_message_is_found(server: Discord, chat: DiscordChat, lines: int) -> None:
    one = build_delivery()
    talk(server, lines)
    server.fail(POST, drop="after")
    with pytest.raises(Uncertain):
        await chat.send(one, now())
    talk(server, lines)
    server.later(server.nonce_seconds)
    identity = await chat.find_message(one)
    assert await chat.send(replace(one, lookup_since=one.created_at), now()) == identity
    assert [shown.id for shown in server.shown("20") if shown.author == "1"] == [identity]


async def test_what_was_said_long_after_an_attempt_is_not_read(server: Discord, chat: DiscordChat) -> None:
    attempted = now()
    one = build_delivery(lookup_since=attempted, attempted_at=attempted)
    identity = await chat.send(replace(one, lookup_since=None), now())
    server.later(600)
    talk(server, 500)
    server.calls.clear()
    assert await chat.find_message(one) == identity
    assert list_calls(server).count(LOOK) == 1


async def test_after_a_restored_backup_all_that_was_said_since_is_read(server: Discord, chat: DiscordChat) -> None:
    talk(server, 500)
    server.later(7_200)
    identity = await chat.send(build_delivery(), now())
    earlier = now() - timedelta(minutes=5)
    one = build_delivery(attempted_at=earlier, lookup_since=earlier + timedelta(minutes=2))
    assert await chat.find_message(one) == identity


async def test_a_look_up_that_has_to_wait_goes_on_where_it_was(server: Discord, chat: DiscordChat) -> None:
    talk(server, 250)
    one = build_delivery(created_at=LONG_AGO)
    identity = await chat.send(one, now())
    server.calls.clear()
    server.fail(LOOK, status=429, retry_after=60, times=2, where=lambda _: list_calls(server).count(LOOK) % 2 == 0)
    for _ in range(2):
        with pytest.raises(LookupPaused) as caught:
            await chat.find_message(one)
        assert caught.value.retry_after == 60
        one = replace(one, lookup_cursor=caught.value.cursor)
    assert await chat.find_message(one) == identity
    assert list_calls(server).count(LOOK) == 5, "three pages, two of which had to wait"


async def test_parts_that_were_found_before_a_pause_are_not_lost(server: Discord, chat: DiscordChat) -> None:
    one = build_delivery(build_long_digest())
    identity = await chat.send(one, now())
    talk(server, 150)
    server.calls.clear()
    server.fail(LOOK, status=429, retry_after=60, where=lambda _: list_calls(server).count(LOOK) == 2)
    with pytest.raises(LookupPaused) as caught:
        await chat.find_message(one)
    assert await chat.find_message(replace(one, lookup_cursor=caught.value.cursor)) == identity


async def test_a_hung_platform_holds_a_look_up_for_a_while_only(
    server: Discord, chat: DiscordChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup_window, "LOOKUP_SECONDS", 0.5)
    one, never = build_delivery(), asyncio.Event()
    identity = await chat.send(one, now())
    talk(server, 150)
    server.calls.clear()
    server.fail(LOOK, until=never, where=lambda _: list_calls(server).count(LOOK) == 2)
    with pytest.raises(LookupPaused) as caught:
        await chat.find_message(one)
    never.set()
    assert await chat.find_message(replace(one, lookup_cursor=caught.value.cursor)) == identity


async def test_somebody_else_who_copies_the_key_is_not_us(server: Discord, chat: DiscordChat) -> None:
    one, digest = build_delivery(), build_delivery(build_digest(3), part=1)
    for each in (one, digest):
        await chat.send(each, now())
    for shown in server.shown("20"):
        server.drop(shown)
        server.say(shown.content, "20", "100", components=shown.components)
    assert await chat.find_message(one) is None
    assert await chat.find_message(digest) is None


async def test_in_direct_messages_what_a_person_copies_is_not_ours(server: Discord, chat: DiscordChat) -> None:
    # There the bot sees everybody's words, unlike in servers.
    one = build_delivery(channel=DIRECT)
    await chat.send(one, now())
    (ours,) = server.direct("100")
    server.drop(ours)
    server.say(ours.content, ours.channel, "100", components=ours.components)
    assert await chat.find_message(one) is None


async def test_of_twins_far_apart_the_older_is_the_one(server: Discord, chat: DiscordChat) -> None:
    first = await chat.send(build_delivery(), now())
    for number in range(150):
        server.say(f"Nice, #{number}", "20", "100")
    server.later(server.nonce_seconds)
    assert await chat.send(build_delivery(), now()) != first
    assert await chat.find_message(build_delivery()) == first


async def test_of_twins_the_older_is_the_one(server: Discord, chat: DiscordChat) -> None:
    first = await chat.send(build_delivery(), now())
    server.later(server.nonce_seconds)
    assert await chat.send(build_delivery(), now()) != first
    assert await chat.find_message(build_delivery()) == first


async def test_a_closed_history_is_not_an_empty_one(server: Discord, chat: DiscordChat) -> None:
    server.channel("20", permissions=rights.VIEW | rights.SEND)
    await chat.send(build_delivery(), now())
    with pytest.raises(Uncertain, match="closed"):
        await chat.find_message(build_delivery())
    server.later(server.nonce_seconds)
    await chat.send(build_delivery(lookup_since=LONG_AGO), now())
    assert len(server.shown("20")) == 2, "the ledger decided that a second one is better than none"


@pytest.mark.parametrize(
    "there", [replace(PAPERS, id="404"), replace(PAPERS, id="24")], ids=["deleted", "not to be seen"]
)
async def test_a_channel_that_is_gone_says_so(server: Discord, chat: DiscordChat, there: Channel) -> None:
    server.channel("24", permissions=0)
    with pytest.raises(Gone) as caught:
        await chat.find_message(build_delivery(channel=there))
    assert not caught.value.installation


async def test_a_history_that_is_busy_is_asked_later(server: Discord, chat: DiscordChat) -> None:
    server.fail(LOOK, status=429, retry_after=60)
    with pytest.raises(TryLater) as caught:
        await chat.find_message(build_delivery())
    assert caught.value.retry_after == 60


async def test_a_database_that_fails_is_asked_later(server: Discord) -> None:
    async def broken(_: Channel) -> None:
        raise StoreError("The disk is full.")

    async with open_rest_client(server) as rest:
        with pytest.raises(TryLater, match="disk is full"):
            await DiscordChat(rest, MemoryButtonPayloads(), style_lookup=broken).find_message(build_delivery())  # type: ignore[arg-type]


async def test_what_was_tried_before_is_looked_up_first(server: Discord, chat: DiscordChat) -> None:
    identity = await chat.send(build_delivery(), now())
    server.later(server.nonce_seconds)
    assert await chat.send(build_delivery(Card(text="Other words"), lookup_since=LONG_AGO), now()) == identity
    assert [shown.content.splitlines()[0] for shown in server.shown("20")] == ["Hello"]
