"""Papers: upsert by arXiv id, merged from several sources, and their votes over time (tables papers, sightings)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.papers import Paper
from bot.ports.papers import AddResult, UnmatchedPapers
from bot.ports.skipped_papers import SkippedPapers
from storage.database import Database
from storage.papers import unmatched_papers
from storage.papers.sound_rows import PAPER_FIELDS, Row, SoundRows, to_paper
from storage.sql import build_insert, find_paper_row_ids, split_into_chunks
from storage.tables import papers as table
from storage.tables import sightings

SEARCHED_FIELDS: Final = ("title", "abstract", "authors", "categories")
"""What the index holds; a change of one of these gives a paper a new sequence."""

_TEXT_FIELDS: Final = (
    *SEARCHED_FIELDS,
    "published",
    "comments",
    "summary",
    "keywords",
    "organization",
    "code",
    "project",
    "thumbnail",
)
_COUNT_FIELDS: Final = ("votes", "stars")

_PAGE_SIZE: Final = 500
_LIST_FIELDS: Final = ("authors", "categories", "keywords")


def merge_papers(old: Paper, new: Paper, relisted: date | None) -> Paper:
    """Return *old* with what *new* adds: the later word wins, what it leaves empty is kept.

    *relisted* is the latest list that had a say in *old*. A reading from an earlier list, or from none, then only fills
    gaps: so reading an archive again changes nothing, and two sources do not overwrite each other for ever. ``seen``
    stays, ``listed`` is the earliest.
    """
    lesser = relisted is not None and (new.listed is None or new.listed < relisted)
    first, second = (old, new) if lesser else (new, old)
    parts = {name: getattr(first, name) or getattr(second, name) for name in _TEXT_FIELDS}
    for name in _COUNT_FIELDS:
        value = getattr(first, name)
        parts[name] = getattr(second, name) if value is None else value
    return replace(
        old,
        **parts,
        withdrawn=old.withdrawn or new.withdrawn,
        listed=min((day for day in (old.listed, new.listed) if day), default=None),
    )


def pick_later_date(one: date | None, other: date | None) -> date | None:
    """Return the later of two dates that may be missing."""
    return max((day for day in (one, other) if day), default=None)


def has_searched_changes(old: Paper, new: Paper) -> bool:
    """Tell whether what is searched differs."""
    return any(getattr(old, name) != getattr(new, name) for name in SEARCHED_FIELDS)


@dataclass(frozen=True, slots=True)
class PaperStore:
    """`bot.ports.papers.Papers` on the database."""

    database: Database
    skipped_papers: SkippedPapers = field(default_factory=SkippedPapers)

    async def add(self, papers: Sequence[Paper], now: datetime, *, queue_matching: bool = False) -> AddResult:
        """Merge *papers* into what is known."""
        batch = _PaperBatch(now, self.skipped_papers)
        async with self.database.begin_write() as connection:
            before = batch.sequence = await _fetch_last_sequence(connection)
            for chunk in split_into_chunks(_group_by_paper(papers).items()):
                await batch.merge_and_write(connection, dict(chunk))
            if queue_matching and batch.sequence > before:
                fresh = UnmatchedPapers(before, batch.sequence, now)
                await unmatched_papers.write_unmatched(
                    connection, [*await unmatched_papers.read_unmatched(connection), fresh]
                )
        return AddResult(tuple(batch.new), tuple(batch.changed))

    async def list_unmatched(self) -> Sequence[UnmatchedPapers]:
        """Return what was stored as news and is not told yet, oldest first."""
        async with self.database.begin_read() as connection:
            return await unmatched_papers.read_unmatched(connection)

    async def remove_unmatched(self, unmatched: UnmatchedPapers) -> None:
        """Strike out news."""
        async with self.database.begin_write() as connection:
            await unmatched_papers.write_unmatched(
                connection, [one for one in await unmatched_papers.read_unmatched(connection) if one != unmatched]
            )

    async def get(self, ids: Collection[str]) -> dict[str, Paper]:
        """Return the known ones of *ids*."""
        async with self.database.begin_read() as connection:
            stored = await _fetch_stored_papers(SoundRows(connection, self.skipped_papers), ids)
            return {key: known.paper for key, known in stored.items()}

    async def count_papers(self) -> int:
        """Return how many there are."""
        async with self.database.begin_read() as connection:
            return await connection.scalar(select(func.count()).select_from(table)) or 0

    async def list_between(self, first: date, last: date) -> Sequence[Paper]:
        """Return the papers of a span of days, newest first."""
        query = select(table).where(table.c.day.between(first, last)).order_by(table.c.day.desc(), table.c.id.desc())
        async with self.database.begin_read() as connection:
            return await SoundRows(connection, self.skipped_papers).fetch(query, to_paper)

    async def get_date_range(self) -> tuple[date, date] | None:
        """Return the first and the last day, or None."""
        async with self.database.begin_read() as connection:
            first, last = (await connection.execute(select(func.min(table.c.day), func.max(table.c.day)))).one()
            return (first, last) if first else None

    async def iterate_papers(self, after: int = 0, last: int | None = None) -> AsyncIterator[tuple[int, Paper]]:
        """Yield (sequence, paper) of everything newer than *after*, up to *last*, a page at a time."""
        selection = select(table) if last is None else select(table).where(table.c.sequence <= last)
        while True:
            query = selection.where(table.c.sequence > after).order_by(table.c.sequence).limit(_PAGE_SIZE)
            async with self.database.begin_read() as connection:
                rows = await SoundRows(connection, self.skipped_papers).fetch(query, _to_numbered_paper)
                # Fewer than a page are the last, unless some of them can't be read.
                sequences = list(await connection.scalars(query.with_only_columns(table.c.sequence)))
            for row in rows:
                yield row
            if len(sequences) < _PAGE_SIZE:
                return
            after = sequences[-1]

    async def get_last_sequence(self) -> int:
        """Return the highest sequence."""
        async with self.database.begin_read() as connection:
            return await _fetch_last_sequence(connection)

    async def list_vote_history(self, paper: str) -> Sequence[tuple[datetime, int]]:
        """Return a paper's votes over time, oldest first."""
        query = (
            select(sightings.c.at, sightings.c.votes)
            .join(table, table.c.id == sightings.c.paper_id)
            .where(table.c.external_id == paper)
            .order_by(sightings.c.at)
        )
        async with self.database.begin_read() as connection:
            return [(row.at, row.votes) for row in await connection.execute(query)]

    async def thin_vote_history(self, before: datetime) -> int:
        """Keep the last sighting of each day of those older than *before*."""
        later = sightings.alias()
        newer = select(later.c.at).where(
            later.c.paper_id == sightings.c.paper_id,
            later.c.at > sightings.c.at,
            later.c.at < before,
            func.date(later.c.at) == func.date(sightings.c.at),
        )
        async with self.database.begin_write() as connection:
            return (await connection.execute(delete(sightings).where(sightings.c.at < before, newer.exists()))).rowcount


