"""The full-text search index: a tantivy index that follows the papers table and can be rebuilt at any time.

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

from bot.domain.papers import Paper
from bot.errors import StoreError
from bot.ports.papers import SearchHit
from storage.database import Database
from storage.papers.papers import PaperStore
from storage.search_index.queries import build_search_query, build_similarity_query
from storage.search_index.tantivy_index import INDEX_VERSION, IndexBusy, QueryBuilder, TantivyIndex, select_best_hits

log = logging.getLogger(__name__)

_PAGE_SIZE: Final = 500
_MAX_MEMORY_PAPERS: Final = 2_000
"""Papers that a process holds in memory beside an index that another one writes."""
_INDEX_ERRORS: Final = (ValueError, RuntimeError, OSError)
"""What tantivy raises for files that it can't use."""


def open_index(directory: Path, database: Database) -> PaperIndex:
    """Return the index kept in *directory*; nothing is opened or built before it is needed."""
    return PaperIndex(directory, PaperStore(database))


@contextmanager
def _translate_index_errors() -> Iterator[None]:
    """Raise `bot.errors.StoreError` in place of what tantivy and the disk raise inside the block."""
    try:
        yield
    except _INDEX_ERRORS as error:
        raise StoreError(
            f"The search index can't be read or written ({error}). Check the disk, and who owns the folder index in "
            "DATA_DIR; everything else is stored, and search catches up by itself."
        ) from error


class PaperIndex:
    """`bot.ports.papers.SearchIndex` on tantivy."""

    def __init__(self, directory: Path, papers: PaperStore) -> None:
        self._directory = directory
        self._papers = papers
        self._disk_index: TantivyIndex | None = None
        self._memory_index: TantivyIndex | None = None
        self._replaced_ids: frozenset[str] = frozenset()
        self._indexed_sequence: int | None = None
        self._lock = asyncio.Lock()

    async def search(self, query: Sequence[str], limit: int) -> Sequence[SearchHit]:
        """Return the best papers for *query*."""
        return await self._run_query(lambda schema, _: build_search_query(schema, query), limit)

    async def find_similar(self, paper: Paper, limit: int) -> Sequence[SearchHit]:
        """Return the papers most like one, without itself."""
        hits = await self._run_query(
            lambda schema, searcher: build_similarity_query(schema, searcher, paper), limit + 1
        )
        return [hit for hit in hits if hit.paper_id != paper.id][:limit]

    async def refresh(self) -> int:
        """Take in what is newer than the index; return how many papers."""
        async with self._lock:
            try:
                return await self._refresh_locked()
            except _INDEX_ERRORS as error:
                await self._discard_index(error)
            with _translate_index_errors():
                return await self._refresh_locked()

    async def _run_query(self, build_query: QueryBuilder, limit: int) -> Sequence[SearchHit]:
        if await self._papers.get_last_sequence() != self._indexed_sequence:
            await self.refresh()
        try:
            return await asyncio.to_thread(self._search_both, build_query, limit)
        except _INDEX_ERRORS as error:
            await self._discard_index(error)
        await self.refresh()
        with _translate_index_errors():
            return await asyncio.to_thread(self._search_both, build_query, limit)

    def _search_both(self, build_query: QueryBuilder, limit: int) -> list[SearchHit]:
        """Search both indexes; the one in memory is newer and replaces what the index has of the same paper."""
        if self._disk_index is None:
            raise StoreError("The search index was closed while it was being read. Try again in a moment.")
        newer = self._memory_index.search(build_query, limit) if self._memory_index else []
        older = self._disk_index.search(build_query, limit + len(self._replaced_ids))
        return select_best_hits([*newer, *(hit for hit in older if hit.paper_id not in self._replaced_ids)], limit)

    async def _refresh_locked(self) -> int:
        if self._disk_index is None:
            self._disk_index = await asyncio.to_thread(TantivyIndex, self._directory / INDEX_VERSION)
        # The index is read before the table: it may lag behind the table, but never run ahead of it.
        indexed_sequence = await asyncio.to_thread(self._disk_index.get_last_sequence)
        newest = await self._papers.get_last_sequence()
        ahead = indexed_sequence > newest or (
            indexed_sequence == newest and self._disk_index.count_papers() != await self._papers.count_papers()
        )
        indexed_count = 0
        if ahead or indexed_sequence < newest:
            indexed_count = await self._index_newer(self._disk_index, 0 if ahead else indexed_sequence, clear=ahead)
        self._indexed_sequence = newest
        return indexed_count

    async def _index_newer(self, index: TantivyIndex, after: int, *, clear: bool) -> int:
        """Write what is newer than *after*, or hold it beside the index when another process writes."""
        try:
            writer = await asyncio.to_thread(index.open_writer)
        except IndexBusy:
            return await self._index_in_memory(after)
        indexed_count = 0
        try:
            if clear:
                writer.delete_all()
            async for page in self._iterate_pages(after):
                await asyncio.to_thread(writer.write_papers, page)
                indexed_count += len(page)
            await asyncio.to_thread(writer.commit)
        finally:
            await asyncio.to_thread(writer.close)
        self._memory_index, self._replaced_ids = None, frozenset()
        return indexed_count

    async def _index_in_memory(self, after: int) -> int:
        """Hold the first papers after *after* in memory, at most so many that it stays small."""
        memory_index, paper_ids = TantivyIndex(None), set[str]()
        writer = memory_index.open_writer()
        async for page in self._iterate_pages(after):
            await asyncio.to_thread(writer.write_papers, page)
            paper_ids.update(paper.id for _, paper in page)
            if len(paper_ids) >= _MAX_MEMORY_PAPERS:
                break
        await asyncio.to_thread(writer.commit)
        await asyncio.to_thread(writer.close)
        self._memory_index, self._replaced_ids = memory_index, frozenset(paper_ids)
        return len(paper_ids)

    async def _iterate_pages(self, after: int) -> AsyncIterator[list[tuple[int, Paper]]]:
        page: list[tuple[int, Paper]] = []
        async for numbered in self._papers.iterate_papers(after):
            page.append(numbered)
            if len(page) == _PAGE_SIZE:
                yield page
                page = []
        if page:
            yield page

    async def _discard_index(self, error: Exception) -> None:
        """Throw the index away; it is made of the table and will be again."""
        log.warning("The search index can't be used and is built anew: %s", error)
        self._disk_index, self._indexed_sequence = None, None
        await asyncio.to_thread(shutil.rmtree, self._directory, ignore_errors=True)
