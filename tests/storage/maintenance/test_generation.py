"""A database that is not the last one of its folder is known as restored, and marked for the ledger."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Collection
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.cards.models import Card
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey
from bot.errors import StoreError
from bot.ports.deliveries import Draft
from bot.ports.maintenance import Restored
from storage.maintenance import generation
from storage.maintenance.backup import back_up_database
from tests.stores import broken, open_stores

HOUR = timedelta(hours=1)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


async def start(data: Path, now: datetime) -> Restored | None:
    """Start and let it be killed: nothing is recorded at the end."""
    async with open_stores(data, now) as stores:
        return await stores.maintenance.begin_generation(now)


async def work(data: Path, now: datetime) -> None:
    async with open_stores(data, now) as stores:
        await stores.maintenance.record_alive(now)


def remove(data: Path) -> None:
    for old in data.glob("broadsheet.db*"):
        old.unlink()


def restore(copy: Path, data: Path) -> None:
    remove(data)
    shutil.copy(copy, data / "broadsheet.db")


async def marks(data: Path, now: datetime) -> tuple[str, str]:
    async with open_stores(data, now) as stores:
        return await stores.key_values.get("restored_since"), await stores.key_values.get("restored_at")


async def test_start_after_start_is_no_restore(data: Path, now: datetime) -> None:
    for hour in range(3):
        assert await start(data, now + hour * HOUR) is None
    await work(data, now)
    assert await start(data, now) is None
    assert await marks(data, now) == ("", "")
    assert len((data / "generation").read_text().split()) == 1
    assert (data / "generation").stat().st_mode & 0o077 == 0


async def test_a_backup_is_known_even_within_its_hour(data: Path, tmp_path: Path, now: datetime) -> None:
    await start(data, now)
    back_up_database(data / "broadsheet.db", tmp_path / "copy.db")
    restore(tmp_path / "copy.db", data)
    assert await start(data, now + HOUR) == Restored(now)
    assert await marks(data, now) == (now.isoformat(), (now + HOUR).isoformat())
    assert await start(data, now + 2 * HOUR) is None, "it is the current one now"


async def test_any_copy_is_known_once_the_bot_went_on(data: Path, tmp_path: Path, now: datetime) -> None:
    await start(data, now)
    await work(data, now + HOUR)
    with closing(sqlite3.connect(data / "broadsheet.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(data / "broadsheet.db", tmp_path / "copy.db")
    await work(data, now + 2 * HOUR)
    restore(tmp_path / "copy.db", data)
    assert await start(data, now + 9 * HOUR) == Restored(now + HOUR)


async def test_a_copy_in_another_folder_is_known(data: Path, tmp_path: Path, now: datetime) -> None:
    await start(data, now)
    back_up_database(data / "broadsheet.db", tmp_path / "other" / "broadsheet.db")
    assert await start(tmp_path / "other", now + HOUR) == Restored(now)
    (data / "generation").unlink()
    assert await start(data, now + HOUR) == Restored(now), "who knows what it missed"


async def test_a_new_database_beside_an_old_file_is_new(data: Path, now: datetime) -> None:
    await start(data, now)
    remove(data)
    assert await start(data, now) is None


async def test_a_backup_of_one_that_never_ran_is_known_by_its_channels(
    data: Path, tmp_path: Path, now: datetime
) -> None:
    async with open_stores(data, now) as stores:
        await stores.channels.get_or_create(Channel("slack", "T1", "C1"), now)
    back_up_database(data / "broadsheet.db", tmp_path / "copy.db")
    assert await start(data, now) is None
    restore(tmp_path / "copy.db", data)
    assert await start(data, now + HOUR) == Restored(now + HOUR - timedelta(days=2))


async def test_a_crash_in_between_is_no_restore(data: Path, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    await start(data, now)
    with broken(data, "UPDATE ON marks"), pytest.raises(StoreError):
        await work(data, now + HOUR)
    assert len((data / "generation").read_text().split()) == 2
    assert await start(data, now + 2 * HOUR) is None
    written = generation._write_tokens

    def write_first(directory: Path, tokens: Collection[str]) -> None:
        if len(tokens) == 1:
            raise StoreError("killed")
        written(directory, tokens)

    with monkeypatch.context() as patched:
        patched.setattr(generation, "_write_tokens", write_first)
        with pytest.raises(StoreError, match="killed"):
            await work(data, now + 3 * HOUR)
    assert await start(data, now + 4 * HOUR) is None


async def test_a_restore_that_crashed_is_known_at_the_next_start(data: Path, tmp_path: Path, now: datetime) -> None:
    await start(data, now)
    back_up_database(data / "broadsheet.db", tmp_path / "copy.db")
    restore(tmp_path / "copy.db", data)
    with broken(data, "UPDATE ON marks"), pytest.raises(StoreError):
        await start(data, now + HOUR)
    assert await start(data, now + HOUR) == Restored(now)


async def test_a_backup_from_before_there_were_generations_is_known_by_its_messages(
    data: Path, tmp_path: Path, now: datetime
) -> None:
    channel = Channel("slack", "T1", "C1")
    async with open_stores(data, now) as stores:
        await stores.ledger.add([Draft(DeliveryKey(channel, "digest", "2026-11-24"), Card())], now - HOUR)
        back_up_database(data / "broadsheet.db", tmp_path / "copy.db")
    assert await start(data, now) is None, "the first start of this version"
    restore(tmp_path / "copy.db", data)
    assert await start(data, now) == Restored(now - HOUR)
