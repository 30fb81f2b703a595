"""Processed events: ids of platform events seen lately, so that a redelivered one is dropped (idempotency)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete

from storage.database import Database
from storage.sql import build_insert
from storage.tables import events


@dataclass(frozen=True, slots=True)
class ProcessedEventStore:
    """`bot.ports.platform_events.ProcessedEvents` on the database."""

    database: Database

    async def add_if_new(self, event_id: str, now: datetime) -> bool:
        """Return True for the first sight of an event id."""
        async with self.database.begin_write() as connection:
            statement = build_insert(connection, events).values(id=event_id, at=now).on_conflict_do_nothing()
            return bool((await connection.execute(statement)).rowcount)

    async def delete_older(self, before: datetime) -> int:
        """Forget older ones; return how many."""
        async with self.database.begin_write() as connection:
            return (await connection.execute(delete(events).where(events.c.at < before))).rowcount
