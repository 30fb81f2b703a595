"""A digest is what its first message is: posted with it, given up with it and its claims (table digests)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.deliveries import AttemptOutcome, DeliveryState
from storage.deliveries.attempts import has_resent_attempt
from storage.tables import coverage, deliveries, digests, postings

_UNPOSTED_STATES = ("planned", "refused", "failed")


async def record_sent_digest(connection: AsyncConnection, delivery: Any, now: datetime) -> None:
    """Let the digest of a message that was posted be posted; duplicated where an attempt before may be there too."""
    if not _is_digest_post(delivery):
        return
    state = "duplicated" if await has_resent_attempt(connection, delivery.id) else "posted"
    unposted = and_(_match_digest(delivery), digests.c.state.in_(_UNPOSTED_STATES))
    values = {"state": state, "reason": "", "at": now}
    await connection.execute(update(digests).where(unposted).values(values))
    await connection.execute(
        update(digests).where(_match_digest(delivery), digests.c.state == "posted").values(state=state)
    )


async def record_dead_message(connection: AsyncConnection, delivery: Any, outcome: AttemptOutcome, reason: str) -> None:
    """Free what a message had claimed that was surely never posted; give up the digest of which no message is left."""
    # One that was sent again without knowing may be there by its first attempt, whatever became of the next.
    may_be_posted = outcome is AttemptOutcome.UNKNOWN or await has_resent_attempt(connection, delivery.id)
    if delivery.kind != "digest" and not may_be_posted:
        await _release_papers(connection, deliveries.c.id == delivery.id)
    if not _is_digest_post(delivery) or await _is_any_post_left(connection, delivery):
        return
    state = "refused" if outcome is AttemptOutcome.REFUSED else "failed"
    planned = and_(_match_digest(delivery), digests.c.state == "planned")
    values = {"state": state, "reason": reason}
    given_up = (await connection.execute(update(digests).where(planned).values(values))).rowcount
    if given_up and not may_be_posted:
        await _release_papers(connection, _match_messages(delivery))
        covered = and_(coverage.c.channel_id == delivery.channel_id, cast(coverage.c.day, Text) == delivery.subject)
        await connection.execute(delete(coverage).where(covered))


def _is_digest_post(delivery: Any) -> bool:
    return bool(delivery.kind == "digest" and delivery.operation == "post")


def _match_digest(delivery: Any) -> ColumnElement[bool]:
    return and_(digests.c.channel_id == delivery.channel_id, cast(digests.c.day, Text) == delivery.subject)


def _match_messages(delivery: Any) -> ColumnElement[bool]:
    """Return the condition of every message of a message's digest."""
    return and_(
        deliveries.c.channel_id == delivery.channel_id,
        deliveries.c.kind == "digest",
        deliveries.c.subject == delivery.subject,
    )


async def _is_any_post_left(connection: AsyncConnection, delivery: Any) -> bool:
    """Tell whether any post of the digest was sent, or may still be."""
    alive = and_(
        _match_messages(delivery), deliveries.c.operation == "post", deliveries.c.state != DeliveryState.DEAD.value
    )
    return bool(await connection.scalar(select(func.count()).select_from(deliveries).where(alive)))


async def _release_papers(connection: AsyncConnection, condition: ColumnElement[bool]) -> None:
    """Let papers be posted that were claimed by dead messages."""
    dead = select(deliveries.c.id).where(condition, deliveries.c.state == DeliveryState.DEAD.value)
    await connection.execute(delete(postings).where(postings.c.delivery_id.in_(dead)))
