"""Real files in every test; nothing here runs in memory."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.ports.stores import Stores
from storage.database import Database
from storage.search_index.index import open_index
from storage.stores import build_stores as all_stores
from tests.stores import opened


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture
async def database(tmp_path: Path, now: datetime) -> AsyncIterator[Database]:
    async with opened(tmp_path, now) as database:
        yield database


@pytest.fixture
def stores(database: Database, tmp_path: Path) -> Stores:
    return all_stores(database, open_index(tmp_path / "index", database))
