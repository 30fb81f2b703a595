"""Search latency (p50, p99) over everything stored, beside SQL LIKE on the same papers."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from random import Random
from typing import Final

from benchmarks import stage
from benchmarks.report import Figure, compute_percentile
from bot import poller
from bot.domain.topics.clauses import split_words
from bot.ports.stores import Stores
from bot.search import paper_search
from bot.sources import file_import

_RANDOM_SEED: Final = 20260228
_MIN_WORD_LENGTH: Final = 4
"""Letters from which on a title's word is worth asking for."""
_LIKE_SQL: Final = "SELECT external_id FROM papers WHERE title LIKE ? OR abstract LIKE ? ORDER BY votes DESC LIMIT 200"


def run(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - every benchmark takes the one flag
    """Measure both with the same queries on the same papers."""
    batches, asked, plain = (10, 100, 20) if quick else (1_000, 400, 60)
    with stage.make_temporary_folder() as folder:
        papers, taken, indexed, queries, ours = asyncio.run(_time_searches(folder, batches, asked))
        like = _time_like_queries(folder / "broadsheet.db", queries[:plain])
    print(f"  {papers:,} papers, stored in {taken:.1f} s, indexed in {indexed:.1f} s; {len(queries)} queries")
    against = f"LIKE with the words in a row ({len(queries[:plain])} queries)"
    for percent in (50, 99):
        yield Figure(
            f"search, p{percent}",
            compute_percentile(ours, percent) * 1e3,
            "ms",
            None,
            compute_percentile(like, percent) * 1e3,
            against,
        )


async def _time_searches(
    folder: Path, batches: int, query_count: int
) -> tuple[int, float, float, list[str], list[float]]:
    async with stage.open_benchmark_stores(folder) as (stores, _):
        began = time.perf_counter()
        for batch in islice(file_import.read_batches([stage.find_recorded_papers()]), batches):
            await poller.import_batch(stores, batch.day, batch.papers, stage.NOW)
        store_seconds = time.perf_counter() - began
        await stores.search_index.refresh()
        index_seconds = time.perf_counter() - began - store_seconds
        queries = await _pick_queries(stores, query_count)
        times = []
        for query in queries:
            began = time.perf_counter()
            await paper_search.find_papers(stores, (), paper_search.SearchQuery(query), stage.NOW)
            times.append(time.perf_counter() - began)
        return await stores.papers.count_papers(), store_seconds, index_seconds, queries, times


async def _pick_queries(stores: Stores, number: int) -> list[str]:
    """Return queries of one to four words in a row from titles, the same in every run."""
    random = Random(_RANDOM_SEED)  # noqa: S311 - repeatable, not secret
    titles = [
        [w for w in split_words(paper.title) if len(w) >= _MIN_WORD_LENGTH]
        async for _, paper in stores.papers.iterate_papers()
    ]
    usable = [title for title in titles if len(title) > _MIN_WORD_LENGTH]
    chosen = random.sample(usable, min(number, len(usable)))
    return [" ".join(title[: random.randint(1, _MIN_WORD_LENGTH)]) for title in chosen]


def _time_like_queries(path: Path, queries: Sequence[str]) -> list[float]:
    times = []
    with closing(sqlite3.connect(path)) as connection:
        for query in queries:
            began = time.perf_counter()
            connection.execute(_LIKE_SQL, (f"%{query}%", f"%{query}%")).fetchall()
            times.append(time.perf_counter() - began)
    return times
