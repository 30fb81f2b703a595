"""Words to papers: a tantivy index fed from the papers' table, which can be deleted at any time.

The index follows the papers' sequence, so that it is never behind when it is asked. One process writes it at a time;
the others read it, and hold what is newer than it in an index of their own in memory.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bot.errors import StoreError
from bot.models import Paper
from bot.ports.papers import Hit
from storage.database import Database
from storage.papers import PaperStore
from storage.questions import likeness, question
from storage.shelf import VERSION, Ask, Busy, Shelf, best

log = logging.getLogger(__name__)

_PAGE: Final = 500
_SCANNED: Final = 2_000
"""Papers that a process holds in memory beside an index that another one writes."""
_BROKEN: Final = (ValueError, RuntimeError, OSError)
"""What tantivy raises for files that it can't use."""


def open_index(directory: Path, database: Database) -> PaperIndex:
    """Return the index kept in *directory*; nothing is opened or built before it is needed."""
    return PaperIndex(directory, PaperStore(database))


@contextmanager
def _told() -> Iterator[None]:
    """Raise `bot.errors.StoreError` in place of what tantivy and the disk raise inside the block."""
    try:
        yield
    except _BROKEN as error:
        raise StoreError(
            f"The search index can't be read or written ({error}). Check the disk, and who owns the folder index in "
            "DATA_DIR; everything else is stored, and search catches up by itself."
        ) from error


class PaperIndex:
    """`bot.ports.papers.Index` on tantivy."""

    def __init__(self, directory: Path, papers: PaperStore) -> None:
        self._directory = directory
        self._papers = papers
        self._shelf: Shelf | None = None
        self._beside: Shelf | None = None
        self._replaced: frozenset[str] = frozenset()
        self._taken: int | None = None
        self._turn = asyncio.Lock()

    async def find(self, query: Sequence[str], limit: int) -> Sequence[Hit]:
        """Return the best papers for *query*."""
        return await self._ask(lambda schema, _: question(schema, query), limit)

    async def like(self, paper: Paper, limit: int) -> Sequence[Hit]:
        """Return the papers most like one, without itself."""
        hits = await self._ask(lambda schema, searcher: likeness(schema, searcher, paper), limit + 1)
        return [hit for hit in hits if hit.paper != paper.id][:limit]

    async def refresh(self) -> int:
        """Take in what is newer than the index; return how many papers."""
        async with self._turn:
            try:
                return await self._refresh()
            except _BROKEN as error:
                await self._discard(error)
            with _told():
                return await self._refresh()

    async def _ask(self, ask: Ask, limit: int) -> Sequence[Hit]:
        if await self._papers.sequence() != self._taken:
            await self.refresh()
        try:
            return await asyncio.to_thread(self._search, ask, limit)
        except _BROKEN as error:
            await self._discard(error)
        await self.refresh()
        with _told():
            return await asyncio.to_thread(self._search, ask, limit)

    def _search(self, ask: Ask, limit: int) -> list[Hit]:
        """Search both shelves; what lies beside is newer and replaces what the index has of the same paper."""
        if self._shelf is None:
            raise StoreError("The search index was closed while it was being read. Try again in a moment.")
        newer = self._beside.search(ask, limit) if self._beside else []
        older = self._shelf.search(ask, limit + len(self._replaced))
        return best([*newer, *(hit for hit in older if hit.paper not in self._replaced)], limit)

    async def _refresh(self) -> int:
        if self._shelf is None:
            self._shelf = await asyncio.to_thread(Shelf, self._directory / VERSION)
        # The index is read before the table: it may lag behind the table, but never run ahead of it.
        have = await asyncio.to_thread(self._shelf.sequence)
        newest = await self._papers.sequence()
        ahead = have > newest or (have == newest and self._shelf.count() != await self._papers.count())
        taken = 0
        if ahead or have < newest:
            taken = await self._take(self._shelf, 0 if ahead else have, clear=ahead)
        self._taken = newest
        return taken

    async def _take(self, shelf: Shelf, after: int, *, clear: bool) -> int:
        """Write what is newer than *after*, or hold it beside the index when another process writes."""
        try:
            pen = await asyncio.to_thread(shelf.pen)
        except Busy:
            return await self._scan(after)
        taken = 0
        try:
            if clear:
                pen.clear()
            async for page in self._pages(after):
                await asyncio.to_thread(pen.write, page)
                taken += len(page)
            await asyncio.to_thread(pen.keep)
        finally:
            await asyncio.to_thread(pen.close)
        self._beside, self._replaced = None, frozenset()
        return taken

    async def _scan(self, after: int) -> int:
        """Hold the first papers after *after* in memory, at most so many that it stays small."""
        beside, held = Shelf(None), set[str]()
        pen = beside.pen()
        async for page in self._pages(after):
            await asyncio.to_thread(pen.write, page)
            held.update(paper.id for _, paper in page)
            if len(held) >= _SCANNED:
                break
        await asyncio.to_thread(pen.keep)
        await asyncio.to_thread(pen.close)
        self._beside, self._replaced = beside, frozenset(held)
        return len(held)

    async def _pages(self, after: int) -> AsyncIterator[list[tuple[int, Paper]]]:
        page: list[tuple[int, Paper]] = []
        async for numbered in self._papers.each(after):
            page.append(numbered)
            if len(page) == _PAGE:
                yield page
                page = []
        if page:
            yield page

    async def _discard(self, error: Exception) -> None:
        """Throw the index away; it is made of the table and will be again."""
        log.warning("The search index can't be used and is built anew: %s", error)
        self._shelf, self._taken = None, None
        await asyncio.to_thread(shutil.rmtree, self._directory, ignore_errors=True)
