"""Delivery reports: the queue by platform and workspace, digests that were given up, a channel's delivery log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, or_, select, text

from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryState
from bot.ports.deliveries import Attempt
from bot.ports.delivery_reports import LoggedMessage, QueueLength, UnpostedDigest
from bot.reasons.reason import decode_reason
from storage.database import Database
from storage.deliveries.attempts import fetch_attempts
from storage.deliveries.delivery_queries import match_open
from storage.sql import match_channel, to_channel
from storage.tables import ACTIVE_CHANNEL_CONDITION, OPEN_DELIVERY_CONDITION, channels, deliveries, digests

_LOG_COLUMNS = (
    deliveries.c.id,
    deliveries.c.kind,
    deliveries.c.subject,
    deliveries.c.part,
    deliveries.c.operation,
    deliveries.c.state,
    deliveries.c.reason,
    deliveries.c.created,
)


@dataclass(frozen=True, slots=True)
class DeliveryReportStore:
    """`bot.ports.delivery_reports.DeliveryReports` on the database."""

    database: Database

    async def list_queue_lengths(self) -> Sequence[QueueLength]:
        """Return how many messages wait, by platform and workspace."""
        queue = (deliveries.c.platform, deliveries.c.workspace)
        query = select(*queue, func.count()).where(text(OPEN_DELIVERY_CONDITION)).group_by(*queue).order_by(*queue)
        async with self.database.begin_read() as connection:
            return [QueueLength(*row) for row in await connection.execute(query)]

    async def count_waiting(self, channel: Channel) -> Mapping[DeliveryState, int]:
        """Return how many messages of a channel are in each state that is not final."""
        mine = and_(match_open("deliveries"), deliveries.c.channel_id == _select_channel_id(channel))
        query = select(deliveries.c.state, func.count()).where(mine).group_by(deliveries.c.state)
        async with self.database.begin_read() as connection:
            return {DeliveryState(row[0]): row[1] for row in await connection.execute(query)}

    async def list_unposted_digests(self, since: datetime, limit: int) -> Sequence[UnpostedDigest]:
        """Return channels in use whose latest digest was refused or given up, newest first."""
        later = digests.alias("later")
        superseded = and_(
            later.c.channel_id == digests.c.channel_id, later.c.day > digests.c.day, later.c.state != "planned"
        )
        given_up = and_(digests.c.state == "failed", digests.c.due.is_not(None))
        unposted = and_(digests.c.at >= since, or_(digests.c.state == "refused", given_up))
        query = (
            select(digests, *(channels.c[name] for name in ("platform", "workspace", "external_id", "kind", "name")))
            .join_from(digests, channels, channels.c.id == digests.c.channel_id)
            .where(_match_recent(since), unposted, text(ACTIVE_CHANNEL_CONDITION), ~exists().where(superseded))
        )
        async with self.database.begin_read() as connection:
            rows = await connection.execute(query.order_by(digests.c.day.desc(), digests.c.id).limit(limit))
            return [
                UnpostedDigest(to_channel(row), row["day"], row["state"], decode_reason(row["reason"]))
                for row in rows.mappings()
            ]

    async def list_latest_messages(self, channel: Channel, limit: int) -> Sequence[LoggedMessage]:
        """Return the latest messages of a channel, newest first, each with every attempt."""
        query = select(*_LOG_COLUMNS).where(deliveries.c.channel_id == _select_channel_id(channel))
        async with self.database.begin_read() as connection:
            rows = (await connection.execute(query.order_by(deliveries.c.id.desc()).limit(limit))).all()
            attempts = await fetch_attempts(connection, [row.id for row in rows])
            return [_to_logged_message(row, attempts.get(row.id, ())) for row in rows]


def _select_channel_id(channel: Channel) -> Any:
    return select(channels.c.id).where(match_channel(channel)).scalar_subquery()


def _match_recent(since: datetime) -> Any:
    """Return the condition of digests that may be as young as *since*, which reads no more than those of some days.

    Numbers grow with time; a day more allows for a digest that was planned anew under the number that it had.
    """
    old = select(digests.c.id).where(digests.c.at < since - timedelta(days=1)).order_by(digests.c.id.desc()).limit(1)
    return digests.c.id > func.coalesce(old.scalar_subquery(), 0)


def _to_logged_message(row: Any, attempts: Sequence[Attempt]) -> LoggedMessage:
    day = _parse_day(row.subject) or row.created.date()
    state = DeliveryState(row.state)
    return LoggedMessage(row.kind, day, row.part, row.operation, state, decode_reason(row.reason), tuple(attempts))


def _parse_day(subject: str) -> date | None:
    """Return the day that a digest is named for; other messages are named for what they are about."""
    try:
        return date.fromisoformat(subject) if len(subject) == len("2026-11-24") else None
    except ValueError:
        return None
