"""The long arguments of buttons, under a token of their content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import delete, select

from storage.database import Database
from storage.keys import insert
from storage.tables import actions


@dataclass(frozen=True, slots=True)
class ActionStore:
    """`bot.ports.secrets.Actions` on the database."""

    database: Database

    async def keep(self, given: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
        """Keep JSON data by token; what is there already only gets its time renewed."""
        if not given:
            return
        rows = [{"token": token, "data": dict(data), "at": now} for token, data in given.items()]
        async with self.database.write() as connection:
            statement = insert(connection, actions).values(rows)
            renewed = statement.on_conflict_do_update(index_elements=["token"], set_={"at": now})
            await connection.execute(renewed)

    async def get(self, token: str) -> Mapping[str, Any] | None:
        """Return the data, or None."""
        async with self.database.read() as connection:
            data = await connection.scalar(select(actions.c.data).where(actions.c.token == token))
        return cast("Mapping[str, Any] | None", data)

    async def prune(self, before: datetime) -> int:
        """Delete what was kept before; return how many."""
        async with self.database.write() as connection:
            return (await connection.execute(delete(actions).where(actions.c.at < before))).rowcount
