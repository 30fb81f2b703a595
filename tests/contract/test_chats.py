"""What every chat must do with what the ledger gives it, seen with the eyes of a reader.

A case is a chat, a channel and a way to look. Texts are compared as they are drawn, so that a chat with a screen of its
own is held to the same sentences as one that is a platform.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Final

import pytest

from adapters.discord.delivery.chat import DiscordChat
from adapters.slack.delivery.chat import SlackChat
from adapters.web.chat import WebChat
from adapters.web.event_feed import EventFeed
from adapters.web.rendering import messages
from bot.cards.models import Card, Item
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey, Operation
from bot.errors import SendError
from bot.ports.chat import Chat, Delivery
from bot.ports.web_messages import WebMessage, WebMessages
from tests.adapters.discord.delivery_harness import add_server, open_rest_client
from tests.adapters.slack.delivery_harness import PAPERS, add_workspace, open_client
from tests.fakes import FakeChat, MemoryBoard, MemoryButtonPayloads
from tests.servers.discord import Shown as Message
from tests.servers.discord import discord
from tests.servers.slack import Shown, slack
from tests.stores import open_stores

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script> <!channel> @everyone <@U1> [x](javascript:1) \u202egnp.exe `a` *b*"
TEXTS = ("Alpha", "Beta", "Gamma")


@dataclass(frozen=True)
class Seen:
    """One message as a reader sees it.

    ``live`` is what in it can be clicked, pings or formats; ``at`` is when it says it was posted, None where the
    platform puts its own time.
    """

    id: str
    text: str
    parent: str
    live: tuple[str, ...]
    at: datetime | None = None

    @property
    def says(self) -> list[str]:
        """Which of the texts stand in it."""
        return [text for text in TEXTS if text in self.text]


@dataclass(frozen=True)
class Case:
    """A chat, and how to look at what its channel shows, oldest first."""

    chat: Chat
    channel: Channel
    look: Callable[[], Awaitable[Sequence[Seen]]]

    def delivery(
        self,
        text: str = "Alpha",
        subject: str = "2026-11-24",
        part: int = 0,
        operation: Operation = "post",
        parent: str = "",
    ) -> Delivery:
        key = DeliveryKey(self.channel, "digest", subject, part, operation)
        return Delivery(1, key, Card(title=text, items=(Item(text),), fallback=text), parent_message_id=parent)

    async def says(self) -> list[list[str]]:
        """Return which of the texts stand in each message."""
        return [seen.says for seen in await self.look()]


# -- the chats -------------------------------------------------------------------------------------------------------


def on_board(board: WebMessages, channel: Channel) -> Callable[[], Awaitable[Sequence[Seen]]]:
    """Look at a board as the page draws it."""

    async def look() -> Sequence[Seen]:
        return [_drawn(post) for post in await board.list_latest(channel)]

    return look


def _drawn(post: WebMessage) -> Seen:
    html = messages.render_message(post)
    text = unescape(re.sub(r"<[^>]*>", " ", html))
    (stamp,) = re.findall(r'<time datetime="([^"]+)"', html)[:1]
    risks = ("<script", "<!channel", "href=", "onclick=", "onerror=")
    live = tuple(risk for risk in risks if risk in html.replace('href="#', ""))
    return Seen(str(post.id), text, post.parent_message_id, live, datetime.fromisoformat(stamp))


def _read(shown: Shown) -> Seen:
    formats = [words for _, words in shown.formats if words in {"a", "b"}]
    live = (*shown.mentions, *(address for address, _ in shown.links), *formats)
    return Seen(shown.ts, shown.plain, shown.thread, live)


@asynccontextmanager
async def fake(_: Path) -> AsyncIterator[Case]:
    chat, channel = FakeChat(), Channel("fake", "w", "c")
    yield Case(chat, channel, on_board(chat.board, channel))


@asynccontextmanager
async def web_on_memory(_: Path) -> AsyncIterator[Case]:
    board, channel = MemoryBoard(), Channel("web", "local", "papers", name="papers")
    yield Case(WebChat(board, EventFeed("contract")), channel, on_board(board, channel))


@asynccontextmanager
async def web_on_the_database(path: Path) -> AsyncIterator[Case]:
    channel = Channel("web", "local", "papers", name="papers")
    async with open_stores(path, NOW) as stores:
        yield Case(WebChat(stores.web_messages, EventFeed("contract")), channel, on_board(stores.web_messages, channel))


@asynccontextmanager
async def on_slack(_: Path) -> AsyncIterator[Case]:
    async with slack() as server, open_client(server.url) as clients:
        add_workspace(server)

        async def look() -> Sequence[Seen]:
            return [_read(shown) for shown in server.shown(PAPERS.id)]

        yield Case(SlackChat(clients, MemoryButtonPayloads()), PAPERS, look)
        assert server.violations == []


_OURS: Final = frozenset({"#", "###", "-#", "**", "-"})
"""A card's title is a heading of ours, an item without a link is bold or listed, what stands around them is small."""


