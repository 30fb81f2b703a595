"""Search over everything stored, beside the LIKE that a first version would have."""

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
from benchmarks.report import Figure, percentile
from bot import poller, search
from bot.clauses import words
from bot.ports.stores import Stores
from bot.sources import recorded

_SEED: Final = 20260228
_LONG: Final = 4
"""Letters from which on a title's word is worth asking for."""
_LIKE: Final = "SELECT external_id FROM papers WHERE title LIKE ? OR abstract LIKE ? ORDER BY votes DESC LIMIT 200"


def run(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - every benchmark takes the one flag
    """Measure both with the same queries on the same papers."""
    batches, asked, plain = (10, 100, 20) if quick else (1_000, 400, 60)
    with stage.folder() as folder:
        papers, taken, indexed, queries, ours = asyncio.run(_ours(folder, batches, asked))
        like = _like(folder / "broadsheet.db", queries[:plain])
    print(f"  {papers:,} papers, stored in {taken:.1f} s, indexed in {indexed:.1f} s; {len(queries)} queries")
    against = f"LIKE with the words in a row ({len(queries[:plain])} queries)"
    for percent in (50, 99):
        yield Figure(
            f"search, p{percent}", percentile(ours, percent) * 1e3, "ms", None, percentile(like, percent) * 1e3, against
        )


async def _ours(folder: Path, batches: int, asked: int) -> tuple[int, float, float, list[str], list[float]]:
    async with stage.opened(folder) as (stores, _):
        began = time.perf_counter()
        for batch in islice(recorded.read([stage.recorded_papers()]), batches):
            await poller.take_in(stores, batch.day, batch.papers, stage.NOW)
        taken = time.perf_counter() - began
        await stores.index.refresh()
        indexed = time.perf_counter() - began - taken
        queries = await _queries(stores, asked)
        times = []
        for query in queries:
            began = time.perf_counter()
            await search.find(stores, None, search.Query(query), stage.NOW)
            times.append(time.perf_counter() - began)
        return await stores.papers.count(), taken, indexed, queries, times


async def _queries(stores: Stores, number: int) -> list[str]:
    """Return queries of one to four words in a row from titles, the same in every run."""
    draw = Random(_SEED)  # noqa: S311 - repeatable, not secret
    titles = [[w for w in words(paper.title) if len(w) >= _LONG] async for _, paper in stores.papers.each()]
    usable = [title for title in titles if len(title) > _LONG]
    chosen = draw.sample(usable, min(number, len(usable)))
    return [" ".join(title[: draw.randint(1, _LONG)]) for title in chosen]


def _like(path: Path, queries: Sequence[str]) -> list[float]:
    times = []
    with closing(sqlite3.connect(path)) as connection:
        for query in queries:
            began = time.perf_counter()
            connection.execute(_LIKE, (f"%{query}%", f"%{query}%")).fetchall()
            times.append(time.perf_counter() - began)
    return times
