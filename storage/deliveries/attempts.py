"""Attempts to send a message, kept for good: number, begin, end, outcome, reason (table attempts)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import and_, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.deliveries import AttemptOutcome, DeliveryState
from bot.ports.chat import Delivery
from bot.ports.deliveries import Attempt
from bot.reasons.reason import decode_reason
from storage.sql import split_into_chunks
from storage.tables import attempts, deliveries

_LASTING_OUTCOMES: Final = (AttemptOutcome.SENT.value, AttemptOutcome.FOUND.value, AttemptOutcome.RESENT.value)


async def begin_attempts(connection: AsyncConnection, delivery_ids: Sequence[int], now: datetime) -> None:
    """Record the attempts that were just claimed, by the numbers that their messages have now."""
    for chunk in split_into_chunks(delivery_ids):
        began = select(deliveries.c.id, deliveries.c.attempt, literal(now, attempts.c.began.type))
        rows = began.where(deliveries.c.id.in_(chunk))
        await connection.execute(attempts.insert().from_select(["delivery_id", "number", "began"], rows))


async def end_attempt(
    connection: AsyncConnection, delivery: Delivery, outcome: AttemptOutcome, reason: str, now: datetime
) -> None:
    """Record what came of the attempt that a message was claimed for; a late answer takes back nothing."""
    mine = and_(attempts.c.delivery_id == delivery.id, attempts.c.number == delivery.attempt)
    if outcome is AttemptOutcome.LATE:
        mine = and_(mine, attempts.c.outcome.not_in(_LASTING_OUTCOMES))
    values = {"outcome": outcome.value, "ended": func.coalesce(attempts.c.ended, now)}
    # The reason why an answer did not come says more than that the message was found.
    values |= {"reason": reason} if reason else {}
    await connection.execute(update(attempts).where(mine).values(values))


async def end_cut_short_attempts(connection: AsyncConnection, reason: str, now: datetime) -> None:
    """Record that nobody knows what came of the attempts of messages that are in doubt and have none ended."""
    doubtful = select(deliveries.c.id).where(
        deliveries.c.id == attempts.c.delivery_id,
        deliveries.c.attempt == attempts.c.number,
        deliveries.c.state == DeliveryState.UNCERTAIN.value,
    )
    values = {"outcome": AttemptOutcome.UNKNOWN.value, "ended": now, "reason": reason}
    await connection.execute(update(attempts).where(attempts.c.ended.is_(None), doubtful.exists()).values(values))


async def fetch_attempts(connection: AsyncConnection, delivery_ids: Sequence[int]) -> dict[int, list[Attempt]]:
    """Return the attempts of messages by their numbers, oldest first."""
    found: dict[int, list[Attempt]] = {}
    for chunk in split_into_chunks(delivery_ids):
        query = select(attempts).where(attempts.c.delivery_id.in_(chunk)).order_by(attempts.c.number)
        for row in await connection.execute(query):
            outcome = AttemptOutcome(row.outcome) if row.outcome else None
            attempt = Attempt(row.number, row.began, row.ended, outcome, decode_reason(row.reason))
            found.setdefault(row.delivery_id, []).append(attempt)
    return found


async def count_resent_messages(connection: AsyncConnection, since: datetime) -> int:
    """Return how many messages were sent again since without knowing whether they had been posted."""
    resent = and_(attempts.c.outcome == AttemptOutcome.RESENT.value, attempts.c.began >= since)
    return await connection.scalar(select(func.count(attempts.c.delivery_id.distinct())).where(resent)) or 0


async def has_resent_attempt(connection: AsyncConnection, delivery_id: int) -> bool:
    """Tell whether a message was sent again without knowing whether it had been posted."""
    mine = and_(attempts.c.delivery_id == delivery_id, attempts.c.outcome == AttemptOutcome.RESENT.value)
    return await connection.scalar(select(attempts.c.number).where(mine).limit(1)) is not None