def _heard(shown: Message, thread: str = "") -> Seen:
    formats = [f"{sign} {words}" for sign, words in shown.formats if sign not in _OURS]
    live = (*shown.pings, *shown.mentions, *(address for address, _ in shown.links), *formats)
    return Seen(shown.id, shown.plain, thread, live)


@asynccontextmanager
async def on_discord(_: Path) -> AsyncIterator[Case]:
    async with discord() as server, open_rest_client(server) as rest:
        channel = add_server(server)

        async def look() -> Sequence[Seen]:
            threads = [place.id for place in server.threads(channel.id)]
            below = [_heard(shown, thread) for thread in threads for shown in server.shown(thread)]
            return [*map(_heard, server.shown(channel.id)), *below]

        yield Case(DiscordChat(rest, MemoryButtonPayloads()), channel, look)
        assert server.violations == []


CHATS: Final[dict[str, Callable[[Path], AbstractAsyncContextManager[Case]]]] = {
    "fake": fake,
    "web on memory": web_on_memory,
    "web on the database": web_on_the_database,
    "slack": on_slack,
    "discord": on_discord,
}


@pytest.fixture(params=list(CHATS))
async def case(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Case]:
    async with CHATS[request.param](tmp_path) as case:
        yield case


# -- what they must do -----------------------------------------------------------------------------------------------


async def test_a_message_is_posted_once(case: Case) -> None:
    message = await case.chat.send(case.delivery(), NOW)
    (seen,) = await case.look()
    assert (seen.id, seen.says, seen.parent) == (message, ["Alpha"], "")
    assert seen.at in (None, NOW)
    assert (seen.at is None) is (case.chat.platform in ("slack", "discord"))


async def test_the_same_key_again_is_the_same_message(case: Case) -> None:
    # By itself, or by looking: the ledger says when a message was tried before.
    first = await case.chat.send(case.delivery(), NOW)
    second = await case.chat.send(replace(case.delivery("Beta"), id=2, attempts=1), NOW)
    assert first == second
    assert await case.says() == [["Alpha"]]


async def test_a_reply_goes_under_its_parent(case: Case) -> None:
    parent = await case.chat.send(case.delivery(), NOW)
    reply = await case.chat.send(case.delivery("Beta", part=1, operation="reply", parent=parent), NOW)
    assert reply != parent
    assert [(seen.id, seen.parent) for seen in await case.look()] == [(parent, ""), (reply, parent)]


async def test_a_reply_again_is_the_same_reply(case: Case) -> None:
    parent = await case.chat.send(case.delivery(), NOW)
    reply = case.delivery("Beta", part=1, operation="reply", parent=parent)
    first = await case.chat.send(reply, NOW)
    assert await case.chat.send(replace(reply, attempts=1), NOW) == first
    assert await case.says() == [["Alpha"], ["Beta"]]


async def test_an_edit_keeps_the_message(case: Case) -> None:
    parent = await case.chat.send(case.delivery(), NOW)
    edit = case.delivery("Beta", operation="edit", parent=parent)
    assert await case.chat.send(edit, NOW) == parent
    assert await case.chat.send(replace(edit, attempts=1), NOW) == parent
    assert [(seen.id, seen.says) for seen in await case.look()] == [(parent, ["Beta"])]


async def test_an_edit_of_nothing_is_a_send_error(case: Case) -> None:
    for parent in ("4711", "", "nonsense"):
        with pytest.raises(SendError):
            await case.chat.send(case.delivery("Beta", operation="edit", parent=parent), NOW)
    assert await case.look() == []


async def test_a_message_is_found_by_its_key(case: Case) -> None:
    assert await case.chat.find_message(case.delivery()) is None
    message = await case.chat.send(case.delivery(), NOW)
    assert await case.chat.find_message(case.delivery()) == message
    assert await case.chat.find_message(case.delivery(subject="2026-11-25")) is None
    assert await case.chat.find_message(case.delivery(part=1)) is None


async def test_a_reply_is_found_by_its_key(case: Case) -> None:
    parent = await case.chat.send(case.delivery(), NOW)
    reply = case.delivery("Beta", part=1, operation="reply", parent=parent)
    assert await case.chat.find_message(reply) is None
    message = await case.chat.send(reply, NOW)
    assert await case.chat.find_message(reply) == message
    assert await case.chat.find_message(case.delivery()) == parent


async def test_parts_stay_in_order(case: Case) -> None:
    for part, text in enumerate(TEXTS):
        await case.chat.send(case.delivery(text, part=part), NOW)
    assert await case.says() == [["Alpha"], ["Beta"], ["Gamma"]]


async def test_hostile_text_comes_out_inert(case: Case) -> None:
    parent = await case.chat.send(case.delivery(HOSTILE), NOW)
    await case.chat.send(case.delivery(HOSTILE, operation="edit", parent=parent), NOW)
    (seen,) = await case.look()
    assert seen.live == ()
    assert "<script>alert(1)</script>" in seen.text, "it is shown, and does nothing"
    assert "[x](javascript:1)" in seen.text
    assert "\u202e" not in seen.text


async def test_closing_ends_running(case: Case) -> None:
    await case.chat.close()
    await case.chat.run()
