"""Settling of attempts: what a chat's answer, refusal or silence, or a look-up, means for the message.

::

    PENDING ──claim──▶ SENDING ──▶ SENT
       ▲                  │ ├────▶ RETRY      nothing was posted; later
       └── not before ────┘ ├────▶ UNCERTAIN  look before sending again
                            └────▶ DEAD       never; with the reason

What the platform refuses ends at once, or after eight attempts when nobody knows the refusal; what it does not answer
goes on with growing pauses until the message is too old (`bot.domain.deliveries.get_grace`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.delivery.channel_retirement import ChannelRetirement
from bot.delivery.circuit_breaker import CircuitBreaker
from bot.domain.channels import ChannelKind
from bot.domain.deliveries import LOOKUP_DELAY, AttemptOutcome, DeliveryState
from bot.errors import Gone, Held, LookupPaused, RefusedForNow, TryLater, Uncertain, Unreachable, Unsendable, get_reason
from bot.ports.chat import Delivery
from bot.ports.deliveries import Ledger, Settlement
from bot.reasons.reason import Reason

MAX_ATTEMPTS: Final = 8
"""Refusals after which a message is given up."""
_INITIAL_BACKOFF: Final = timedelta(seconds=2)
_MAX_BACKOFF: Final = timedelta(minutes=5)
_MAX_DOUBLINGS: Final = 10
_LAST_LOOKUP: Final = timedelta(days=1)
"""How long after its time a message is looked up that may have been posted."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settler:
    """Records what came of attempts and look-ups. ``clock`` gives aware UTC."""

    ledger: Ledger
    breaker: CircuitBreaker
    retirement: ChannelRetirement
    clock: Callable[[], datetime]

    async def settle_sent(self, delivery: Delivery, message: str) -> None:
        """Record that a message was posted."""
        await self._settle(delivery, Settlement(DeliveryState.SENT, message=message))
        await self.breaker.record_answer(delivery.key.channel)

    async def settle_error(self, delivery: Delivery, error: Exception) -> None:
        """Record why a message was not posted, or that nobody knows."""
        channel, now = delivery.key.channel, self.clock()
        if not isinstance(error, (TryLater, Gone, Unsendable)):
            return await self._settle_silence(delivery, error)
        if isinstance(error, Unreachable):
            await self._wait(delivery, error, self._compute_backoff(delivery), counted=True)
            return await self.breaker.record_silence(channel, error.reason, now)
        if isinstance(error, TryLater):
            await self._settle_pause(delivery, error)
        else:
            await self._settle_refusal(delivery, error)
        return await self.breaker.record_answer(channel) if not isinstance(error, Held) else None

    async def settle_found(self, delivery: Delivery, message: str | None) -> None:
        """Record what a look-up saw: the message, or that there is none."""
        await self.breaker.record_answer(delivery.key.channel)
        if message is not None:
            found = Settlement(DeliveryState.SENT, AttemptOutcome.FOUND, message, counted=False)
            return await self._settle(delivery, found)
        reason = delivery.reason or Reason("delivery.not_found")
        if delivery.refusals >= MAX_ATTEMPTS:
            return await self._abandon(delivery, AttemptOutcome.ABSENT, reason)
        return await self._send_again(delivery, AttemptOutcome.ABSENT, reason)

    async def settle_lookup_error(self, delivery: Delivery, error: Exception) -> None:
        """Record that a look-up saw nothing: it is made again, unless the platform never tells."""
        if isinstance(error, Gone):
            return await self._settle_refusal(delivery, error, AttemptOutcome.UNKNOWN)
        if isinstance(error, Uncertain):
            return await self._settle_unknown(delivery)
        now, channel = self.clock(), delivery.key.channel
        if delivery.expires is not None and now - delivery.expires > _LAST_LOOKUP:
            unknown = Settlement(DeliveryState.DEAD, AttemptOutcome.UNKNOWN, reason=get_reason(error))
            return await self._settle(delivery, unknown)
        if not isinstance(error, TryLater):
            log.error("Looking for a message failed: %s", delivery.key, exc_info=error)
        if isinstance(error, (LookupPaused, Held)):
            await self.breaker.record_answer(channel)
        pause = timedelta(seconds=error.retry_after) if isinstance(error, TryLater) else self._compute_backoff(delivery)
        cursor = error.cursor if isinstance(error, LookupPaused) else ""
        waiting = Settlement(
            DeliveryState.UNCERTAIN,
            AttemptOutcome.UNKNOWN,
            reason=delivery.reason or get_reason(error),
            not_before=now + pause,
            counted=not isinstance(error, TryLater),
            lookup_cursor=cursor,
        )
        return await self._settle(delivery, waiting)

    async def _settle_silence(self, delivery: Delivery, error: Exception) -> None:
        """Let a message be looked up that may have been posted; a fault of ours is no silence of the platform."""
        now, is_fault = self.clock(), not isinstance(error, Uncertain)
        unknown = Settlement(
            DeliveryState.UNCERTAIN, reason=get_reason(error), not_before=now + LOOKUP_DELAY, is_refusal=is_fault
        )
        await self._settle(delivery, unknown)
        if is_fault:
            return log.error("Sending failed: %s", delivery.key, exc_info=error)
        return await self.breaker.record_silence(delivery.key.channel, get_reason(error), now)

    async def _settle_pause(self, delivery: Delivery, error: TryLater) -> None:
        """Let a message wait that surely was not posted; of refusals that nobody knows there are some at most."""
        channel, now = delivery.key.channel, self.clock()
        if isinstance(error, RefusedForNow) and delivery.refusals + 1 >= MAX_ATTEMPTS:
            return await self._abandon(delivery, AttemptOutcome.REFUSED, error.reason)
        await self._wait(delivery, error, timedelta(seconds=error.retry_after))
        # A direct message needs permissions of its own, which nothing else waits for.
        holds = isinstance(error, Held) and channel.kind is not ChannelKind.DIRECT
        if holds and await self.breaker.hold(channel, error.reason, now):
            log.warning("Messages to %s %s wait: %s", channel.platform, channel.workspace, error.reason)
        return None

    async def _abandon(self, delivery: Delivery, outcome: AttemptOutcome, why: Reason) -> None:
        given_up = Reason("delivery.given_up", attempts=MAX_ATTEMPTS, why=why)
        await self._settle(delivery, Settlement(DeliveryState.DEAD, outcome, reason=given_up))

    async def _wait(self, delivery: Delivery, error: TryLater, pause: timedelta, *, counted: bool = False) -> None:
        later = Settlement(
            DeliveryState.RETRY,
            reason=error.reason,
            not_before=self.clock() + pause,
            counted=counted,
            is_refusal=isinstance(error, RefusedForNow),
            lookup_cursor=error.cursor if isinstance(error, LookupPaused) else "",
        )
        await self._settle(delivery, later)

    async def _settle_refusal(
        self, delivery: Delivery, error: Gone | Unsendable, outcome: AttemptOutcome = AttemptOutcome.REFUSED
    ) -> None:
        if isinstance(error, Unsendable):
            log.error("A message can't be sent: %s", delivery.key, exc_info=error)
        if isinstance(error, Gone):  # first, or the channel's next message would be claimed meanwhile
            await self.retirement.retire(delivery, error, self.clock())
        await self._settle(delivery, Settlement(DeliveryState.DEAD, outcome, reason=error.reason))

    async def _settle_unknown(self, delivery: Delivery) -> None:
        """Decide where the platform can't be asked: a digest is sent again, anything else is left out."""
        is_late = delivery.expires is not None and delivery.expires <= self.clock()
        if delivery.key.kind == "digest" and not is_late:
            log.warning("Sent again without knowing whether it is there: %s", delivery.key)
            return await self._send_again(delivery, AttemptOutcome.RESENT, Reason("delivery.unknown_resent"))
        reason = Reason("delivery.unknown_not_resent")
        return await self._settle(delivery, Settlement(DeliveryState.DEAD, AttemptOutcome.UNKNOWN, reason=reason))

    async def _send_again(self, delivery: Delivery, outcome: AttemptOutcome, reason: Reason) -> None:
        again = Settlement(
            DeliveryState.RETRY,
            outcome,
            reason=reason,
            not_before=self.clock() + self._compute_backoff(delivery),
            counted=False,
        )
        await self._settle(delivery, again)

    async def _settle(self, delivery: Delivery, settlement: Settlement) -> None:
        if not await self.ledger.settle(delivery, settlement, self.clock()):
            log.warning("An answer came late for attempt %d of %s", delivery.attempt, delivery.key)

    @staticmethod
    def _compute_backoff(delivery: Delivery) -> timedelta:
        """Return how long to wait: 2 s, doubling up to 5 minutes."""
        return min(_INITIAL_BACKOFF * (1 << min(delivery.attempts, _MAX_DOUBLINGS)), _MAX_BACKOFF)
