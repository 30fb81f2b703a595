"""Every paper known, and its votes over time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import Paper
from bot.ports.papers import News, Stored
from storage import news as pending
from storage.database import Database
from storage.keys import chunks, insert, paper_keys
from storage.merging import latest, merge, reads_otherwise
from storage.tables import papers as table
from storage.tables import sightings

_PAGE: Final = 500
_LISTS: Final = ("authors", "categories", "keywords")
_NAMES: Final = tuple(f.name for f in fields(Paper) if f.name != "id")


@dataclass(frozen=True, slots=True)
class PaperStore:
    """`bot.ports.papers.Papers` on the database."""

    database: Database

    async def add(self, papers: Sequence[Paper], now: datetime, *, news: bool = False) -> Stored:
        """Merge *papers* into what is known."""
        batch = _Batch(now)
        async with self.database.write() as connection:
            before = batch.sequence = await _sequence(connection)
            for chunk in chunks(_together(papers).items()):
                await batch.store(connection, dict(chunk))
            if news and batch.sequence > before:
                fresh = News(before, batch.sequence, now)
                await pending.write(connection, [*await pending.read(connection), fresh])
        return Stored(tuple(batch.new), tuple(batch.changed))

    async def news(self) -> Sequence[News]:
        """Return what was stored as news and is not told yet, oldest first."""
        async with self.database.read() as connection:
            return await pending.read(connection)

    async def told(self, news: News) -> None:
        """Strike out news."""
        async with self.database.write() as connection:
            await pending.write(connection, [one for one in await pending.read(connection) if one != news])

    async def get(self, ids: Collection[str]) -> dict[str, Paper]:
        """Return the known ones of *ids*."""
        async with self.database.read() as connection:
            return {key: known.paper for key, known in (await _known(connection, ids)).items()}

    async def count(self) -> int:
        """Return how many there are."""
        async with self.database.read() as connection:
            return await connection.scalar(select(func.count()).select_from(table)) or 0

    async def between(self, first: date, last: date) -> Sequence[Paper]:
        """Return the papers of a span of days, newest first."""
        query = select(table).where(table.c.day.between(first, last)).order_by(table.c.day.desc(), table.c.id.desc())
        async with self.database.read() as connection:
            return [paper_of(row) for row in (await connection.execute(query)).mappings()]

    async def span(self) -> tuple[date, date] | None:
        """Return the first and the last day, or None."""
        async with self.database.read() as connection:
            first, last = (await connection.execute(select(func.min(table.c.day), func.max(table.c.day)))).one()
            return (first, last) if first else None

    async def each(self, after: int = 0, last: int | None = None) -> AsyncIterator[tuple[int, Paper]]:
        """Yield (sequence, paper) of everything newer than *after*, up to *last*, a page at a time."""
        wanted = select(table) if last is None else select(table).where(table.c.sequence <= last)
        while True:
            query = wanted.where(table.c.sequence > after).order_by(table.c.sequence).limit(_PAGE)
            async with self.database.read() as connection:
                rows = (await connection.execute(query)).mappings().all()
            for row in rows:
                yield row["sequence"], paper_of(row)
            if len(rows) < _PAGE:
                return
            after = rows[-1]["sequence"]

    async def sequence(self) -> int:
        """Return the highest sequence."""
        async with self.database.read() as connection:
            return await _sequence(connection)

    async def sightings(self, paper: str) -> Sequence[tuple[datetime, int]]:
        """Return a paper's votes over time, oldest first."""
        query = (
            select(sightings.c.at, sightings.c.votes)
            .join(table, table.c.id == sightings.c.paper_id)
            .where(table.c.external_id == paper)
            .order_by(sightings.c.at)
        )
        async with self.database.read() as connection:
            return [(row.at, row.votes) for row in await connection.execute(query)]

    async def thin(self, before: datetime) -> int:
        """Keep the last sighting of each day of those older than *before*."""
        later = sightings.alias()
        newer = select(later.c.at).where(
            later.c.paper_id == sightings.c.paper_id,
            later.c.at > sightings.c.at,
            later.c.at < before,
            func.date(later.c.at) == func.date(sightings.c.at),
        )
        async with self.database.write() as connection:
            return (await connection.execute(delete(sightings).where(sightings.c.at < before, newer.exists()))).rowcount


