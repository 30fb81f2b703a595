"""Rows of papers that can be read: where SQLite holds what no column can be, the rows around it are read all the same.

A query fails as a whole for one such row (bytes that are no UTF-8, a date that is none, broken JSON). Its rows are then
fetched by halves, until the bad one stands alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.papers import Paper
from bot.ports.skipped_papers import SkippedPapers
from storage.sql import split_into_chunks
from storage.tables import papers as table

T = TypeVar("T")
Row = Mapping[Any, Any]

_LIST_FIELDS: Final = ("authors", "categories", "keywords")
PAPER_FIELDS: Final = tuple(field.name for field in fields(Paper) if field.name != "id")
_TEXT_FIELDS: Final = ("title", "abstract", "summary", "organization", "code", "project", "thumbnail")
_NUMBER_FIELDS: Final = ("votes", "comments", "stars")
_NO_UTF8: Final = "could not decode to utf-8"


def to_paper(row: Row) -> Paper:
    """Return the paper of a row of its table. Raises TypeError for what SQLite kept although the column is another."""
    parts = {name: row[name] for name in PAPER_FIELDS}
    parts |= {name: tuple(parts[name]) for name in _LIST_FIELDS}
    paper = Paper(row["external_id"], **parts)
    _check_types(paper)
    return paper


def _check_types(paper: Paper) -> None:
    texts = [paper.id, *(getattr(paper, name) for name in _TEXT_FIELDS)]
    texts += [text for name in _LIST_FIELDS for text in getattr(paper, name)]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a text is none")
    numbers = (getattr(paper, name) for name in _NUMBER_FIELDS)
    if not all(number is None or isinstance(number, int) for number in numbers):
        raise TypeError("a number is none")


@dataclass(frozen=True, slots=True)
class SoundRows:
    """Reads the rows of a query, and puts the papers whose rows can't be read down in ``skipped_papers``."""

    connection: AsyncConnection
    skipped_papers: SkippedPapers

    async def fetch(self, query: Select[Any], build: Callable[[Row], T]) -> list[T]:
        """Return what *build* makes of each row of *query*, which selects whole rows of the table of papers."""
        try:
            return [build(row) for row in (await self.connection.execute(query)).mappings()]
        except DBAPIError as error:
            if _NO_UTF8 not in str(error.orig).casefold():
                raise
        except (TypeError, ValueError):
            pass  # what follows finds out which row it is
        id_rows = await self.connection.execute(query.with_only_columns(table.c.id, maintain_column_froms=True))
        keys = list(id_rows.scalars())
        by_key = {key: row for chunk in split_into_chunks(keys) for key, row in await self._fetch_half(chunk, build)}
        return [by_key[key] for key in keys if key in by_key]

    async def _fetch_half(self, keys: Sequence[int], build: Callable[[Row], T]) -> list[tuple[int, T]]:
        """Return what can be read of the rows of *keys*; a single one that can't is recorded."""
        query = select(table).where(table.c.id.in_(keys))
        try:
            return [(row["id"], build(row)) for row in (await self.connection.execute(query)).mappings()]
        except (DBAPIError, TypeError, ValueError) as error:
            if len(keys) == 1:
                self.skipped_papers.record(await self._find_name(keys[0]), "loaded", error)
                return []
        middle = len(keys) // 2
        return [*await self._fetch_half(keys[:middle], build), *await self._fetch_half(keys[middle:], build)]

    async def _find_name(self, key: int) -> str:
        """Return the id of the paper of a row, or the row's number where that can't be read either."""
        try:
            return str(await self.connection.scalar(select(table.c.external_id).where(table.c.id == key)))
        except DBAPIError:
            return f"row {key}"
