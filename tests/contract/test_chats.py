"""What every chat must do with what the ledger gives it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest

from adapters.web import render
from adapters.web.chat import WebChat
from adapters.web.events import Feed
from bot.cards import Card, Item
from bot.errors import SendError
from bot.models import Channel, DeliveryKey
from bot.ports.chats import Chat, Delivery
from bot.ports.places import Board, Post
from tests.fakes import FakeChat, MemoryBoard
from tests.stores import open_stores

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script> <!channel> @everyone <@U1> [x](javascript:1) \u202egnp.exe `a` *b*"


@dataclass
class Case:
    """A chat, and how to look at what it shows."""

    chat: Chat
    board: Board
    channel: Channel

    def delivery(
        self,
        text: str = "One",
        subject: str = "2026-11-24",
        part: int = 0,
        operation: Literal["post", "reply", "edit"] = "post",
        parent: str = "",
    ) -> Delivery:
        key = DeliveryKey(self.channel, "digest", subject, part, operation)
        return Delivery(1, key, Card(title=text, items=(Item(text),), fallback=text), parent=parent)

    async def shown(self) -> list[Post]:
        return list(await self.board.latest(self.channel))


@pytest.fixture(params=["fake", "web on memory", "web on the database"])
async def case(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Case]:
    async with AsyncExitStack() as stack:
        if request.param == "fake":
            fake = FakeChat()
            yield Case(fake, fake.board, Channel("fake", "w", "c"))
            return
        board: Any = MemoryBoard()
        if request.param == "web on the database":
            board = (await stack.enter_async_context(open_stores(tmp_path, NOW))).board
        yield Case(WebChat(board, Feed("contract")), board, Channel("web", "local", "papers", name="papers"))


async def test_a_message_is_posted_once(case: Case) -> None:
    message = await case.chat.send(case.delivery(), NOW)
    assert [(str(post.id), post.card.title, post.at) for post in await case.shown()] == [(message, "One", NOW)]


async def test_the_same_key_again_is_the_same_message(case: Case) -> None:
    first = await case.chat.send(case.delivery(), NOW)
    second = await case.chat.send(replace(case.delivery("Other words"), id=2, attempts=1), NOW)
    assert first == second
    assert [post.card.title for post in await case.shown()] == ["One"]


async def test_a_reply_goes_under_its_parent(case: Case) -> None:
    parent = await case.chat.send(case.delivery(), NOW)
    reply = await case.chat.send(case.delivery("Two", part=1, operation="reply", parent=parent), NOW)
    assert reply != parent
    assert [post.parent for post in await case.shown()] == ["", parent]


async def test_an_edit_keeps_the_message(case: Case) -> None:
    parent = await case.chat.send(case.delivery(), NOW)
    assert await case.chat.send(case.delivery("Newer", operation="edit", parent=parent), NOW) == parent
    assert [(str(post.id), post.card.title) for post in await case.shown()] == [(parent, "Newer")]


async def test_an_edit_of_nothing_is_a_send_error(case: Case) -> None:
    for parent in ("4711", "", "nonsense"):
        with pytest.raises(SendError):
            await case.chat.send(case.delivery("Newer", operation="edit", parent=parent), NOW)


async def test_a_message_is_found_by_its_key(case: Case) -> None:
    assert await case.chat.find(case.delivery()) is None
    message = await case.chat.send(case.delivery(), NOW)
    assert await case.chat.find(case.delivery()) == message
    assert await case.chat.find(case.delivery(subject="2026-11-25")) is None
    assert await case.chat.find(case.delivery(part=1)) is None


async def test_parts_stay_in_order(case: Case) -> None:
    for part in range(3):
        await case.chat.send(case.delivery(f"Part {part}", part=part), NOW)
    assert [post.card.title for post in await case.shown()] == ["Part 0", "Part 1", "Part 2"]


async def test_hostile_text_comes_out_inert(case: Case) -> None:
    await case.chat.send(case.delivery(HOSTILE), NOW)
    (post,) = await case.shown()
    assert post.card.title == HOSTILE
    html = render.message(post)
    assert "<script" not in html
    assert "<!channel" not in html
    assert "\u202e" not in html
    assert "href" not in html.replace('href="#', "")


async def test_closing_ends_running(case: Case) -> None:
    await case.chat.close()
    await case.chat.run()