@dataclass(frozen=True, slots=True)
class _Known:
    """A paper as it is stored."""

    key: int
    paper: Paper
    relisted: date | None
    sequence: int


@dataclass(slots=True)
class _Batch:
    """One call of `PaperStore.add`, with what it has found so far."""

    now: datetime
    sequence: int = 0
    new: list[Paper] = field(default_factory=list)
    changed: list[Paper] = field(default_factory=list)

    async def store(self, connection: AsyncConnection, readings: Mapping[str, Sequence[Paper]]) -> None:
        """Merge and write one chunk."""
        known = await _known(connection, readings)
        added, altered, votes = [], [], {}
        for key, several in readings.items():
            before = known.get(key)
            paper, relisted = _fold(before, several, self.now)
            if before is None:
                added.append(self._row(paper, relisted, self._next()))
                self.new.append(paper)
            elif (paper, relisted) != (before.paper, before.relisted):
                altered.append(self._row(paper, relisted, self._sequence(before, paper)) | {"key": before.key})
            if paper.votes is not None and (before is None or paper.votes != before.paper.votes):
                votes[key] = paper.votes
        await _write(connection, added, altered)
        await self._sight(connection, votes)

    def _next(self) -> int:
        self.sequence += 1
        return self.sequence

    def _sequence(self, before: _Known, paper: Paper) -> int:
        if not reads_otherwise(before.paper, paper):
            return before.sequence
        self.changed.append(paper)
        return self._next()

    def _row(self, paper: Paper, relisted: date | None, sequence: int) -> dict[str, Any]:
        row = {name: getattr(paper, name) for name in _NAMES}
        row |= {name: list(row[name]) for name in _LISTS}
        return row | {
            "external_id": paper.id,
            "day": paper.day or self.now.date(),
            "relisted": relisted,
            "sequence": sequence,
        }

    async def _sight(self, connection: AsyncConnection, votes: Mapping[str, int]) -> None:
        if not votes:
            return
        keys = await paper_keys(connection, votes)
        statement = insert(connection, sightings)
        statement = statement.on_conflict_do_update(
            index_elements=["paper_id", "at"], set_={"votes": statement.excluded.votes}
        )
        rows = [{"paper_id": keys[paper], "at": self.now, "votes": count} for paper, count in votes.items()]
        await connection.execute(statement, rows)


def paper_of(row: Mapping[Any, Any]) -> Paper:
    """Return the paper of a row of its table."""
    parts = {name: row[name] for name in _NAMES}
    parts |= {name: tuple(parts[name]) for name in _LISTS}
    return Paper(row["external_id"], **parts)


def _together(readings: Iterable[Paper]) -> dict[str, list[Paper]]:
    """Put the readings of one paper side by side."""
    folded: dict[str, list[Paper]] = {}
    for paper in readings:
        folded.setdefault(paper.id, []).append(paper)
    return folded


def _fold(before: _Known | None, readings: Sequence[Paper], now: datetime) -> tuple[Paper, date | None]:
    paper = before.paper if before else replace(readings[0], seen=now)
    relisted = before.relisted if before else None
    for reading in readings:
        paper, relisted = merge(paper, reading, relisted), latest(relisted, reading.listed)
    return paper, relisted


async def _known(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, _Known]:
    found: dict[str, _Known] = {}
    for chunk in chunks(dict.fromkeys(ids)):
        rows = await connection.execute(select(table).where(table.c.external_id.in_(chunk)))
        for row in rows.mappings():
            found[row["external_id"]] = _Known(row["id"], paper_of(row), row["relisted"], row["sequence"])
    return found


async def _sequence(connection: AsyncConnection) -> int:
    return await connection.scalar(select(func.max(table.c.sequence))) or 0


async def _write(connection: AsyncConnection, added: list[dict[str, Any]], altered: list[dict[str, Any]]) -> None:
    if added:
        await connection.execute(table.insert(), added)
    if altered:
        columns: dict[str, Any] = {name: bindparam(name) for name in altered[0] if name != "key"}
        await connection.execute(update(table).where(table.c.id == bindparam("key")).values(columns), altered)
