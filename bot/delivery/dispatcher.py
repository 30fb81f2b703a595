"""Outbox dispatcher: claim, send, settle; the one path by which a recorded message reaches a chat.

::

    PENDING ──claim──▶ SENDING ──▶ SENT
       ▲                  │ ├────▶ RETRY      nothing was posted; later
       └── not before ────┘ ├────▶ UNCERTAIN  look before sending again
                            └────▶ DEAD       never; with the reason

A message is claimed in one transaction, sent outside any, and settled in another; a crash in between leaves a lease
that runs out into UNCERTAIN. Nothing else calls `Chat.send`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.delivery import admin_notices
from bot.delivery.admin_notices import AdminNotices
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryState
from bot.errors import Gone, TryLater, Uncertain, Unsendable, get_reason
from bot.ports.chat import Chat, Delivery
from bot.ports.stores import Stores
from bot.ports.workspaces import Directory
from bot.reasons.installations import WORKSPACE_UNAVAILABLE
from bot.reasons.reason import Reason

log = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=90)
"""Three times the longest time-out of a chat's request."""
LOOKUP_DELAY: Final = timedelta(seconds=30)
"""A request in flight and the platform's history settle in this time."""
MAX_ATTEMPTS: Final = 8
MAX_IN_FLIGHT: Final = 16
"""Messages under way. People's commands share the event loop with them, so that many wait for one turn of it."""
_LOOKUP_BATCH: Final = 50
_INITIAL_BACKOFF: Final = timedelta(seconds=2)
_MAX_BACKOFF: Final = timedelta(minutes=15)
_NO_ADAPTER_DELAY: Final = timedelta(minutes=10)
_READER_KINDS: Final = frozenset({"share", "discuss", "lift"})
"""Kinds of messages that readers ask for, in channels that others manage."""


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """Takes messages from the ledger to the chats.

    ``clock`` gives aware UTC, ``directories`` are directories by platform.
    """

    stores: Stores
    chats: Mapping[str, Chat]
    clock: Callable[[], datetime]
    directories: Mapping[str, Directory] = field(default_factory=dict)

    async def dispatch_due(self) -> int:
        """Deliver everything that may go out now; return how many messages were tried."""
        tried, in_flight = 0, set[asyncio.Task[None]]()
        try:
            while True:
                claimed = await self._claim_due(MAX_IN_FLIGHT - len(in_flight))
                tried += len(claimed)
                in_flight |= {asyncio.create_task(self.deliver(delivery)) for delivery in claimed}
                if not in_flight:
                    return tried
                in_flight = await _wait_for_capacity(in_flight, min(MAX_IN_FLIGHT // 2, len(in_flight) - 1))
        except asyncio.CancelledError:
            for task in in_flight:
                task.cancel()
            raise
        finally:
            await asyncio.gather(*in_flight, return_exceptions=True)

    async def deliver(self, delivery: Delivery) -> None:
        """Send one claimed message and settle it.

        What can't be settled stays claimed, for `resolve_uncertain` to look up once the lease has run out.
        """
        try:
            await self._send_and_settle(delivery)
        except Exception:
            log.exception("What became of a message can't be recorded; it will be looked up: %s", delivery.key)

    async def _claim_due(self, limit: int) -> Sequence[Delivery]:
        now = self.clock()
        return await self.stores.ledger.claim(now, now + LEASE, limit)

    async def _send_and_settle(self, delivery: Delivery) -> None:
        chat = self.chats.get(delivery.key.channel.platform)
        if chat is None:
            why = Reason("delivery.no_adapter")
            return await self._schedule_retry(delivery, why, _NO_ADAPTER_DELAY, counted=False)
        try:
            message = await chat.send(delivery, self.clock())
        except TryLater as error:
            delay = timedelta(seconds=error.retry_after)
            return await self._schedule_retry(delivery, error.reason, delay, counted=False)
        except Gone as error:
            return await self._retire_channel(delivery, error)
        except Unsendable as error:
            log.exception("A message can't be sent: %s", delivery.key)
            return await self._settle(delivery, DeliveryState.DEAD, reason=error.reason)
        except Exception as error:
            if not isinstance(error, Uncertain):
                log.exception("Sending failed: %s", delivery.key)
            return await self._settle_uncertain(delivery, get_reason(error))
        return await self._settle(delivery, DeliveryState.SENT, message=message)

    async def resolve_uncertain(self) -> int:
        """Settle what is uncertain: look it up, then send it again or leave it; return how many were looked at."""
        await self.stores.ledger.expire_leases(self.clock())
        doubtful = await self.stores.ledger.list_uncertain(self.clock(), _LOOKUP_BATCH)
        for delivery in doubtful:
            await self._look_up(delivery)
        return len(doubtful)

    async def _look_up(self, delivery: Delivery) -> None:
        chat = self.chats.get(delivery.key.channel.platform)
        if chat is None:
            return
        try:
            message = await chat.find_message(delivery)
        except Gone as error:
            await self._retire_channel(delivery, error)
        except TryLater as error:
            await self._settle_uncertain(delivery, error.reason, timedelta(seconds=error.retry_after), counted=False)
        except Exception as error:
            if not isinstance(error, Uncertain):
                log.exception("Looking for a message failed: %s", delivery.key)
            await self._settle_unknown(delivery)
        else:
            if message is None:
                why = Reason("delivery.not_found")
                await self._schedule_retry(delivery, why, self._compute_backoff(delivery))
            else:
                await self._settle(delivery, DeliveryState.SENT, message=message)

    async def _settle_unknown(self, delivery: Delivery) -> None:
        """Decide where the platform can't be asked: a digest is sent again, an alert is left out."""
        if delivery.key.kind == "digest":
            why = Reason("delivery.unknown_resent")
            await self._schedule_retry(delivery, why, self._compute_backoff(delivery))
        else:
            await self._settle(delivery, DeliveryState.DEAD, reason=Reason("delivery.unknown_not_resent"))

    async def _schedule_retry(
        self, delivery: Delivery, reason: Reason, delay: timedelta, *, counted: bool = True
    ) -> None:
        if delivery.attempts >= MAX_ATTEMPTS:
            given_up = Reason("delivery.given_up", attempts=MAX_ATTEMPTS, why=reason)
            return await self._settle(delivery, DeliveryState.DEAD, reason=given_up)
        return await self.stores.ledger.settle(
            delivery.id,
            DeliveryState.RETRY,
            self.clock(),
            reason=reason,
            not_before=self.clock() + delay,
            counted=counted,
        )

    async def _settle_uncertain(
        self, delivery: Delivery, reason: Reason, delay: timedelta = LOOKUP_DELAY, *, counted: bool = True
    ) -> None:
        now = self.clock()
        await self.stores.ledger.settle(
            delivery.id, DeliveryState.UNCERTAIN, now, reason=reason, not_before=now + delay, counted=counted
        )

    async def _settle(
        self, delivery: Delivery, state: DeliveryState, *, message: str = "", reason: Reason | None = None
    ) -> None:
        await self.stores.ledger.settle(delivery.id, state, self.clock(), message=message, reason=reason)

    async def _retire_channel(self, delivery: Delivery, error: Gone) -> None:
        """Stop posting to a channel, or to its whole workspace, with the reason; tell one person who can repair it.

        What any reader may ask for stops nothing: it may need more than the channel's digest does.
        """
        await self._settle(delivery, DeliveryState.DEAD, reason=error.reason)
        channel = delivery.key.channel
        if error.installation:
            return await self._retire_workspace(channel, Reason(WORKSPACE_UNAVAILABLE, why=error.reason))
        if delivery.key.kind in _READER_KINDS:
            return log.warning("What a reader asked for was refused in %s: %s", channel.key, error.reason)
        stopped = await self.stores.channels.retire(channel, error.reason)
        notifier = AdminNotices(self.stores, self.directories)
        if stopped:
            log.warning("Nothing is posted to %s any more: %s", channel.key, error.reason)
        if delivery.key.kind == admin_notices.NOTICE_KIND:
            return await notifier.forward(delivery, self.clock())
        return await notifier.notify_stopped(channel, error.reason, self.clock()) if stopped else None

    async def _retire_workspace(self, channel: Channel, reason: Reason) -> None:
        """Retire every channel of a workspace at once: each would be refused like the first. Nobody can be told."""
        there = await self.stores.channels.list_for_workspace(channel.platform, channel.workspace)
        stopped = [await self.stores.channels.retire(channel_state.channel, reason) for channel_state in there]
        if any(stopped):
            log.warning("Nothing is posted to %s %s any more: %s", channel.platform, channel.workspace, reason)

    @staticmethod
    def _compute_backoff(delivery: Delivery) -> timedelta:
        """Return how long to wait: 2 s, doubling up to 15 minutes."""
        return min(_INITIAL_BACKOFF * (1 << delivery.attempts), _MAX_BACKOFF)


async def _wait_for_capacity(in_flight: set[asyncio.Task[None]], max_in_flight: int) -> set[asyncio.Task[None]]:
    """Wait until at most *max_in_flight* are still under way; return those."""
    while len(in_flight) > max_in_flight:
        _, in_flight = await asyncio.wait(in_flight, return_when=asyncio.FIRST_COMPLETED)
    return in_flight
