"""Messages to Discord: discord.py as it is, Discord on loopback."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from adapters.discord.api.errors import get_error_code
from adapters.discord.api.rest import RestClient
from adapters.discord.delivery import chat as delivery_chat
from adapters.discord.delivery.chat import ChannelStyle, DiscordChat
from adapters.discord.rendering import messages
from bot.cards.models import Action, Card, Item
from bot.domain.channels import Channel
from bot.errors import Gone, StoreError, TryLater, Uncertain, Unsendable
from tests.adapters.discord.delivery_harness import (
    DIRECT,
    LONG_AGO,
    PAPERS,
    POST,
    THREAD,
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

HOSTILE = (
    "@everyone @here <@100> <@&30> <#20> </papers:1> <t:0:R> [arXiv](https://evil.example) **bold** ||spoiler|| "
    "`code` # heading\n> quote \u202egnp.exe\u200b https://evil.example/x discord.gg/evil"
)
BELOW = "POST /channels/{channel_id}/messages/{message_id}/threads"
OPEN = "POST /users/@me/channels"
SUPPRESSED = 1 << 2


@pytest.fixture
async def rest(server: Discord) -> AsyncIterator[RestClient]:
    async with open_rest_client(server) as rest:
        yield rest


@pytest.fixture
async def chat(rest: RestClient) -> DiscordChat:
    return build_chat(rest)


def texts(server: Discord, channel: str = "20") -> list[str]:
    return [shown.content.splitlines()[0] for shown in server.shown(channel)]


def titles(server: Discord, channel: str = "20") -> list[str]:
    """Return the papers that a channel shows, in order."""
    return [text for shown in server.shown(channel) for _, text in shown.links if text.startswith("Paper ")]


# -- one message -------------------------------------------------------------------------------------------------------


async def test_a_post_has_its_text_its_nonce_and_no_previews(server: Discord, chat: DiscordChat) -> None:
    identity = await chat.send(build_delivery(Card(text="Hello, papers")), now())
    (shown,) = server.shown("20")
    assert (shown.id, texts(server)) == (identity, ["Hello, papers"])
    assert shown.flags & SUPPRESSED
    assert len(shown.nonce) == 25
    body = server.calls[0].json
    assert body["enforce_nonce"] is True
    assert body["allowed_mentions"] == {"parse": []}


async def test_a_lost_answer_and_the_same_nonce_make_one_message(server: Discord, chat: DiscordChat) -> None:
    server.fail(POST, drop="after")
    with pytest.raises(Uncertain):
        await chat.send(build_delivery(), now())
    await chat.send(build_delivery(), now())
    assert texts(server) == ["Hello"]


async def test_every_message_has_a_nonce_of_its_own(server: Discord, chat: DiscordChat) -> None:
    for number in range(3):
        await chat.send(build_delivery(part=number), now())
    await chat.send(build_delivery(channel=replace(PAPERS, id="20", workspace="11")), now())
    assert len({shown.nonce for shown in server.shown("20")}) == 4


async def test_what_belongs_to_nothing_is_not_sent(server: Discord, chat: DiscordChat) -> None:
    for operation in ("reply", "edit"):
        with pytest.raises(Unsendable):
            await chat.send(build_delivery(operation=operation), now())
    assert server.calls == []


async def test_a_hostile_title_pings_links_and_formats_nothing(server: Discord, chat: DiscordChat) -> None:
    server.role("30", mentionable=True)
    item = Item(HOSTILE, "https://arxiv.org/abs/2511.00001", 1, text=HOSTILE, notes=(HOSTILE,), because=(HOSTILE,))
    card = Card(HOSTILE, HOSTILE, (HOSTILE,), (item,), footer=(HOSTILE,), fallback=HOSTILE)
    parent = await chat.send(build_delivery(card), now())
    await chat.send(build_delivery(card, "reply", parent_message_id=parent, part=1), now())
    await chat.send(build_delivery(card, "edit", parent_message_id=parent, part=2), now())
    for shown in (*server.shown("20"), *server.shown(parent)):
        assert shown.mentions == []
        assert shown.pings == ()
        assert {address for address, _ in shown.links} == {"https://arxiv.org/abs/2511.00001"}
        assert "\u202e" not in shown.plain


async def test_the_data_of_long_buttons_is_kept_before_the_message_is_out(server: Discord, rest: RestClient) -> None:
    class Watched(MemoryButtonPayloads):
        async def save_payloads(self, actions: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
            assert server.shown("20") == []
            await super().save_payloads(actions, now)

    buttons = Watched()
    longish = Action("Follow", "follow", {"topic": "x" * 300})
    await DiscordChat(rest, buttons).send(build_delivery(Card(text="Hello", actions=(longish,))), now())
    assert [held for held in buttons.held.values() if "x" * 300 in str(held)]
    assert any(token in str(server.shown("20")[0].components) for token in buttons.held)


async def test_a_database_that_fails_means_later_and_nothing_is_posted(server: Discord, rest: RestClient) -> None:
    class Full(MemoryButtonPayloads):
        async def save_payloads(self, actions: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
            raise StoreError("The disk is full.")

    longish = Action("Follow", "follow", {"topic": "x" * 300})
    with pytest.raises(TryLater, match="disk is full"):
        await DiscordChat(rest, Full()).send(build_delivery(Card(text="Hello", actions=(longish,))), now())
    assert server.calls == []


async def test_a_card_that_can_not_be_drawn_is_our_own_bug(chat: DiscordChat, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("title")

    monkeypatch.setattr(messages, "render_messages", broken)
    with pytest.raises(Unsendable, match="drawn"):
        await chat.send(build_delivery(), now())


async def test_a_code_that_nobody_knows_is_given_up_after_a_day(server: Discord, chat: DiscordChat) -> None:
    server.fail(POST, code=99999, times=2)
    with pytest.raises(TryLater) as refused:
        await chat.send(build_delivery(created_at=now() - timedelta(hours=23)), now())
    assert get_error_code(refused.value) == 99999
    with pytest.raises(Unsendable, match="99999"):
        await chat.send(build_delivery(created_at=now() - timedelta(hours=25)), now())


@pytest.mark.parametrize("status", [403, 404])
async def test_a_channel_that_is_shut_for_what_nobody_knows_is_asked_once(
    server: Discord, chat: DiscordChat, status: int
) -> None:
    server.fail(POST, code=99999, status=status, times=9)
    with pytest.raises(Gone, match="Discord refuses what is posted there, with the code: 99999"):
        await chat.send(build_delivery(), now())
    assert len(server.calls) == 1


async def test_what_a_shut_thread_refuses_costs_no_channel(server: Discord, chat: DiscordChat) -> None:
    parent = await chat.send(build_delivery(), now())
    server.fail("*", code=99999, status=403, times=9)
    with pytest.raises(Unsendable, match="99999"):
        await chat.send(build_delivery(Card(text="Below"), "reply", parent_message_id=parent, part=1), now())


async def test_a_message_takes_less_time_than_the_ledger_gives_it(
    server: Discord, chat: DiscordChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_chat, "_SEND_TIMEOUT_SECONDS", 0.1)
    let_go = asyncio.Event()
    server.fail(POST, until=let_go)
    with pytest.raises(Uncertain):
        await chat.send(build_delivery(), now())
    let_go.set()


async def test_closing_ends_running_and_the_network(chat: DiscordChat) -> None:
    await chat.send(build_delivery(), now())
    await chat.close()
    await chat.run()
    with pytest.raises(TryLater):
        await chat.send(build_delivery(part=1), now())


# -- several messages --------------------------------------------------------------------------------------------------


async def test_a_long_digest_is_posted_in_order(server: Discord, chat: DiscordChat) -> None:
    identity = await chat.send(build_delivery(build_long_digest()), now())
    assert identity == server.shown("20")[0].id
    assert len(server.shown("20")) == 3
    assert titles(server) == [f"Paper {number}" for number in range(1, 19)]
    assert len({shown.nonce for shown in server.shown("20")}) == 3


@pytest.mark.parametrize(
    "fault",
    [
        {"drop": "before"},
        {"drop": "after"},
        {"status": 503},
        {"status": 429, "retry_after": 300},
        {"code": 20028},
        {"code": 99999},
    ],
    ids=str,
)
@pytest.mark.parametrize("which", [1, 2])
async def test_what_stops_between_two_parts_goes_on_there(
    server: Discord, chat: DiscordChat, fault: dict[str, Any], which: int
) -> None:
    one = build_delivery(build_long_digest())
    server.fail(POST, where=lambda _: len(server.shown("20")) == which, **fault)
    with pytest.raises(Uncertain):
        await chat.send(one, now())
    # So late no nonce is remembered.
    server.later(server.nonce_seconds)
    if await chat.find_message(one) is None:
        await chat.send(replace(one, lookup_since=LONG_AGO), now())
    assert titles(server) == [f"Paper {number}" for number in range(1, 19)]
    assert await chat.find_message(one) == server.shown("20")[0].id
    assert len(server.shown("20")) == 3


async def test_a_first_part_that_was_not_posted_is_simply_later(server: Discord, chat: DiscordChat) -> None:
    server.fail(POST, status=429, retry_after=300)
    with pytest.raises(TryLater):
        await chat.send(build_delivery(build_long_digest()), now())
    assert server.shown("20") == []


# -- edits -------------------------------------------------------------------------------------------------------------


async def test_an_edit_keeps_the_key_and_pings_nobody(server: Discord, rest: RestClient) -> None:
    server.role("30", mentionable=True)
    chat = build_chat(rest, ChannelStyle(role="30"))
    one = build_delivery()
    parent = await chat.send(one, now())
    assert (
        await chat.send(build_delivery(Card(text="Newer"), "edit", parent_message_id=parent, part=1), now()) == parent
    )
    (shown,) = server.shown("20")
    assert shown.edited
    assert "Newer" in shown.content
    assert shown.flags & SUPPRESSED
    assert shown.pings == ("&30",), "that of the post"
    assert await chat.find_message(one) == parent


async def test_an_edit_changes_every_part(server: Discord, chat: DiscordChat) -> None:
    one = build_delivery(build_long_digest())
    parent = await chat.send(one, now())
    for number in range(30):
        server.say(f"Nice, #{number}", "20", "100")
    card = build_long_digest()
    newer = replace(card, items=tuple(replace(item, text=item.text.upper()) for item in card.items))
    assert await chat.send(build_delivery(newer, "edit", parent_message_id=parent, part=1), now()) == parent
    ours = [shown for shown in server.shown("20") if shown.author == "1"]
    assert [shown.edited for shown in ours] == [True] * 3
    assert all("A SENTENCE" in shown.plain for shown in ours)
    assert await chat.find_message(one) == parent


async def test_an_edit_finds_parts_that_came_long_after_the_first(server: Discord, chat: DiscordChat) -> None:
    one, card = build_delivery(build_long_digest()), build_long_digest()
    server.fail(POST, where=lambda _: len(server.shown("20")) == 1, drop="before")
    with pytest.raises(Uncertain):
        await chat.send(one, now())
    for number in range(120):
        server.say(f"Nice, #{number}", "20", "100")
    parent = await chat.send(replace(one, lookup_since=LONG_AGO), now())
    newer = replace(card, items=tuple(replace(item, text=item.text.replace("found", "shown")) for item in card.items))
    await chat.send(build_delivery(newer, "edit", parent_message_id=parent, part=1), now())
    assert [shown.edited for shown in server.shown("20") if shown.author == "1"] == [True] * 3


@pytest.mark.parametrize(("before", "after"), [(3, 60), (18, 3)])
async def test_an_edit_that_would_need_other_messages_changes_nothing(
    server: Discord, chat: DiscordChat, before: int, after: int
) -> None:
    card = build_digest(60, build_long_digest().items[0].text)
    parent = await chat.send(build_delivery(replace(card, items=card.items[:before])), now())
    shown = server.shown("20")
    await chat.send(
        build_delivery(replace(card, items=card.items[:after]), "edit", parent_message_id=parent, part=1), now()
    )
    assert server.shown("20") == shown


@pytest.mark.parametrize("pictures", [True, False])
async def test_an_edit_keeps_the_layout_of_what_is_there(server: Discord, rest: RestClient, *, pictures: bool) -> None:
    """Pictures were switched on, or off, since: no message can be made one with them, or without."""
    parent = await build_chat(rest, ChannelStyle(pictures=pictures)).send(build_delivery(build_digest(3)), now())
    (before,) = server.shown("20")
    newer = replace(build_digest(3), items=tuple(replace(item, votes=500) for item in build_digest(3).items))
    await build_chat(rest, ChannelStyle(pictures=not pictures)).send(
        build_delivery(newer, "edit", parent_message_id=parent, part=1), now()
    )
    (after,) = server.shown("20")
    assert after.flags == before.flags
    assert "500 votes" in after.plain


async def test_an_edit_names_the_role_that_the_post_named(server: Discord, rest: RestClient) -> None:
    server.role("30", mentionable=True)
    parent = await build_chat(rest, ChannelStyle(role="30")).send(build_delivery(build_digest(3)), now())
    await build_chat(rest, ChannelStyle(role="31")).send(
        build_delivery(build_digest(3), "edit", parent_message_id=parent, part=1), now()
    )
    (shown,) = server.shown("20")
    assert shown.content.startswith("<@&30>")
    assert shown.pings == ("&30",), "that of the post"


@pytest.mark.parametrize("count", [9, 15])
async def test_votes_with_more_digits_need_no_further_message(server: Discord, chat: DiscordChat, count: int) -> None:
    """What is full to the brim is cut a little, where nothing is left out."""
    sizes = range(61, 301)
    text = (
        "w "
        * sizes[
            bisect_left(sizes, count // 4, key=lambda n: len(messages.render_messages(build_digest(count, "w " * n))))
            - 1
        ]
    )
    card = build_digest(count, text)
    parent = await chat.send(build_delivery(card), now())
    before = len(server.shown("20"))
    longer = "Votes and more votes since. " * 3
    newer = replace(card, items=tuple(replace(item, votes=9999, text=longer + item.text) for item in card.items))
    assert len(messages.render_messages(newer)) > before, "it would take another one"
    await chat.send(build_delivery(newer, "edit", parent_message_id=parent, part=1), now())
    assert all("9,999 votes" in shown.plain for shown in server.shown("20"))
    assert titles(server) == [f"Paper {number}" for number in range(1, count + 1)]


async def test_an_edit_of_what_is_gone_costs_no_channel(server: Discord, chat: DiscordChat) -> None:
    parent = await chat.send(build_delivery(), now())
    server.drop(server.shown("20")[0])
    with pytest.raises(Unsendable):
        await chat.send(build_delivery(Card(text="Newer"), "edit", parent_message_id=parent, part=1), now())
    theirs = server.say("Hello", "20", "100")
    with pytest.raises(Unsendable):
        await chat.send(build_delivery(Card(text="Newer"), "edit", parent_message_id=theirs.id, part=1), now())


async def test_an_edit_in_an_archived_thread_costs_no_thread(server: Discord, chat: DiscordChat) -> None:
    thread = server.thread("21", parent="20")
    parent = await chat.send(build_delivery(channel=THREAD), now())
    thread.archived = True
    with pytest.raises(Unsendable):
        await chat.send(
            build_delivery(Card(text="Newer"), "edit", channel=THREAD, parent_message_id=parent, part=1), now()
        )
    assert texts(server, "21") == ["Hello"]


async def entry(chat: DiscordChat) -> tuple[str, str]:
    """Post a digest and an entry in the thread below it; return the ids of both."""
    parent = await chat.send(build_delivery(build_digest(3)), now())
    return parent, await chat.send(build_delivery(build_digest(1), "reply", parent_message_id=parent, part=1), now())


async def test_an_edit_of_an_entry_goes_to_the_thread_below(server: Discord, chat: DiscordChat) -> None:
    parent, below = await entry(chat)
    newer = replace(build_digest(1), items=tuple(replace(item, votes=500) for item in build_digest(1).items))
    await chat.send(build_delivery(newer, "edit", parent_message_id=below, root_message_id=parent, part=101), now())
    assert "500 votes" in server.shown(parent)[0].plain
    assert not server.shown("20")[0].edited


async def test_an_entry_whose_thread_was_put_away_keeps_its_votes(server: Discord, chat: DiscordChat) -> None:
    parent, below = await entry(chat)
    await server.archive_thread(parent)
    edit = build_delivery(Card(text="Newer"), "edit", parent_message_id=below, root_message_id=parent, part=101)
    assert await chat.send(edit, now()) == below
    assert not server.shown(parent)[0].edited


async def test_edits_of_old_messages_are_waited_for(server: Discord, chat: DiscordChat) -> None:
    parent = await chat.send(build_delivery(), now())
    server.later(3700)
    server.old_edits, server.old_wait = 0, 60
    with pytest.raises(TryLater) as caught:
        await chat.send(build_delivery(Card(text="Newer"), "edit", parent_message_id=parent, part=1), now())
    assert caught.value.retry_after == 60


# -- replies -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("card", "name"),
    [
        (Card(), "Papers of Tue 24 Nov"),
        (Card(language="fr"), "Articles du mar. 24 nov."),
        (Card("Graphs \u202egnp.exe\u200b"), "Graphs gnp.exe"),
        (Card("\u202e\u200b "), "Papers of Tue 24 Nov"),
        (Card("x" * 300), "x" * 99 + "…"),
    ],
)
async def test_a_thread_is_named_in_plain_words_in_the_channels_language(
    server: Discord, chat: DiscordChat, card: Card, name: str
) -> None:
    parent = await chat.send(build_delivery(), now())
    await chat.send(build_delivery(replace(card, text="Below"), "reply", parent_message_id=parent, part=1), now())
    assert [thread.name for thread in server.threads("20")] == [name]


async def test_replies_open_the_thread_below_a_message_once(server: Discord, chat: DiscordChat) -> None:
    parent = await chat.send(build_delivery(), now())
    for number in (1, 2):
        await chat.send(
            build_delivery(Card(text=f"Below {number}"), "reply", parent_message_id=parent, part=number), now()
        )
    (thread,) = server.threads("20")
    assert thread.id == parent
    assert texts(server, parent) == ["Below 1", "Below 2"]
    assert texts(server) == ["Hello"]
    assert [call.status for call in server.calls if f"POST {call.route}" == BELOW] == [200, 400]


@pytest.mark.parametrize("route", [BELOW, POST])
@pytest.mark.parametrize("drop", ["before", "after"])
async def test_a_reply_whose_answer_was_lost_is_there_once(
    server: Discord, chat: DiscordChat, route: str, drop: str
) -> None:
    parent = await chat.send(build_delivery(), now())
    reply = build_delivery(Card(text="Below"), "reply", parent_message_id=parent, part=1)
    server.fail(route, drop=drop)
    with pytest.raises(Uncertain):
        await chat.send(reply, now())
    server.later(server.nonce_seconds)
    if await chat.find_message(reply) is None:
        await chat.send(replace(reply, lookup_since=LONG_AGO), now())
    assert texts(server, parent) == ["Below"]
    assert len(server.threads("20")) == 1


async def test_a_reply_in_a_thread_refers_to_its_message(server: Discord, chat: DiscordChat) -> None:
    server.thread("21", parent="20")
    parent = await chat.send(build_delivery(channel=THREAD), now())
    await chat.send(
        build_delivery(Card(text="Below"), "reply", channel=THREAD, parent_message_id=parent, part=1), now()
    )
    assert texts(server, "21") == ["Hello", "Below"]
    assert server.calls[-1].json["message_reference"]["message_id"] == parent


async def test_a_reply_in_direct_messages_refers_to_its_message(server: Discord, chat: DiscordChat) -> None:
    parent = await chat.send(build_delivery(channel=DIRECT), now())
    await chat.send(
        build_delivery(Card(text="Below"), "reply", channel=DIRECT, parent_message_id=parent, part=1), now()
    )
    assert [shown.content.splitlines()[0] for shown in server.direct("100")] == ["Hello", "Below"]
    assert server.calls[-1].json["message_reference"]["message_id"] == parent


@pytest.mark.parametrize("lacking", [rights.CREATE_THREADS, rights.SEND_IN_THREADS])
async def test_where_threads_are_not_allowed_the_channel_goes_on(
    server: Discord, chat: DiscordChat, lacking: int
) -> None:
    server.channel("20", permissions=rights.ALL & ~lacking)
    parent = await chat.send(build_delivery(), now())
    with pytest.raises(Unsendable, match="Create Public Threads and Send Messages in Threads"):
        await chat.send(build_delivery(Card(text="Below"), "reply", parent_message_id=parent, part=1), now())


async def test_a_reply_that_may_not_be_said_in_a_thread_of_its_own_stops_that_thread(
    server: Discord, chat: DiscordChat
) -> None:
    server.thread("21", parent="20")
    parent = await chat.send(build_delivery(channel=THREAD), now())
    server.places["20"].permissions = rights.ALL & ~rights.SEND_IN_THREADS
    with pytest.raises(Gone, match="may not post"):
        await chat.send(
            build_delivery(Card(text="Below"), "reply", channel=THREAD, parent_message_id=parent, part=1), now()
        )


@pytest.mark.parametrize("state", ["locked", "deleted"])
async def test_a_thread_that_takes_nothing_costs_no_channel(server: Discord, chat: DiscordChat, state: str) -> None:
    parent = await chat.send(build_delivery(), now())
    await chat.send(build_delivery(Card(text="Below"), "reply", parent_message_id=parent, part=1), now())
    (thread,) = server.threads("20")
    if state == "locked":
        thread.locked, server.places["20"].permissions = True, rights.ALL & ~rights.MANAGE_THREADS
    else:
        server.fail(BELOW, code=160004)
        server.forget(thread)
    with pytest.raises(Unsendable):
        await chat.send(build_delivery(Card(text="Below"), "reply", parent_message_id=parent, part=2), now())


async def test_an_archived_thread_is_opened_by_what_is_said(server: Discord, chat: DiscordChat) -> None:
    parent = await chat.send(build_delivery(), now())
    await chat.send(build_delivery(Card(text="Below"), "reply", parent_message_id=parent, part=1), now())
    server.threads("20")[0].archived = True
    await chat.send(build_delivery(Card(text="Later"), "reply", parent_message_id=parent, part=2), now())
    assert texts(server, parent) == ["Below", "Later"]


async def test_a_reply_to_what_was_deleted_costs_no_channel(server: Discord, chat: DiscordChat) -> None:
    with pytest.raises(Unsendable):
        await chat.send(build_delivery(Card(text="Below"), "reply", parent_message_id="404", part=1), now())


# -- who is notified ---------------------------------------------------------------------------------------------------


async def test_the_chosen_role_is_pinged_once_and_nobody_else(server: Discord, rest: RestClient) -> None:
    for role in ("30", "31"):
        server.role(role, mentionable=True)
    chat = build_chat(rest, ChannelStyle(role="30"))
    card = replace(build_long_digest(), text="@everyone <@&31> <@100>")
    parent = await chat.send(build_delivery(card), now())
    await chat.send(build_delivery(card, "reply", parent_message_id=parent, part=1), now())
    await chat.send(build_delivery(card, "edit", parent_message_id=parent, part=2), now())
    await chat.send(build_delivery(Card(text="No digest today."), kind="word"), now())
    assert [shown.pings for shown in server.shown("20")] == [("&30",), (), (), ()]
    assert [shown.pings for shown in server.shown(parent)] == [()] * 3
    for call in server.calls:
        if call.method in {"POST", "PATCH"} and "content" in call.json:
            assert call.json["allowed_mentions"]["parse"] == []
            assert call.json["allowed_mentions"].get("roles", ["30"]) == ["30"]


# -- pictures ----------------------------------------------------------------------------------------------------------


def illustrated() -> Card:
    card = build_digest(2)
    items = tuple(replace(item, thumbnail=f"https://cdn.example/{item.number}.png") for item in card.items)
    return replace(card, items=items)


async def test_pictures_are_shown_only_where_they_are_wanted_and_say_what_they_show(
    server: Discord, rest: RestClient
) -> None:
    await build_chat(rest).send(build_delivery(illustrated()), now())
    shown = build_delivery(illustrated(), part=1)
    identity = await build_chat(rest, ChannelStyle(pictures=True)).send(shown, now())
    plain, pictured = (str(one.components) for one in server.shown("20"))
    assert "cdn.example" not in plain
    assert "https://cdn.example/1.png" in pictured
    assert "'description': " in pictured
    assert "Paper 1" in server.shown("20")[1].plain
    chat = build_chat(rest, ChannelStyle(pictures=True))
    assert await chat.find_message(shown) == identity
    newer = replace(illustrated(), footer=("99 votes in all",))
    assert await chat.send(build_delivery(newer, "edit", parent_message_id=identity, part=2), now()) == identity
    assert "99 votes in all" in server.shown("20")[1].plain


# -- direct messages ---------------------------------------------------------------------------------------------------


async def test_a_direct_message_finds_its_address_once(server: Discord, chat: DiscordChat) -> None:
    first = await chat.send(build_delivery(channel=DIRECT), now())
    await chat.send(build_delivery(Card(text="Newer"), "edit", channel=DIRECT, parent_message_id=first, part=1), now())
    assert ["Newer" in shown.plain for shown in server.direct("100")] == [True]
    assert list_calls(server).count(OPEN) == 1


async def test_closed_direct_messages_cost_the_direct_channel_only(server: Discord, chat: DiscordChat) -> None:
    server.person("100", dms=False)
    with pytest.raises(Gone, match="direct messages are closed") as caught:
        await chat.send(build_delivery(channel=DIRECT), now())
    assert not caught.value.installation


async def test_somebody_whom_discord_does_not_know_is_gone(server: Discord, chat: DiscordChat) -> None:
    with pytest.raises(Gone) as caught:
        await chat.send(build_delivery(channel=replace(DIRECT, id="404")), now())
    assert not caught.value.installation


async def test_who_shares_no_server_any_more_is_gone(server: Discord, chat: DiscordChat) -> None:
    server.person("100", guilds=())
    with pytest.raises(Gone, match="no server is shared"):
        await chat.send(build_delivery(channel=DIRECT), now())


async def test_an_address_that_can_not_be_asked_for_means_later(server: Discord, chat: DiscordChat) -> None:
    server.fail(OPEN, drop="after")
    with pytest.raises(TryLater):
        await chat.send(build_delivery(channel=DIRECT), now())
    await chat.send(build_delivery(channel=DIRECT), now())
    assert len(server.direct("100")) == 1


# -- channels that are gone --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("permissions", "said"), [(0, "View Channel"), (1 << 10, "may not post")])
async def test_a_lost_permission_is_named(server: Discord, chat: DiscordChat, permissions: int, said: str) -> None:
    server.channel("20", permissions=permissions)
    with pytest.raises(Gone, match=said):
        await chat.send(build_delivery(), now())


async def test_a_deleted_channel_is_gone(server: Discord, chat: DiscordChat) -> None:
    channel = Channel("discord", "10", "404")
    with pytest.raises(Gone):
        await chat.send(build_delivery(channel=channel), now())
