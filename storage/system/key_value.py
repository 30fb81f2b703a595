"""The key-value store of this installation (table marks)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select

from storage.database import Database
from storage.sql import build_insert
from storage.tables import marks


@dataclass(frozen=True, slots=True)
class SqlKeyValueStore:
    """`bot.ports.key_value.KeyValueStore` on the database."""

    database: Database

    async def get(self, name: str) -> str:
        """Return a mark, or ""."""
        async with self.database.begin_read() as connection:
            return await connection.scalar(select(marks.c.value).where(marks.c.name == name)) or ""

    async def list_by_prefix(self, prefix: str) -> Mapping[str, str]:
        """Return the facts whose names begin so, by name."""
        query = select(marks.c.name, marks.c.value).where(marks.c.name.startswith(prefix, autoescape=True))
        async with self.database.begin_read() as connection:
            rows = await connection.execute(query.order_by(marks.c.name))
            return {row.name: row.value for row in rows}

    async def set(self, name: str, value: str) -> None:
        """Set a mark; an empty value removes it."""
        async with self.database.begin_write() as connection:
            if not value:
                await connection.execute(delete(marks).where(marks.c.name == name))
                return
            statement = build_insert(connection, marks).values(name=name, value=value)
            await connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
