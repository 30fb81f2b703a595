"""Delivery keys (idempotency keys) and delivery states of outgoing messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final, Literal

from bot.domain.channels import Channel

Operation = Literal["post", "reply", "edit"]

DIGEST_GRACE: Final = timedelta(hours=6)
"""How late a digest may be posted; after it the next one has its papers."""
MESSAGE_GRACE: Final = timedelta(days=2)
"""How late any other message may be posted."""
LOOKUP_DELAY: Final = timedelta(seconds=30)
"""How long after an attempt its fate is not looked up: a request in flight and the platform's history settle in it."""


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


class AttemptOutcome(StrEnum):
    """What came of one attempt to send a message."""

    SENT = "sent"
    DELAYED = "delayed"
    """Surely not posted; the platform asked for a pause or could not be reached."""
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """No answer: it may have been posted."""
    FOUND = "found"
    """No answer came, and it was found where it belongs."""
    ABSENT = "absent"
    """No answer came, and it was not there."""
    RESENT = "resent"
    """No answer came and the platform can't be asked: sent again without knowing."""
    LATE = "late"
    """An answer came when a later attempt was under way."""


def get_grace(kind: str) -> timedelta:
    """Return how late a message of *kind* may still be posted."""
    return DIGEST_GRACE if kind == "digest" else MESSAGE_GRACE
