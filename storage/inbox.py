"""Events that came in lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete

from storage.database import Database
from storage.keys import insert
from storage.tables import events


@dataclass(frozen=True, slots=True)
class InboxStore:
    """`bot.ports.people.Inbox` on the database."""

    database: Database

    async def first(self, event: str, now: datetime) -> bool:
        """Return True for the first sight of an event id."""
        async with self.database.write() as connection:
            statement = insert(connection, events).values(id=event, at=now).on_conflict_do_nothing()
            return bool((await connection.execute(statement)).rowcount)

    async def prune(self, before: datetime) -> int:
        """Forget older ones; return how many."""
        async with self.database.write() as connection:
            return (await connection.execute(delete(events).where(events.c.at < before))).rowcount
