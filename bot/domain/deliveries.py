"""Delivery keys (idempotency keys) and delivery states of outgoing messages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from bot.domain.channels import Channel

Operation = Literal["post", "reply", "edit"]


@dataclass(frozen=True, slots=True)
class DeliveryKey:
    """What makes a message one message: the idempotency key."""

    channel: Channel
    kind: str
    subject: str
    part: int = 0
    operation: Operation = "post"

    def __str__(self) -> str:
        return "/".join((self.channel.key, self.kind, self.subject, str(self.part), self.operation))


class DeliveryState(StrEnum):
    """Where a message is on its way."""

    PENDING = "pending"
    SENDING = "sending"
    RETRY = "retry"
    UNCERTAIN = "uncertain"
    SENT = "sent"
    DEAD = "dead"
