"""Import of recorded lists: seconds for the first import and for a second one that must change nothing."""

from __future__ import annotations

import asyncio
import gzip
import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from benchmarks import stage
from benchmarks.report import Figure
from bot import poller
from bot.ports.stores import Stores
from bot.sources import file_import

_QUICK_LIST_COUNT: Final = 40


def run(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - every benchmark takes the one flag
    """Measure both imports, and a plain insert of every record."""
    days = stage.find_recorded_lists()[-_QUICK_LIST_COUNT if quick else 0 :]
    with stage.make_temporary_folder() as folder:
        first, second, papers = asyncio.run(_import_twice(folder, days))
    with stage.make_temporary_folder() as folder:
        naive = _time_plain_inserts(folder / "plain.db", days)
    what = f"{len(days)} lists, {papers:,} papers"
    yield Figure(f"importing {what}, indexed", first, "s", 60, naive, "an insert and a commit a record, no index")
    yield Figure("importing them again, nothing changed", second, "s")


async def _import_twice(folder: Path, days: Sequence[Path]) -> tuple[float, float, int]:
    async with stage.open_benchmark_stores(folder) as (stores, _):
        first = await _time_import(stores, days, 0)
        before = _read_tables(folder)
        second = await _time_import(stores, days, 1)
        changed = {table for table, rows in _read_tables(folder).items() if rows != before[table]}
        if changed:
            raise RuntimeError(f"The second import changed {', '.join(sorted(changed))}.")
        return first, second, await stores.papers.count_papers()


async def _time_import(stores: Stores, days: Sequence[Path], hours: int) -> float:
    now = stage.NOW + timedelta(hours=hours)
    began = time.perf_counter()
    for batch in file_import.read_batches(days):
        await poller.import_batch(stores, batch.day, batch.papers, now)
    await stores.search_index.refresh()
    return time.perf_counter() - began


def _read_tables(folder: Path) -> dict[str, list[Any]]:
    """Return every row of every table; of the days all but when they were read."""
    with closing(sqlite3.connect(folder / "broadsheet.db")) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {table: "day, state, papers" if table == "days" else "*" for table in tables}
        return {t: connection.execute(f"SELECT {c} FROM {t}").fetchall() for t, c in columns.items()}  # noqa: S608 - names of our own tables


def _time_plain_inserts(path: Path, days: Sequence[Path]) -> float:
    """Insert every record by itself, as a first script would."""
    began = time.perf_counter()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE papers (id TEXT PRIMARY KEY, title TEXT, abstract TEXT, votes INTEGER)")
        for day in days:
            body = day.read_bytes()
            for record in json.loads(gzip.decompress(body) if day.suffix == ".gz" else body):
                paper = record["paper"]
                row = (paper["id"], paper.get("title"), paper.get("summary"), paper.get("upvotes"))
                connection.execute("INSERT OR REPLACE INTO papers VALUES (?, ?, ?, ?)", row)
                connection.commit()
    return time.perf_counter() - began
