"""The audit trail: who changed what, when, and the values before and after (table changes)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.domain.channels import Channel
from bot.domain.people import Person
from bot.ports.audit import Change, ChangeKind
from bot.reasons.reason import Reason, decode_reason, encode_reason, to_reason
from storage.database import Database
from storage.sql import get_or_create_channel_id, match_channel
from storage.tables import changes, channels


@dataclass(frozen=True, slots=True)
class AuditStore:
    """`bot.ports.audit.Audit` on the database."""

    database: Database

    async def record_change(
        self,
        channel: Channel,
        by: Person,
        kind: ChangeKind,
        summary: Reason,
        now: datetime,
        *,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        """Write a line."""
        async with self.database.begin_write() as connection:
            row = {
                "channel_id": await get_or_create_channel_id(connection, channel, now),
                "person": by.id,
                "person_name": by.name,
                "at": now,
                "kind": kind,
                "summary": encode_reason(summary),
                "before": dict(before),
                "after": dict(after),
            }
            await connection.execute(insert(changes), row)

    async def list_changes(self, channel: Channel, limit: int = 20) -> Sequence[Change]:
        """Return a channel's latest changes, newest first."""
        query = select(changes).join(channels, channels.c.id == changes.c.channel_id).where(match_channel(channel))
        newest = query.order_by(changes.c.at.desc(), changes.c.id.desc()).limit(limit)
        async with self.database.begin_read() as connection:
            return [_to_change(channel, row) for row in (await connection.execute(newest)).mappings()]

    async def set_undone(self, change: int) -> None:
        """Mark a change as taken back."""
        async with self.database.begin_write() as connection:
            await connection.execute(update(changes).where(changes.c.id == change).values(undone=True))

    async def delete_older(self, before: datetime) -> int:
        """Delete older lines; return how many."""
        async with self.database.begin_write() as connection:
            return (await connection.execute(delete(changes).where(changes.c.at < before))).rowcount


def _to_change(channel: Channel, row: Mapping[Any, Any]) -> Change:
    by = Person(row["person"], row["person_name"])
    parts = {name: row[name] for name in ("at", "kind", "before", "after", "undone")}
    summary = decode_reason(row["summary"]) or to_reason("")
    return Change(id=row["id"], channel=channel, changed_by=by, summary=summary, **parts)
