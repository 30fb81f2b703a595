"""Messages to Slack: the real SDK, Slack on loopback."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from adapters.slack.api.client import SlackClient
from adapters.slack.delivery import chat as delivery_chat
from adapters.slack.delivery.chat import SlackChat
from bot.cards.models import Action, Card, Item
from bot.domain.channels import Channel, ChannelKind
from bot.errors import Gone, Held, StoreError, TryLater, Unsendable
from tests.adapters.slack.delivery_harness import NOW, MemoryTokens, build_delivery, open_client
from tests.fakes import MemoryButtonPayloads
from tests.servers.slack import Slack

DIRECT = Channel("slack", "T1", "U1", ChannelKind.DIRECT)
HOSTILE = (
    "<!channel> <!here> <@U1> <#C1> <https://evil.example|arXiv> @everyone *bold* _it_ `code` ~no~ "
    "&lt;!channel&gt; \u202egnp.exe\u200b https://evil.example/x"
)


async def wanted(_: Channel) -> bool:
    return True


def illustrated(*thumbnails: str) -> Card:
    items = tuple(
        Item(f"Paper {number}", f"https://arxiv.org/abs/2511.0000{number}", number, thumbnail=thumbnail)
        for number, thumbnail in enumerate(thumbnails, 1)
    )
    return Card(folio=("Tue 24 Nov",), items=items, fallback="Two papers", tone="digest")


async def test_a_post_has_its_text_its_key_and_no_previews(server: Slack, chat: SlackChat) -> None:
    ts = await chat.send(build_delivery(Card(text="Hello, papers", fallback="Hello")), NOW)
    (shown,) = server.shown("C1")
    assert (shown.ts, shown.text, shown.plain) == (ts, "Hello", "Hello, papers")
    assert not shown.unfurl
    assert shown.metadata == {
        "event_type": "broadsheet_delivery",
        "event_payload": {"key": "slack:T1:C1/digest/2026-11-24/0/post"},
    }


async def test_a_reply_goes_into_the_thread_and_an_edit_keeps_the_key(server: Slack, chat: SlackChat) -> None:
    parent = await chat.send(build_delivery(), NOW)
    await chat.send(build_delivery(Card(text="Below"), "reply", parent=parent), NOW)
    assert await chat.send(build_delivery(Card(text="Newer"), "edit", parent=parent), NOW) == parent
    assert [(one.plain, one.thread, one.edited) for one in server.shown("C1")] == [
        ("Newer", "", True),
        ("Below", parent, False),
    ]
    assert await chat.find_message(build_delivery()) == parent, "an edit does not take the key away"


async def test_what_belongs_to_nothing_is_not_sent(server: Slack, chat: SlackChat) -> None:
    for operation in ("reply", "edit"):
        with pytest.raises(Unsendable):
            await chat.send(build_delivery(operation=operation), NOW)
    assert server.calls == []


async def test_a_hostile_title_mentions_links_and_formats_nothing(server: Slack, chat: SlackChat) -> None:
    item = Item(HOSTILE, "https://arxiv.org/abs/2511.00001", 1, text=HOSTILE, notes=(HOSTILE,), because=(HOSTILE,))
    card = Card(HOSTILE, HOSTILE, (HOSTILE,), (item,), footer=(HOSTILE,), fallback=HOSTILE)
    parent = await chat.send(build_delivery(card), NOW)
    await chat.send(build_delivery(card, "reply", parent=parent), NOW)
    await chat.send(build_delivery(card, "edit", parent=parent), NOW)
    for shown in server.shown("C1"):
        assert shown.mentions == []
        assert {address for address, _ in shown.links} == {"https://arxiv.org/abs/2511.00001"}
        assert "\u202e" not in shown.plain + shown.text
    assert all(call.arguments["parse"] == "none" and call.arguments["link_names"] is False for call in server.calls)


async def test_the_data_of_long_buttons_is_kept_before_the_message_is_out(server: Slack, clients: SlackClient) -> None:
    class Watched(MemoryButtonPayloads):
        async def save_payloads(self, actions: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
            assert server.shown("C1") == []
            await super().save_payloads(actions, now)

    buttons = Watched()
    long = Action("Follow", "follow", {"topic": "x" * 3_000})
    await SlackChat(clients, buttons).send(build_delivery(Card(text="Hello", actions=(long,))), NOW)
    assert [held for held in buttons.held.values() if "x" * 3_000 in str(held)]
    assert any(token in str(server.shown("C1")[0].blocks) for token in buttons.held)


async def test_a_database_that_fails_means_later_and_nothing_is_posted(server: Slack, clients: SlackClient) -> None:
    class Full(MemoryButtonPayloads):
        async def save_payloads(self, actions: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
            raise StoreError("The disk is full.")

    long = Action("Follow", "follow", {"topic": "x" * 3_000})
    with pytest.raises(TryLater, match="disk is full"):
        await SlackChat(clients, Full()).send(build_delivery(Card(text="Hello", actions=(long,))), NOW)
    assert server.calls == []


async def test_a_card_that_can_not_be_drawn_is_our_own_bug(chat: SlackChat, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("title")

    monkeypatch.setattr(delivery_chat, "render_message", broken)
    with pytest.raises(Unsendable, match="drawn"):
        await chat.send(build_delivery(), NOW)


# -- pictures ----------------------------------------------------------------------------------------------------------


async def test_pictures_are_shown_only_where_they_are_wanted(server: Slack, clients: SlackClient) -> None:
    card = illustrated("https://cdn.example/1.png")
    await SlackChat(clients, MemoryButtonPayloads()).send(build_delivery(card), NOW)
    await SlackChat(clients, MemoryButtonPayloads(), wants_pictures=wanted).send(build_delivery(card), NOW)
    assert ["image_url" in str(shown.blocks) for shown in server.shown("C1")] == [False, True]


async def test_a_picture_that_slack_can_not_fetch_does_not_cost_the_message(
    server: Slack, clients: SlackClient
) -> None:
    chat = SlackChat(clients, MemoryButtonPayloads(), wants_pictures=wanted)
    card = illustrated("https://cdn.example/1.png", "https://cdn.example/unfetchable.png")
    ts = await chat.send(build_delivery(card), NOW)
    (shown,) = server.shown("C1")
    assert "image_url" not in str(shown.blocks)
    assert "Paper 1" in shown.plain
    assert "Paper 2" in shown.plain
    assert len(server.calls) == 2
    assert await chat.send(build_delivery(card, "edit", parent=ts), NOW) == ts


async def test_a_message_that_is_wrong_without_pictures_too_is_refused(server: Slack, clients: SlackClient) -> None:
    server.fail("chat.postMessage", error="invalid_blocks", times=5)
    with pytest.raises(Unsendable):
        await SlackChat(clients, MemoryButtonPayloads(), wants_pictures=wanted).send(
            build_delivery(illustrated("https://x.example/1.png")), NOW
        )
    assert len(server.calls) == 2
    with pytest.raises(Unsendable):
        await SlackChat(clients, MemoryButtonPayloads()).send(build_delivery(), NOW)
    assert len(server.calls) == 3


# -- direct messages ---------------------------------------------------------------------------------------------------


async def test_a_direct_message_finds_its_address_once(server: Slack, chat: SlackChat) -> None:
    first = await chat.send(build_delivery(channel=DIRECT), NOW)
    await chat.send(build_delivery(Card(text="Newer"), "edit", channel=DIRECT, parent=first), NOW)
    assert [shown.plain for shown in server.shown("U1")] == ["Newer"]
    assert await chat.find_message(build_delivery(channel=DIRECT)) == first
    assert [call.method for call in server.calls].count("conversations.open") == 1


async def test_somebody_who_left_is_gone_and_nobody_else(server: Slack, chat: SlackChat) -> None:
    with pytest.raises(Gone) as caught:
        await chat.send(build_delivery(channel=replace(DIRECT, id="U404")), NOW)
    assert not caught.value.installation


async def test_a_bot_that_may_not_write_to_people_still_serves_its_channels(server: Slack) -> None:
    server.bot("T1", token="xoxb-small", scopes={"chat:write"})
    async with open_client(server.url, MemoryTokens({"T1": "xoxb-small"})) as clients:
        chat = SlackChat(clients, MemoryButtonPayloads())
        with pytest.raises(Held, match="im:write"):
            await chat.send(build_delivery(channel=DIRECT), NOW)
        await chat.send(build_delivery(), NOW)


async def test_an_address_that_can_not_be_asked_for_means_later(server: Slack, chat: SlackChat) -> None:
    server.fail("conversations.open", drop="after")
    with pytest.raises(TryLater):
        await chat.send(build_delivery(channel=DIRECT), NOW)
    await chat.send(build_delivery(channel=DIRECT), NOW)
    assert len(server.shown("U1")) == 1


async def test_a_code_that_nobody_knows_is_given_up_after_a_day(server: Slack, chat: SlackChat) -> None:
    server.fail("chat.postMessage", error="brand_new_code", times=2)
    with pytest.raises(TryLater):
        await chat.send(build_delivery(created=NOW - timedelta(hours=23)), NOW)
    with pytest.raises(Unsendable, match="brand_new_code"):
        await chat.send(build_delivery(created=NOW - timedelta(hours=25)), NOW)


async def test_closing_ends_running_and_the_network(chat: SlackChat) -> None:
    await chat.send(build_delivery(), NOW)
    await chat.close()
    await chat.run()
