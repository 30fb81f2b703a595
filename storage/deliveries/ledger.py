"""The delivery ledger, an outbox table: claim with a lease, settle, expire, look up uncertain messages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.channels import Channel
from bot.domain.deliveries import LOOKUP_DELAY, AttemptOutcome, DeliveryKey, DeliveryState
from bot.ports.chat import Delivery
from bot.ports.deliveries import ANY_QUEUE, Attempt, ClaimQueue, Draft, Settlement
from bot.reasons.deliveries import INTERRUPTED
from bot.reasons.reason import Reason, encode_reason
from storage.database import Database
from storage.deliveries.attempts import (
    begin_attempts,
    count_resent_messages,
    end_cut_short_attempts,
    fetch_attempts,
)
from storage.deliveries.delivery_queries import (
    EMPTY_CARD,
    WAITING_STATES,
    build_claim_query,
    build_old_cards_query,
    fetch_deliveries,
    match_open,
    match_refreshable,
)
from storage.deliveries.records import DraftBatch, fetch_claimed_papers
from storage.deliveries.settlement import abandon_waiting, build_expired_reason, settle_message
from storage.sql import CHUNK_SIZE, get_or_create_channel_ids, match_channel, split_into_chunks
from storage.tables import OPEN_DELIVERY_CONDITION, channels, deliveries

_OLDEST_FIRST: Final = (deliveries.c.sent, deliveries.c.id)


@dataclass(frozen=True, slots=True)
class LedgerStore:
    """`bot.ports.deliveries.Ledger` on the database."""

    database: Database

    async def add(self, drafts: Sequence[Draft], now: datetime) -> Sequence[Delivery]:
        """Record messages and their claims; leave out what is known or claimed already."""
        if not drafts:
            return []
        async with self.database.begin_write() as connection:
            keys = [key for draft in drafts for key in (draft.key, draft.parent) if key]
            places = await get_or_create_channel_ids(connection, [key.channel for key in keys], now)
            wanted = await _drop_claimed_drafts(connection, drafts, places)
            written = await DraftBatch(connection, places, now).insert_drafts(wanted)
            return await fetch_deliveries(connection, deliveries.c.id.in_(written.values())) if written else []

    async def claim(
        self, now: datetime, lease: datetime, limit: int, queue: ClaimQueue = ANY_QUEUE
    ) -> Sequence[Delivery]:
        """Take messages that may go out now, oldest first, one for each channel."""
        values = {
            "state": DeliveryState.SENDING.value,
            "lease": lease,
            "owner": queue.owner,
            "not_before": now + LOOKUP_DELAY,
            "attempt": deliveries.c.attempt + 1,
            "attempted_at": now,
        }
        async with self.database.begin_write() as connection:
            parameters = {"now": now, "most": limit, "platform": queue.platform, "busy": list(queue.busy_workspaces)}
            rows = await connection.execute(build_claim_query(bool(queue.platform)), parameters)
            ready = [int(row.id) for row in rows]
            for chunk in split_into_chunks(ready):
                await connection.execute(update(deliveries).where(deliveries.c.id.in_(chunk)).values(values))
            await begin_attempts(connection, ready, now)
            return [
                delivery
                for chunk in split_into_chunks(ready)
                for delivery in await fetch_deliveries(connection, deliveries.c.id.in_(chunk))
            ]

    async def settle(self, delivery: Delivery, settlement: Settlement, now: datetime) -> bool:
        """Record what became of an attempt; a dead message takes along what waits for it."""
        async with self.database.begin_write() as connection:
            return await settle_message(connection, delivery, settlement, now)

    async def expire_claims(self, now: datetime, owner: str, in_flight: Collection[int]) -> int:
        """Turn messages that nobody sends any more into uncertain ones."""
        mine = and_(deliveries.c.owner == owner, deliveries.c.id.not_in(in_flight))
        others = and_(deliveries.c.owner != owner, deliveries.c.lease <= now)
        return await self._mark_uncertain(or_(mine, others), now)

    async def release_claims(self, now: datetime, owner: str) -> int:
        """Turn what a dead process left behind into uncertain messages."""
        return await self._mark_uncertain(deliveries.c.owner != owner, now)

    async def _mark_uncertain(self, condition: ColumnElement[bool], now: datetime) -> int:
        """Let claimed messages be looked up; each counts as an attempt."""
        lost = and_(match_open("deliveries"), deliveries.c.state == DeliveryState.SENDING.value, condition)
        values = {
            "state": DeliveryState.UNCERTAIN.value,
            "lease": None,
            "attempts": deliveries.c.attempts + 1,
            "lookup_since": func.coalesce(deliveries.c.lookup_since, deliveries.c.attempted_at),
        }
        async with self.database.begin_write() as connection:
            number = (await connection.execute(update(deliveries).where(lost).values(values))).rowcount
            if number:
                reason = encode_reason(Reason(INTERRUPTED))
                await end_cut_short_attempts(connection, reason, now)
        return number

    async def expire_waiting(self, now: datetime) -> Sequence[Delivery]:
        """Give up messages that wait for longer than they may, some in one transaction."""
        late = and_(match_open("deliveries"), deliveries.c.state.in_(WAITING_STATES), deliveries.c.expires <= now)
        async with self.database.begin_write() as connection:
            waiting = await fetch_deliveries(connection, late, limit=CHUNK_SIZE)
            for delivery in waiting:
                mine, reason = deliveries.c.id == delivery.id, encode_reason(build_expired_reason(delivery))
                await abandon_waiting(connection, mine, reason, AttemptOutcome.DELAYED)
        return waiting

    async def list_attempts(self, delivery: Delivery) -> Sequence[Attempt]:
        """Return the attempts to send a message, oldest first."""
        async with self.database.begin_read() as connection:
            return (await fetch_attempts(connection, [delivery.id])).get(delivery.id, [])

    async def count_resent(self, since: datetime) -> int:
        """Return how many messages were sent again since without knowing whether they had been posted."""
        async with self.database.begin_read() as connection:
            return await count_resent_messages(connection, since)

    async def list_uncertain(self, now: datetime, limit: int, platform: str = "") -> Sequence[Delivery]:
        """Return messages whose fate may be looked up now."""
        doubtful = and_(match_open("deliveries"), deliveries.c.state == DeliveryState.UNCERTAIN.value)
        if platform:
            doubtful = and_(doubtful, deliveries.c.platform == platform)
        async with self.database.begin_read() as connection:
            return await fetch_deliveries(connection, and_(doubtful, deliveries.c.not_before <= now), limit=limit)

    async def find_by_key(self, key: DeliveryKey) -> Delivery | None:
        """Return one message by its key."""
        same = and_(
            match_channel(key.channel),
            deliveries.c.kind == key.kind,
            deliveries.c.subject == key.subject,
            deliveries.c.part == key.part,
            deliveries.c.operation == key.operation,
        )
        async with self.database.begin_read() as connection:
            return next(iter(await fetch_deliveries(connection, same)), None)

    async def find_digest(self, channel: Channel, message: str) -> Delivery | None:
        """Return the digest that was posted as a message, if it is one."""
        digest = and_(match_channel(channel), deliveries.c.kind == "digest", deliveries.c.operation == "post")
        async with self.database.begin_read() as connection:
            found = await fetch_deliveries(connection, and_(digest, deliveries.c.message == message))
            return next(iter(found), None)

    async def count_open(self) -> dict[DeliveryState, int]:
        """Return how many messages are in each state that is not final."""
        query = (
            select(deliveries.c.state, func.count()).where(text(OPEN_DELIVERY_CONDITION)).group_by(deliveries.c.state)
        )
        async with self.database.begin_read() as connection:
            return {DeliveryState(row[0]): row[1] for row in await connection.execute(query)}

    async def count_since(self, channel: Channel, kind: str, since: datetime) -> int:
        """Return how many messages of *kind* were recorded for a channel since."""
        mine = and_(match_channel(channel), deliveries.c.kind == kind, deliveries.c.created >= since)
        query = select(func.count()).join_from(deliveries, channels, channels.c.id == deliveries.c.channel_id)
        async with self.database.begin_read() as connection:
            return await connection.scalar(query.where(mine)) or 0

    async def list_refreshable(self, first: datetime, last: datetime, limit: int, after: int = 0) -> Sequence[Delivery]:
        """Return what shows votes and was sent in the span, oldest first; of one moment, in the order of numbers."""
        async with self.database.begin_read() as connection:
            return await fetch_deliveries(
                connection, match_refreshable(first, last, after), limit=limit, order=_OLDEST_FIRST
            )

    async def clear_old_cards(self, before: datetime) -> int:
        """Empty the cards of old messages, a few in one transaction, so that nobody waits for it."""
        emptied = 0
        old = [0]
        while True:
            async with self.database.begin_read() as connection:
                old = list(await connection.scalars(build_old_cards_query(old[-1], before)))
            if not old:
                return emptied
            async with self.database.begin_write() as connection:
                await connection.execute(update(deliveries).where(deliveries.c.id.in_(old)).values(card=EMPTY_CARD))
            emptied += len(old)


async def _drop_claimed_drafts(
    connection: AsyncConnection, drafts: Sequence[Draft], channel_ids: Mapping[str, int]
) -> Sequence[Draft]:
    """Return the drafts without those of whose papers any is claimed, by a message or by a draft before it."""
    claims = [(channel_ids[draft.key.channel.key], draft.papers) for draft in drafts if draft.papers]
    taken_claims = await fetch_claimed_papers(
        connection, {key for key, _ in claims}, {paper for _, some in claims for paper in some}
    )
    free_drafts = []
    for draft in drafts:
        mine = {(channel_ids[draft.key.channel.key], paper) for paper in draft.papers}
        if not mine & taken_claims:
            free_drafts.append(draft)
            taken_claims |= mine
    return free_drafts
