"""The Chat port: send a delivery (post, reply or edit), or look a message up by its delivery key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.cards.models import Card
from bot.domain.deliveries import DeliveryKey, DeliveryState
from bot.reasons.reason import Reason


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message of the ledger.

    ``parent_message_id`` is the platform's id of the message that it replies to or edits; ``root_message_id`` is that
    of the message to which the parent itself is a reply, if it is one.
    """

    id: int
    key: DeliveryKey
    card: Card
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    parent_message_id: str = ""
    root_message_id: str = ""
    message_id: str = ""
    reason: Reason | None = None
    created_at: datetime | None = None


class Chat(Protocol):
    """One platform. Its errors are `bot.errors.SendError` and its four kinds; nothing else may come out."""

    platform: str

    async def send(self, delivery: Delivery, now: datetime) -> str:
        """Post, reply or edit as the delivery's operation says; return the platform's message id."""
        ...

    async def find_message(self, delivery: Delivery) -> str | None:
        """Return the id of the message that carries the delivery's key, or None when there surely is none.

        Raises `bot.errors.Uncertain` when the platform can't be asked.
        """
        ...

    async def run(self) -> None:
        """Serve until cancelled."""
        ...

    async def close(self) -> None:
        """Finish what is in flight and let go of the network."""
        ...
