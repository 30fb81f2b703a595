"""Feed days: the list of papers of every feed date, and the trending rank (tables days, ranks)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import case, func, select

from bot.domain.feed import DayState, FeedDay
from storage.database import Database
from storage.sql import build_insert
from storage.tables import days as table
from storage.tables import ranks

_TRENDING_RANK: Final = "trending"


@dataclass(frozen=True, slots=True)
class FeedDayStore:
    """`bot.ports.papers.FeedDays` on the database."""

    database: Database

    async def save_days(self, days: Sequence[FeedDay]) -> None:
        """Keep *days*; papers that are stored outlive an answer without any."""
        if not days:
            return
        rows = [
            {"day": day.date, "state": day.state.value, "papers": list(day.papers), "fetched": day.fetched}
            for day in days
        ]
        async with self.database.begin_write() as connection:
            statement = build_insert(connection, table)
            new = statement.excluded
            papers = case(
                (_build_json_length(new.papers, connection.dialect.name) == 0, table.c.papers), else_=new.papers
            )
            fetched_at = func.coalesce(new.fetched, table.c.fetched)
            changes = {"state": new.state, "papers": papers, "fetched": fetched_at}
            await connection.execute(statement.on_conflict_do_update(index_elements=["day"], set_=changes), rows)

    async def get_day(self, day: date) -> FeedDay | None:
        """Return one date's list."""
        async with self.database.begin_read() as connection:
            row = (await connection.execute(select(table).where(table.c.day == day))).mappings().first()
            return _to_feed_day(row) if row else None

    async def list_between(self, first: date, last: date) -> Sequence[FeedDay]:
        """Return the lists in the span, oldest first."""
        query = select(table).where(table.c.day.between(first, last)).order_by(table.c.day)
        async with self.database.begin_read() as connection:
            return [_to_feed_day(row) for row in (await connection.execute(query)).mappings()]

    async def get_newest(self) -> FeedDay | None:
        """Return the newest list that holds papers."""
        async with self.database.begin_read() as connection:
            filled = _build_json_length(table.c.papers, connection.dialect.name) > 0
            query = select(table).where(filled).order_by(table.c.day.desc()).limit(1)
            row = (await connection.execute(query)).mappings().first()
            return _to_feed_day(row) if row else None

    async def save_trending(self, papers: Sequence[str], now: datetime) -> None:
        """Keep the trending rank of *now*."""
        row = {"papers": list(papers), "fetched": now}
        async with self.database.begin_write() as connection:
            statement = build_insert(connection, ranks).values(name=_TRENDING_RANK, **row)
            await connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=row))

    async def get_trending(self) -> tuple[Sequence[str], datetime | None]:
        """Return the trending rank and when it was fetched."""
        query = select(ranks.c.papers, ranks.c.fetched).where(ranks.c.name == _TRENDING_RANK)
        async with self.database.begin_read() as connection:
            row = (await connection.execute(query)).first()
            return (tuple(row.papers), row.fetched) if row else ((), None)


def _build_json_length(column: Any, dialect: str) -> Any:
    """Return the length of a JSON list; the dialects name it differently."""
    return func.jsonb_array_length(column) if dialect == "postgresql" else func.json_array_length(column)


def _to_feed_day(row: Mapping[Any, Any]) -> FeedDay:
    return FeedDay(row["day"], DayState(row["state"]), tuple(row["papers"]), row["fetched"])
