"""Outbox dispatcher: claim, send, settle; the one path by which a recorded message reaches a chat.

A message is claimed in one transaction, sent outside any, and settled in another (`bot.delivery.settling` draws its
states); a crash in between leaves a claim that the next start turns into a look-up. Each platform has its own slots,
and each workspace a part of them, so that one that hangs holds up no other. Nothing else calls `Chat.send`.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from bot.delivery.channel_retirement import ChannelRetirement
from bot.delivery.circuit_breaker import CircuitBreaker
from bot.delivery.settling import Settler
from bot.errors import TryLater, create_reference
from bot.logs import use_log_fields
from bot.ports.chat import Chat, Delivery
from bot.ports.deliveries import ClaimQueue
from bot.ports.stores import Stores
from bot.ports.workspaces import Directory
from bot.reasons.reason import Reason

LEASE: Final = timedelta(seconds=90)
"""Three times the longest time-out of a chat's request."""
PLATFORM_SLOTS: Final = 32
"""Messages of a platform under way. People's commands share the event loop with them, so that many wait their turn."""
WORKSPACE_SLOTS: Final = 8
"""Messages under way from which on nothing more is claimed for a workspace: others are to have slots if it hangs."""
MAX_LOOKUPS: Final = 8
"""Look-ups of a platform at once."""
LOOKUP_TIMEOUT: Final = 90.0
"""Seconds after which a look-up is given up for now; chats have shorter time-outs of their own."""
_LOOKUP_BATCH: Final = 50
_MAX_WAIT: Final = 1.0

log = logging.getLogger(__name__)


class Dispatcher:
    """Takes messages from the ledger to the chats.

    ``clock`` gives aware UTC, ``directories`` are directories by platform. What this process claims is marked by an
    owner's name of its own.
    """

    def __init__(
        self,
        stores: Stores,
        chats: Mapping[str, Chat],
        clock: Callable[[], datetime],
        directories: Mapping[str, Directory] | None = None,
    ) -> None:
        self.chats = chats
        self._stores, self._clock, self._owner = stores, clock, create_reference()
        self._breaker = CircuitBreaker(stores.circuits)
        retirement = ChannelRetirement(stores, directories or {})
        self._settler = Settler(stores.ledger, self._breaker, retirement, clock)
        self._in_flight: dict[int, Delivery] = {}

    async def recover(self) -> int:
        """Take over from a process that died: what it was sending is looked up; return how many messages.

        The caller knows that no other process works on this database.
        """
        await self._breaker.load()
        return await self._stores.ledger.release_claims(self._clock(), self._owner)

    async def dispatch_due(self, platform: str = "") -> int:
        """Deliver everything that may go out now, of one platform or of all; return how many messages were tried."""
        if not platform:
            return sum(await asyncio.gather(*(self.dispatch_due(name) for name in self.chats)))
        tried, tasks = 0, set[asyncio.Task[None]]()
        try:
            while True:
                claimed = await self._claim_due(platform, PLATFORM_SLOTS - len(tasks))
                tried += len(claimed)
                tasks |= {self._start_delivery(delivery) for delivery in claimed}
                if claimed and len(tasks) < PLATFORM_SLOTS:
                    continue
                if not tasks:
                    return tried
                tasks = await _wait_for_capacity(tasks, min(PLATFORM_SLOTS - WORKSPACE_SLOTS, len(tasks) - 1))
        except asyncio.CancelledError:
            for task in tasks:
                task.cancel()
            raise
        finally:
            await asyncio.gather(*tasks, return_exceptions=True)

    def _start_delivery(self, delivery: Delivery) -> asyncio.Task[None]:
        """Send one claimed message in a task; it is in flight until that ends, also when it never begins."""
        self._in_flight[delivery.id] = delivery
        task = asyncio.create_task(self._deliver(delivery))
        task.add_done_callback(lambda _: self._in_flight.pop(delivery.id, None))
        return task

    async def _deliver(self, delivery: Delivery) -> None:
        """Send one claimed message and settle it.

        What can't be settled stays claimed, for `expire_overdue` to put in doubt once nobody sends it any more.
        """
        try:
            with use_log_fields(delivery=str(delivery.key)):
                await self._send(delivery)
        except Exception:
            log.exception("What became of a message can't be recorded; it will be looked up: %s", delivery.key)

    async def expire_overdue(self) -> None:
        """Put in doubt what nobody sends any more, and give up what waits for longer than it may."""
        await self._stores.ledger.expire_claims(self._clock(), self._owner, tuple(self._in_flight))
        while late := await self._stores.ledger.expire_waiting(self._clock()):
            log.warning("%d messages were given up: they could not be posted in time", len(late))

    async def resolve_uncertain(self, platform: str = "") -> int:
        """Settle what is uncertain: look it up, then send it again or leave it; return how many were looked at."""
        doubtful = await self._stores.ledger.list_uncertain(self._clock(), _LOOKUP_BATCH, platform)
        slots = asyncio.Semaphore(MAX_LOOKUPS)
        await asyncio.gather(*(self._look_up(delivery, slots) for delivery in doubtful))
        return len(doubtful)

    async def _claim_due(self, platform: str, free: int) -> Sequence[Delivery]:
        """Claim a few messages at a time, so that no workspace gets all the slots."""
        now = self._clock()
        openings = await self._breaker.find_openings(platform, free, now)
        channels = [delivery.key.channel for delivery in self._in_flight.values()]
        under_way = Counter(channel.workspace for channel in channels if channel.platform == platform)
        if openings.limit == 1 and under_way:  # a platform that is being tried
            return []
        full = {workspace for workspace, number in under_way.items() if number >= WORKSPACE_SLOTS}
        busy = {*full, *openings.closed_workspaces, *(openings.trial_workspaces & under_way.keys())}
        limit = min(openings.limit, WORKSPACE_SLOTS)
        if limit <= 0:
            return []
        queue = ClaimQueue(platform, tuple(busy), self._owner)
        return await self._stores.ledger.claim(now, now + LEASE, limit, queue)

    async def _send(self, delivery: Delivery) -> None:
        chat = self.chats.get(delivery.key.channel.platform)
        if chat is None:
            unknown = TryLater(Reason("delivery.no_adapter"), timedelta(minutes=10).total_seconds())
            return await self._settler.settle_error(delivery, unknown)
        try:
            message = await chat.send(delivery, self._clock())
        except Exception as error:  # noqa: BLE001 - the settler knows each kind, and logs those of nobody
            return await self._settler.settle_error(delivery, error)
        return await self._settler.settle_sent(delivery, message)

    async def _look_up(self, delivery: Delivery, slots: asyncio.Semaphore) -> None:
        chat = self.chats.get(delivery.key.channel.platform)
        if chat is None:
            return
        async with slots:
            try:
                async with asyncio.timeout(LOOKUP_TIMEOUT):
                    message = await chat.find_message(delivery)
            except Exception as error:  # noqa: BLE001 - as above
                await self._settler.settle_lookup_error(delivery, error)
            else:
                await self._settler.settle_found(delivery, message)


async def _wait_for_capacity(tasks: set[asyncio.Task[None]], max_in_flight: int) -> set[asyncio.Task[None]]:
    """Wait until at most *max_in_flight* are still under way, but for a second at most; return those.

    What became due meanwhile may be for a workspace that answers, while those under way are for one that hangs.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(_MAX_WAIT):
            while len(tasks) > max_in_flight:
                _, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    return {task for task in tasks if not task.done()}