@dataclass(frozen=True, slots=True)
class _StoredPaper:
    """A paper as it is stored."""

    row_id: int
    paper: Paper
    relisted: date | None
    sequence: int


@dataclass(slots=True)
class _PaperBatch:
    """One call of `PaperStore.add`, with what it has found so far."""

    now: datetime
    skipped_papers: SkippedPapers
    sequence: int = 0
    new: list[Paper] = field(default_factory=list)
    changed: list[Paper] = field(default_factory=list)

    async def merge_and_write(self, connection: AsyncConnection, readings: Mapping[str, Sequence[Paper]]) -> None:
        """Merge and write one chunk."""
        stored_papers = await _fetch_stored_papers(SoundRows(connection, self.skipped_papers), readings)
        damaged = await find_paper_row_ids(connection, readings.keys() - stored_papers.keys())
        added, altered, votes = [], [], {}
        for key, several in readings.items():
            before = stored_papers.get(key)
            paper, relisted = _merge_readings(before, several, self.now)
            if key in damaged:  # what comes from the source again takes the place of what can't be read
                altered.append(self._build_row(paper, relisted, self._increment_sequence()) | {"key": damaged[key]})
                self.changed.append(paper)
            elif before is None:
                added.append(self._build_row(paper, relisted, self._increment_sequence()))
                self.new.append(paper)
            elif (paper, relisted) != (before.paper, before.relisted):
                altered.append(
                    self._build_row(paper, relisted, self._assign_sequence(before, paper)) | {"key": before.row_id}
                )
            if paper.votes is not None and (before is None or paper.votes != before.paper.votes):
                votes[key] = paper.votes
        await _write_rows(connection, added, altered)
        await self._record_votes(connection, votes)

    def _increment_sequence(self) -> int:
        self.sequence += 1
        return self.sequence

    def _assign_sequence(self, stored: _StoredPaper, paper: Paper) -> int:
        if not has_searched_changes(stored.paper, paper):
            return stored.sequence
        self.changed.append(paper)
        return self._increment_sequence()

    def _build_row(self, paper: Paper, relisted: date | None, sequence: int) -> dict[str, Any]:
        row = {name: getattr(paper, name) for name in PAPER_FIELDS}
        row |= {name: list(row[name]) for name in _LIST_FIELDS}
        return row | {
            "external_id": paper.id,
            "day": paper.effective_date or self.now.date(),
            "relisted": relisted,
            "sequence": sequence,
        }

    async def _record_votes(self, connection: AsyncConnection, vote_counts: Mapping[str, int]) -> None:
        if not vote_counts:
            return
        keys = await find_paper_row_ids(connection, vote_counts)
        statement = build_insert(connection, sightings)
        statement = statement.on_conflict_do_update(
            index_elements=["paper_id", "at"], set_={"votes": statement.excluded.votes}
        )
        rows = [{"paper_id": keys[paper], "at": self.now, "votes": count} for paper, count in vote_counts.items()]
        await connection.execute(statement, rows)


