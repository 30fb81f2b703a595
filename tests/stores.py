"""Real stores on a temporary folder, for every test that needs them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from bot.ports.stores import Stores
from storage.database import Database, open_database
from storage.index import open_index
from storage.stores import stores
from storage.upgrades import upgrade


def url(path: Path) -> str:
    """Return the URL of the database in the folder *path*."""
    return f"sqlite+aiosqlite:///{path / 'broadsheet.db'}"


@asynccontextmanager
async def opened(path: Path, now: datetime) -> AsyncIterator[Database]:
    """Give a migrated database in the folder *path*."""
    upgrade(url(path), path, now)
    database = open_database(url(path))
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def open_stores(path: Path, now: datetime) -> AsyncIterator[Stores]:
    """Give all stores on a database in the folder *path*; opening the same folder again finds what was kept."""
    async with opened(path, now) as database:
        yield stores(database, open_index(path / "index", database))
