"""The messages of the browser workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.cards.models import Card
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey


@dataclass(frozen=True, slots=True)
class WebMessage:
    """A message that the browser's workspace holds. ``parent_message_id`` is the message it replies to, or empty."""

    id: int
    channel: Channel
    card: Card
    posted_at: datetime
    parent_message_id: str = ""
    edited_at: datetime | None = None


class WebMessages(Protocol):
    """The messages of the browser's workspace, which has no platform to keep them."""

    async def add(self, key: DeliveryKey, card: Card, at: datetime, parent: str = "") -> WebMessage:
        """Keep a message; the same key gives the message that is there already."""
        ...

    async def find_by_key(self, key: DeliveryKey) -> WebMessage | None:
        """Return the message with a key."""
        ...

    async def edit_card(self, message: int, card: Card, at: datetime) -> WebMessage | None:
        """Replace a message's card; None when there is no such message."""
        ...

    async def list_latest(self, channel: Channel, limit: int = 50, before: int | None = None) -> Sequence[WebMessage]:
        """Return a channel's latest messages, oldest first; of those before an id when one is given."""
        ...
