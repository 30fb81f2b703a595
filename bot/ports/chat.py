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

    ``attempt`` is the number of its last claim, which began at ``attempted_at``. With ``lookup_since`` it may have been
    posted since then, and is looked up before it is sent; a look-up that had to pause goes on from ``lookup_cursor``.
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
    attempt: int = 0
    attempted_at: datetime | None = None
    lookup_since: datetime | None = None
    lookup_cursor: str = ""
    refusals: int = 0
    lookups: int = 0
    expires: datetime | None = None


class Chat(Protocol):
    """One platform. Its errors are `bot.errors.SendError` and its four kinds; nothing else may come out."""

    platform: str

    async def send(self, delivery: Delivery, now: datetime) -> str:
        """Post, reply or edit as the delivery's operation says; return the platform's message id."""
        ...

    async def find_message(self, delivery: Delivery) -> str | None:
        """Return the id of the message that carries the delivery's key, or None when there surely is none.

        What was said in the channel before ``lookup_since`` and long after ``attempted_at`` is not read; without these
        everything since ``created_at`` is. Raises `bot.errors.LookupPaused` with a cursor when the platform wants a
        pause, `bot.errors.Uncertain` when it can't be asked.
        """
        ...

    async def run(self) -> None:
        """Serve until cancelled."""
        ...

    async def close(self) -> None:
        """Finish what is in flight and let go of the network."""
        ...
