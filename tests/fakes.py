"""Fakes of what the ports name: a chat, a board, a list of channels, in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.cards.models import Card
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey
from bot.errors import SendError, Unsendable
from bot.ports.channels import ChannelState
from bot.ports.chat import Delivery
from bot.ports.web_messages import WebMessage


@dataclass
class MemoryBoard:
    """A board without a database."""

    posts: dict[DeliveryKey, WebMessage] = field(default_factory=dict)

    async def add(self, key: DeliveryKey, card: Card, at: datetime, parent: str = "") -> WebMessage:
        return self.posts.setdefault(key, WebMessage(len(self.posts) + 1, key.channel, card, at, parent))

    async def find_by_key(self, key: DeliveryKey) -> WebMessage | None:
        return self.posts.get(key)

    async def edit_card(self, message: int, card: Card, at: datetime) -> WebMessage | None:
        for key, held in self.posts.items():
            if held.id == message:
                self.posts[key] = replace(held, card=card, edited_at=at)
                return self.posts[key]
        return None

    async def list_latest(self, channel: Channel, limit: int = 50, before: int | None = None) -> Sequence[WebMessage]:
        mine = [post for post in self.posts.values() if post.channel.key == channel.key]
        return [post for post in mine if before is None or post.id < before][-limit:]


@dataclass
class FakeChat:
    """A chat that keeps what it is sent; ``faults`` are raised first, one for each attempt."""

    platform: str = "fake"
    board: MemoryBoard = field(default_factory=MemoryBoard)
    faults: list[SendError] = field(default_factory=list)
    closed: bool = False

    async def send(self, delivery: Delivery, now: datetime) -> str:
        if self.faults:
            raise self.faults.pop(0)
        if delivery.key.operation == "edit":
            number = int(delivery.parent_message_id) if delivery.parent_message_id.isdecimal() else 0
            edited = await self.board.edit_card(number, delivery.card, now)
            if edited is None:
                raise Unsendable("There is nothing to edit.")
            return str(edited.id)
        return str((await self.board.add(delivery.key, delivery.card, now, delivery.parent_message_id)).id)

    async def find_message(self, delivery: Delivery) -> str | None:
        post = await self.board.find_by_key(delivery.key)
        return str(post.id) if post else None

    async def run(self) -> None:
        return None

    async def close(self) -> None:
        self.closed = True


@dataclass
class MemoryChannels:
    """Channels that can be listed; the workspace asks for no more."""

    standings: list[ChannelState] = field(default_factory=list)

    async def get(self, channel: Channel) -> ChannelState | None:
        return next((one for one in self.standings if one.channel.key == channel.key), None)

    async def list_for_workspace(self, platform: str, workspace: str) -> Sequence[ChannelState]:
        return [s for s in self.standings if (s.channel.platform, s.channel.workspace) == (platform, workspace)]


@dataclass
class FakeMonotonic:
    """Monotonic seconds that pass only by waiting."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class MemoryButtonPayloads:
    """The arguments of buttons, in memory."""

    held: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    async def save_payloads(self, actions: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
        self.held |= actions

    async def get_payload(self, token: str) -> Mapping[str, Any] | None:
        return self.held.get(token)

    async def delete_older(self, before: datetime) -> int:
        return 0
