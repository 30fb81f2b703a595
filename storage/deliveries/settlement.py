"""Settling a claimed message: the attempt number fences it, and its digest and its claims follow in one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.deliveries import AttemptOutcome, DeliveryState, get_grace
from bot.ports.chat import Delivery
from bot.ports.deliveries import Settlement
from bot.reasons.reason import Reason, encode_reason
from storage.deliveries.attempts import end_attempt
from storage.deliveries.delivery_queries import WAITING_STATES, match_open
from storage.deliveries.digest_outcomes import record_dead_message, record_sent_digest
from storage.tables import channels, deliveries

_OUTCOMES: Final = {
    DeliveryState.SENT: AttemptOutcome.SENT,
    DeliveryState.DEAD: AttemptOutcome.REFUSED,
    DeliveryState.RETRY: AttemptOutcome.DELAYED,
    DeliveryState.UNCERTAIN: AttemptOutcome.UNKNOWN,
}
"""What came of an attempt by where its message went, unless a look-up knows better."""


async def settle_message(
    connection: AsyncConnection, delivery: Delivery, settlement: Settlement, now: datetime
) -> bool:
    """Record what became of an attempt; return False when it came too late to change anything but the log."""
    retired = await _fetch_retired_reason(connection, delivery.id) if settlement.state in WAITING_STATES else ""
    state = DeliveryState.DEAD if retired else settlement.state
    reason = retired or encode_reason(settlement.reason)
    outcome = settlement.outcome or _OUTCOMES.get(settlement.state, AttemptOutcome.UNKNOWN)
    mine = and_(deliveries.c.id == delivery.id, deliveries.c.attempt == delivery.attempt, match_open("deliveries"))
    values = _build_values(settlement, state, reason, now)
    row = (await connection.execute(update(deliveries).where(mine).values(values).returning(deliveries))).one_or_none()
    if row is None:
        await end_attempt(connection, delivery, AttemptOutcome.LATE, reason, now)
        return False
    await end_attempt(connection, delivery, outcome, reason, now)
    if state is DeliveryState.SENT:
        await record_sent_digest(connection, row, now)
    if state is DeliveryState.DEAD:
        await record_dead_message(connection, row, outcome, reason)
        await abandon_waiting(connection, deliveries.c.parent_id == delivery.id, reason, outcome)
    return True


async def abandon_waiting(
    connection: AsyncConnection, condition: ColumnElement[bool], reason: str, outcome: AttemptOutcome
) -> list[int]:
    """Give up messages that wait, and what waits for them; return their numbers."""
    ended: list[int] = []
    while True:
        waiting = update(deliveries).where(condition, deliveries.c.state.in_(WAITING_STATES))
        values = {"state": DeliveryState.DEAD.value, "reason": reason}
        rows = (await connection.execute(waiting.values(values).returning(deliveries))).all()
        for row in rows:
            await record_dead_message(connection, row, outcome, reason)
        if not rows:
            return ended
        ended += [row.id for row in rows]
        condition = deliveries.c.parent_id.in_([row.id for row in rows])


def _build_values(settlement: Settlement, state: DeliveryState, reason: str, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {
        "state": state.value,
        "reason": reason,
        "lease": None,
        "attempts": deliveries.c.attempts + int(settlement.counted),
        "refusals": deliveries.c.refusals + int(settlement.is_refusal),
        "lookup_cursor": settlement.lookup_cursor,
    }
    if settlement.outcome in {AttemptOutcome.FOUND, AttemptOutcome.ABSENT, AttemptOutcome.RESENT}:
        values["lookups"] = deliveries.c.lookups + 1
    if state is DeliveryState.UNCERTAIN:
        values["lookup_since"] = func.coalesce(deliveries.c.lookup_since, deliveries.c.attempted_at)
    if settlement.message:
        values["message"] = settlement.message
    if state is DeliveryState.SENT:
        values["sent"] = now
    if settlement.not_before or state.value in WAITING_STATES:
        values["not_before"] = settlement.not_before or now
    return values


def build_expired_reason(delivery: Delivery) -> Reason:
    """Return why a message is given up that waited for as long as it may."""
    hours = round(get_grace(delivery.key.kind) / timedelta(hours=1))
    return Reason("delivery.expired", n=hours, why=delivery.reason or Reason("delivery.not_tried"))


async def _fetch_retired_reason(connection: AsyncConnection, delivery: int) -> str:
    """Return why the channel of a message takes nothing any more, or ""."""
    query = select(channels.c.retired).join(deliveries, deliveries.c.channel_id == channels.c.id)
    return await connection.scalar(query.where(deliveries.c.id == delivery)) or ""