def _group_by_paper(readings: Iterable[Paper]) -> dict[str, list[Paper]]:
    """Put the readings of one paper side by side."""
    folded: dict[str, list[Paper]] = {}
    for paper in readings:
        folded.setdefault(paper.id, []).append(paper)
    return folded


def _merge_readings(stored: _StoredPaper | None, readings: Sequence[Paper], now: datetime) -> tuple[Paper, date | None]:
    paper = stored.paper if stored else replace(readings[0], seen=now)
    relisted = stored.relisted if stored else None
    for reading in readings:
        paper, relisted = merge_papers(paper, reading, relisted), pick_later_date(relisted, reading.listed)
    return paper, relisted


async def _fetch_stored_papers(rows: SoundRows, ids: Iterable[str]) -> dict[str, _StoredPaper]:
    chunks = split_into_chunks(dict.fromkeys(ids))
    found = [
        await rows.fetch(select(table).where(table.c.external_id.in_(chunk)), _to_stored_paper) for chunk in chunks
    ]
    return {stored.paper.id: stored for some in found for stored in some}


def _to_stored_paper(row: Row) -> _StoredPaper:
    return _StoredPaper(row["id"], to_paper(row), row["relisted"], row["sequence"])


def _to_numbered_paper(row: Row) -> tuple[int, Paper]:
    return row["sequence"], to_paper(row)


async def _fetch_last_sequence(connection: AsyncConnection) -> int:
    return await connection.scalar(select(func.max(table.c.sequence))) or 0


async def _write_rows(connection: AsyncConnection, added: list[dict[str, Any]], altered: list[dict[str, Any]]) -> None:
    if added:
        await connection.execute(table.insert(), added)
    if altered:
        columns: dict[str, Any] = {name: bindparam(name) for name in altered[0] if name != "key"}
        await connection.execute(update(table).where(table.c.id == bindparam("key")).values(columns), altered)
