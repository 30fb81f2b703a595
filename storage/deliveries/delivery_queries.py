"""Queries of the delivery ledger: what may be claimed, what is open, what votes are refreshed of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
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
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cards.models import Card
from bot.domain.deliveries import DeliveryKey, DeliveryState
from bot.ports.chat import Delivery
from bot.reasons.reason import decode_reason
from storage.deliveries.records import decode_card, encode_card
from storage.sql import CHUNK_SIZE, to_channel
from storage.tables import OPEN_DELIVERY_CONDITION, channels, deliveries

_CHANNEL_COLUMNS: Final = ("platform", "workspace", "external_id", "kind", "name")
WAITING_STATES: Final = (DeliveryState.PENDING.value, DeliveryState.RETRY.value)
EMPTY_CARD: Final = encode_card(Card())
_MAX_ROW_ID: Final = 2**63 - 1
"""No message has a number as high as this."""
_IN_FLIGHT_STATES: Final = (DeliveryState.SENDING.value, DeliveryState.UNCERTAIN.value)


def build_old_cards_query(after: int, before: datetime) -> Select[tuple[int]]:
    """Return the query of old messages that have a card and no future, by number.

    Numbers grow with time, so the first message that is not old ends the look: the cards of young ones are not read.
    """
    rest = select(deliveries.c.id).where(deliveries.c.id > after).order_by(deliveries.c.id)
    young = rest.where(deliveries.c.created >= before).limit(1).scalar_subquery()
    done = deliveries.c.state.in_((DeliveryState.SENT.value, DeliveryState.DEAD.value))
    return rest.where(deliveries.c.id < func.coalesce(young, _MAX_ROW_ID), done, deliveries.c.card != EMPTY_CARD).limit(
        CHUNK_SIZE
    )


def match_refreshable(first: datetime, last: datetime, after: int) -> ColumnElement[bool]:
    """Return the condition of digests, what is below them, and lifted papers, sent in a span and after one number.

    Its first words are those of a partial index, which holds the numbers too, so that a page needs no sorting.
    """
    voted = text("deliveries.kind IN ('digest', 'lift') AND deliveries.state = 'sent'")
    posts = and_(voted, deliveries.c.operation.in_(("post", "reply")), deliveries.c.sent.between(first, last))
    if not after:
        return posts
    previous = deliveries.alias("previous")
    place = select(previous.c.sent, previous.c.id).where(previous.c.id == after)
    return and_(posts, tuple_(deliveries.c.sent, deliveries.c.id) > place.scalar_subquery())


def match_open(table: str) -> TextClause:
    """Return the condition of the partial indexes, for a table that is joined under a name."""
    return text(f"{table}.{OPEN_DELIVERY_CONDITION}")


@cache
def build_claim_query(of_one_platform: bool) -> Select[tuple[int]]:  # noqa: FBT001 - what it is cached by
    """Return the query of what may go out "now", "most" of it: the oldest of each channel that has nothing under way.

    Of all platforms, or of "platform" without its "busy" workspaces. It is asked several times a second and written
    once: that takes longer than to answer it.
    """
    now = bindparam("now", type_=deliveries.c.not_before.type)
    earlier, busy = deliveries.alias("earlier"), deliveries.alias("busy")
    in_flight = select(busy.c.id).where(
        busy.c.channel_id == deliveries.c.channel_id, match_open("busy"), busy.c.state.in_(_IN_FLIGHT_STATES)
    )
    first = select(earlier.c.id).where(
        earlier.c.channel_id == deliveries.c.channel_id,
        earlier.c.id < deliveries.c.id,
        match_open("earlier"),
        _match_claimable(earlier, now),
    )
    mine = and_(match_open("deliveries"), _match_claimable(deliveries, now), ~in_flight.exists(), ~first.exists())
    if of_one_platform:
        queue = deliveries.c.platform == bindparam("platform", type_=deliveries.c.platform.type)
        mine = and_(queue, deliveries.c.workspace.not_in(bindparam("busy", expanding=True)), mine)
    return select(deliveries.c.id).where(mine).order_by(deliveries.c.id).limit(bindparam("most", type_=Integer))


def _match_claimable(row: FromClause, now: ColumnElement[datetime]) -> ColumnElement[bool]:
    parent = deliveries.alias()
    sent = select(parent.c.id).where(parent.c.id == row.c.parent_id, parent.c.state == DeliveryState.SENT.value)
    # What was recorded later than now was so before the clock was set back: it has nothing to wait for.
    set_back = and_(row.c.state == DeliveryState.PENDING.value, row.c.created > now, row.c.not_before <= row.c.created)
    in_time = and_(or_(row.c.not_before <= now, set_back), or_(row.c.expires.is_(None), row.c.expires > now))
    return and_(row.c.state.in_(WAITING_STATES), in_time, or_(row.c.parent_id.is_(None), sent.exists()))


async def fetch_deliveries(
    connection: AsyncConnection,
    condition: ColumnElement[bool],
    *,
    limit: int | None = None,
    order: Sequence[ColumnElement[Any]] = (deliveries.c.id,),
) -> list[Delivery]:
    """Return the deliveries that meet a condition, by default in the order of their numbers."""
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
        attempt=row["attempt"],
        attempted_at=row["attempted_at"],
        lookup_since=row["lookup_since"],
        lookup_cursor=row["lookup_cursor"],
        refusals=row["refusals"],
        lookups=row["lookups"],
        expires=row["expires"],
    )
