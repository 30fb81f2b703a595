"""The delivery ledger, an outbox table: claim with a lease, settle, expire, look up uncertain messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    TextClause,
    and_,
    bindparam,
    func,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cards.models import Card
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey, DeliveryState
from bot.ports.chat import Delivery
from bot.ports.deliveries import Draft
from bot.reasons.reason import Reason, decode_reason, encode_reason
from storage.database import Database
from storage.deliveries.records import DraftBatch, decode_card, encode_card, fetch_claimed_papers
from storage.sql import CHUNK_SIZE, get_or_create_channel_ids, match_channel, split_into_chunks, to_channel
from storage.tables import OPEN_DELIVERY_CONDITION, channels, deliveries

LOOKUP_DELAY: Final = timedelta(seconds=30)
"""How long after its start the fate of an attempt is not looked up: it may still be on its way."""

_CHANNEL_COLUMNS: Final = ("platform", "workspace", "external_id", "kind", "name")
_WAITING_STATES: Final = (DeliveryState.PENDING.value, DeliveryState.RETRY.value)
_EMPTY_CARD: Final = encode_card(Card())
_MAX_ROW_ID: Final = 2**63 - 1
"""No message has a number as high as this."""
_OLDEST_FIRST: Final = (deliveries.c.sent, deliveries.c.id)
_IN_FLIGHT_STATES: Final = (DeliveryState.SENDING.value, DeliveryState.UNCERTAIN.value)


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
            return await _fetch_deliveries(connection, deliveries.c.id.in_(written.values())) if written else []

    async def claim(self, now: datetime, lease: datetime, limit: int) -> Sequence[Delivery]:
        """Take messages that may go out now, oldest first, one for each channel."""
        async with self.database.begin_write() as connection:
            ready = list(await connection.scalars(_build_claim_query(), {"now": now, "most": limit}))
            if not ready:
                return []
            taken = {"state": DeliveryState.SENDING.value, "lease": lease, "not_before": now + LOOKUP_DELAY}
            for chunk in split_into_chunks(ready):
                await connection.execute(update(deliveries).where(deliveries.c.id.in_(chunk)).values(taken))
            return [
                one
                for chunk in split_into_chunks(ready)
                for one in await _fetch_deliveries(connection, deliveries.c.id.in_(chunk))
            ]

    async def settle(
        self,
        delivery: int,
        state: DeliveryState,
        now: datetime,
        *,
        message: str = "",
        reason: Reason | None = None,
        not_before: datetime | None = None,
        counted: bool = True,
    ) -> None:
        """Record what became of a message; a dead one takes along what waits for it."""
        async with self.database.begin_write() as connection:
            gone = await _fetch_retired_reason(connection, delivery) if state in _WAITING_STATES else ""
            state, kept = (DeliveryState.DEAD, gone) if gone else (state, encode_reason(reason))
            values: dict[str, Any] = {
                "state": state.value,
                "reason": kept,
                "lease": None,
                "attempts": deliveries.c.attempts + int(counted),
            }
            if message:
                values["message"] = message
            if state is DeliveryState.SENT:
                values["sent"] = now
            if not_before or state in _WAITING_STATES:
                values["not_before"] = not_before or now
            await connection.execute(update(deliveries).where(deliveries.c.id == delivery).values(values))
            if state is DeliveryState.DEAD:
                await _kill_waiting_children(connection, delivery, kept)

    async def expire_leases(self, now: datetime) -> int:
        """Turn messages whose lease ran out into uncertain ones; each counts as an attempt."""
        lost = and_(
            _match_open("deliveries"), deliveries.c.state == DeliveryState.SENDING.value, deliveries.c.lease <= now
        )
        values = {"state": DeliveryState.UNCERTAIN.value, "lease": None, "attempts": deliveries.c.attempts + 1}
        async with self.database.begin_write() as connection:
            return (await connection.execute(update(deliveries).where(lost).values(values))).rowcount

    async def list_uncertain(self, now: datetime, limit: int) -> Sequence[Delivery]:
        """Return messages whose fate may be looked up now."""
        doubtful = and_(_match_open("deliveries"), deliveries.c.state == DeliveryState.UNCERTAIN.value)
        async with self.database.begin_read() as connection:
            return await _fetch_deliveries(connection, and_(doubtful, deliveries.c.not_before <= now), limit=limit)

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
            return next(iter(await _fetch_deliveries(connection, same)), None)

    async def find_digest(self, channel: Channel, message: str) -> Delivery | None:
        """Return the digest that was posted as a message, if it is one."""
        digest = and_(match_channel(channel), deliveries.c.kind == "digest", deliveries.c.operation == "post")
        async with self.database.begin_read() as connection:
            found = await _fetch_deliveries(connection, and_(digest, deliveries.c.message == message))
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
            return await _fetch_deliveries(
                connection, _match_refreshable(first, last, after), limit=limit, order=_OLDEST_FIRST
            )

    async def clear_old_cards(self, before: datetime) -> int:
        """Empty the cards of old messages, a few in one transaction, so that nobody waits for it."""
        emptied = 0
        old = [0]
        while True:
            async with self.database.begin_read() as connection:
                old = list(await connection.scalars(_build_old_cards_query(old[-1], before)))
            if not old:
                return emptied
            async with self.database.begin_write() as connection:
                await connection.execute(update(deliveries).where(deliveries.c.id.in_(old)).values(card=_EMPTY_CARD))
            emptied += len(old)


def _build_old_cards_query(after: int, before: datetime) -> Select[tuple[int]]:
    """Return the query of old messages that have a card and no future, by number.

    Numbers grow with time, so the first message that is not old ends the look: the cards of young ones are not read.
    """
    rest = select(deliveries.c.id).where(deliveries.c.id > after).order_by(deliveries.c.id)
    young = rest.where(deliveries.c.created >= before).limit(1).scalar_subquery()
    done = deliveries.c.state.in_((DeliveryState.SENT.value, DeliveryState.DEAD.value))
    return rest.where(
        deliveries.c.id < func.coalesce(young, _MAX_ROW_ID), done, deliveries.c.card != _EMPTY_CARD
    ).limit(CHUNK_SIZE)


def _match_refreshable(first: datetime, last: datetime, after: int) -> ColumnElement[bool]:
    """Return the condition of digests, what is below them, and lifted papers, sent in a span and after one number.

    Its first words are those of a partial index, which holds the numbers too, so that a page needs no sorting.
    """
    voted = text("deliveries.kind IN ('digest', 'lift') AND deliveries.state = 'sent'")
    posts = and_(voted, deliveries.c.operation.in_(("post", "reply")), deliveries.c.sent.between(first, last))
    if not after:
        return posts
    known = deliveries.alias("known")
    place = select(known.c.sent, known.c.id).where(known.c.id == after)
    return and_(posts, tuple_(deliveries.c.sent, deliveries.c.id) > place.scalar_subquery())


def _match_open(table: str) -> TextClause:
    """Return the condition of the partial indexes, for a table that is joined under a name."""
    return text(f"{table}.{OPEN_DELIVERY_CONDITION}")


@cache
def _build_claim_query() -> Select[tuple[int]]:
    """Return the query of what may go out "now", "most" of it: the oldest of each channel that has nothing under way.

    It is asked several times a second and written once: that takes longer than to answer it.
    """
    now = bindparam("now", type_=deliveries.c.not_before.type)
    earlier, busy = deliveries.alias("earlier"), deliveries.alias("busy")
    in_flight = select(busy.c.id).where(
        busy.c.channel_id == deliveries.c.channel_id, _match_open("busy"), busy.c.state.in_(_IN_FLIGHT_STATES)
    )
    first = select(earlier.c.id).where(
        earlier.c.channel_id == deliveries.c.channel_id,
        earlier.c.id < deliveries.c.id,
        _match_open("earlier"),
        _match_claimable(earlier, now),
    )
    mine = and_(_match_open("deliveries"), _match_claimable(deliveries, now), ~in_flight.exists(), ~first.exists())
    return select(deliveries.c.id).where(mine).order_by(deliveries.c.id).limit(bindparam("most", type_=Integer))


def _match_claimable(row: FromClause, now: ColumnElement[datetime]) -> ColumnElement[bool]:
    parent = deliveries.alias()
    sent = select(parent.c.id).where(parent.c.id == row.c.parent_id, parent.c.state == DeliveryState.SENT.value)
    return and_(
        row.c.state.in_(_WAITING_STATES), row.c.not_before <= now, or_(row.c.parent_id.is_(None), sent.exists())
    )


async def _fetch_deliveries(
    connection: AsyncConnection,
    condition: ColumnElement[bool],
    *,
    limit: int | None = None,
    order: Sequence[ColumnElement[Any]] = (deliveries.c.id,),
) -> list[Delivery]:
    query = _build_delivery_query().where(condition).order_by(*order).limit(limit)
    return [_to_delivery(row) for row in (await connection.execute(query)).mappings()]


@cache
def _build_delivery_query() -> Select[Any]:
    """Return the query of messages with where they go and what they are below."""
    parent, above = deliveries.alias("parent"), deliveries.alias("above")
    place = (channels.c[name].label(f"at_{name}") for name in _CHANNEL_COLUMNS)
    return (
        select(deliveries, parent.c.message.label("parent"), above.c.message.label("above"), *place)
        .join_from(deliveries, channels, channels.c.id == deliveries.c.channel_id)
        .outerjoin(parent, parent.c.id == deliveries.c.parent_id)
        .outerjoin(above, above.c.id == parent.c.parent_id)
    )


def _to_delivery(row: Mapping[Any, Any]) -> Delivery:
    channel = to_channel({name: row[f"at_{name}"] for name in _CHANNEL_COLUMNS})
    return Delivery(
        id=row["id"],
        key=DeliveryKey(channel, row["kind"], row["subject"], row["part"], row["operation"]),
        card=decode_card(row["card"]),
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        parent_message_id=row["parent"] or "",
        root_message_id=row["above"] or "",
        message_id=row["message"],
        reason=decode_reason(row["reason"]),
        created_at=row["created"],
    )


async def _drop_claimed_drafts(
    connection: AsyncConnection, drafts: Sequence[Draft], channel_ids: Mapping[str, int]
) -> Sequence[Draft]:
    """Return the drafts without those of whose papers any is claimed, by a message or by a draft before it."""
    wanted = [(channel_ids[draft.key.channel.key], draft.papers) for draft in drafts if draft.papers]
    taken = await fetch_claimed_papers(
        connection, {key for key, _ in wanted}, {paper for _, some in wanted for paper in some}
    )
    kept = []
    for draft in drafts:
        mine = {(channel_ids[draft.key.channel.key], paper) for paper in draft.papers}
        if not mine & taken:
            kept.append(draft)
            taken |= mine
    return kept


async def _fetch_retired_reason(connection: AsyncConnection, delivery: int) -> str:
    """Return why the channel of a message takes nothing any more, or ""."""
    query = select(channels.c.retired).join(deliveries, deliveries.c.channel_id == channels.c.id)
    return await connection.scalar(query.where(deliveries.c.id == delivery)) or ""


async def _kill_waiting_children(connection: AsyncConnection, parent_id: int, reason: str) -> None:
    """Give up what waits for a message that will never be sent."""
    parents = [parent_id]
    while parents:
        orphans = and_(deliveries.c.parent_id.in_(parents), deliveries.c.state.in_(_WAITING_STATES))
        statement = update(deliveries).where(orphans).values(state=DeliveryState.DEAD.value, reason=reason)
        parents = list(await connection.scalars(statement.returning(deliveries.c.id)))
