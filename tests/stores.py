"""Real stores on a temporary folder, for every test that needs them."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.ports.stores import Stores
from storage.database import Database, create_private_directory, get_sqlite_path, open_database
from storage.maintenance.upgrade import upgrade_database
from storage.search_index.index import open_index
from storage.stores import build_stores


def url(path: Path) -> str:
    """Return the URL of the database in the folder *path*."""
    return f"sqlite+aiosqlite:///{path / 'broadsheet.db'}"


@asynccontextmanager
async def opened(path: Path, now: datetime) -> AsyncIterator[Database]:
    """Give a migrated database in the folder *path*; one that is there already is brought to the newest tables."""
    file = get_sqlite_path(url(path))
    if not file.exists():
        create_private_directory(path)
        file.write_bytes(_empty())
    upgrade_database(url(path), path, now)
    database = open_database(url(path))
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def open_stores(path: Path, now: datetime) -> AsyncIterator[Stores]:
    """Give all stores on a database in the folder *path*; opening the same folder again finds what was kept."""
    async with opened(path, now) as database:
        yield build_stores(database, open_index(path / "index", database))


@cache
def _empty() -> bytes:
    """Return a database with the newest tables and nothing in them; hundreds of tests begin with one."""
    with TemporaryDirectory() as folder:
        upgrade_database(url(Path(folder)), Path(folder), datetime.now(UTC))
        return get_sqlite_path(url(Path(folder))).read_bytes()


@contextmanager
def broken(path: Path, change: str) -> Iterator[None]:
    """Let the database in the folder *path* refuse a change, such as "DELETE ON marks"."""
    with closing(sqlite3.connect(path / "broadsheet.db", isolation_level=None)) as connection:
        connection.execute(f"CREATE TRIGGER broken BEFORE {change} BEGIN SELECT RAISE(ABORT, 'broken'); END")
        yield
        connection.execute("DROP TRIGGER broken")
