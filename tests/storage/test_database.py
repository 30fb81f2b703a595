"""The engines: pragmas, many tasks at once, and every way in which a disk or a file fails."""

import asyncio
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from bot.domain.channels import Channel
from bot.errors import StoreError
from bot.ports.stores import Stores
from bot.reasons.reason import Reason
from storage.database import Database, get_sqlite_path, open_database, open_migration_engine
from storage.tables import marks
from tests.papers import paper
from tests.stores import open_stores, opened, url


async def test_pragmas_are_those_of_a_ledger(database: Database) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
    async with database.begin_write() as connection:
        assert {name: await connection.scalar(text(f"PRAGMA {name}")) for name in wanted} == wanted


async def test_readers_cannot_write(database: Database) -> None:
    with pytest.raises(StoreError, match="can only be read"):
        async with database.begin_read() as connection:
            await connection.execute(marks.insert(), {"name": "a", "value": "b"})


async def test_foreign_keys_hold(database: Database) -> None:
    with pytest.raises(StoreError, match="The database refused that"):
        async with database.begin_write() as connection:
            await connection.execute(text("INSERT INTO saves (channel_id, paper, at) VALUES (7, 'x', '2026-11-24')"))


async def test_what_a_row_holds_is_not_said_to_people(
    database: Database, stores: Stores, caplog: pytest.LogCaptureFixture
) -> None:
    """sqlite3 tells of a text that is no UTF-8 by the text, which may be somebody's; even "is locked"."""
    async with database.begin_write() as connection:
        damage = "INSERT INTO marks VALUES ('theirs', CAST(x'6973206c6f636b656420ff' AS TEXT))"
        await connection.execute(text(damage))
    with pytest.raises(StoreError) as caught:
        await stores.key_values.get("theirs")
    assert caught.value.reason == Reason("database.damaged")
    assert "is locked" not in str(caught.value) + caplog.text


@pytest.mark.parametrize("statement", ["INSERT INTO marks VALUES ('secret', NULL)", "SELECT secret FROM marks WHERE ("])
async def test_what_has_no_sentence_is_found_in_the_log_by_its_reference(
    database: Database, caplog: pytest.LogCaptureFixture, statement: str
) -> None:
    with pytest.raises(StoreError) as caught:
        async with database.begin_write() as connection:
            await connection.execute(text(statement))
    assert caught.value.reason.code == "database.failed"
    assert f"reference {caught.value.reason.values['reference']}: " in caplog.text
    assert "secret" not in str(caught.value) + caplog.text


def test_a_reason_that_was_recorded_with_its_cause_is_said_without_it() -> None:
    assert str(Reason("database.refused", cause="secret")) == "The database refused that."


async def test_twenty_writers_and_readers_never_meet_a_lock(stores: Stores, now: datetime) -> None:
    await stores.papers.add([paper("2399.00001")], now)

    async def write(n: int) -> None:
        for turn in range(10):
            await stores.key_values.set(f"{n}", str(int(await stores.key_values.get(f"{n}") or 0) + 1))
            await stores.papers.add([paper(f"24{n:02}.{turn:05}", votes=turn)], now)

    async def read() -> None:
        for _ in range(30):
            assert await stores.papers.count_papers() >= 1

    await asyncio.gather(*(write(n) for n in range(20)), *(read() for _ in range(5)))
    assert {await stores.key_values.get(f"{n}") for n in range(20)} == {"10"}
    assert await stores.papers.count_papers() == 201


async def test_two_processes_may_write(tmp_path: Path, now: datetime) -> None:
    """Two databases on one file stand for a bot and a command beside it."""
    async with open_stores(tmp_path, now) as one, open_stores(tmp_path, now) as other:
        pair = (one, other)
        await asyncio.gather(*(pair[n % 2].processed_events.add_if_new(f"e{n}", now) for n in range(60)))
        assert not any([await one.processed_events.add_if_new(f"e{n}", now) for n in range(60)])


def test_two_processes_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    """SQLite refuses one of two changes to WAL at once, whatever the busy_timeout: in about one of five such starts."""

    def start(turn: int, together: threading.Barrier) -> None:
        engine = open_migration_engine(url(tmp_path / f"{turn}"))
        together.wait()
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS t (x)"))
        engine.dispose()

    with ThreadPoolExecutor(2) as pool:
        for turn in range(40):
            together = threading.Barrier(2)
            for done in [pool.submit(start, turn, together) for _ in range(2)]:
                done.result()


async def test_a_cancelled_writer_leaves_no_lock(stores: Stores, database: Database) -> None:
    started = asyncio.Event()

    async def linger() -> None:
        async with database.begin_write() as connection:
            await connection.execute(marks.insert(), {"name": "half", "value": "done"})
            started.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(linger())
    await started.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await stores.key_values.set("next", "fine")
    assert (await stores.key_values.get("half"), await stores.key_values.get("next")) == ("", "fine")


async def test_cancelled_at_any_moment_a_transaction_happens_whole_or_not_at_all(
    stores: Stores, database: Database
) -> None:
    async def change(name: str) -> None:
        async with database.begin_write() as connection:
            await connection.execute(marks.insert(), {"name": f"{name} one", "value": name})
            await connection.execute(marks.insert(), {"name": f"{name} two", "value": name})

    for turns in range(60):
        task = asyncio.create_task(change(f"{turns}"))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await stores.key_values.get(f"{turns} one") == await stores.key_values.get(f"{turns} two")
    await stores.key_values.set("next", "fine")
    assert await stores.key_values.get("next") == "fine"


async def test_a_full_disk_is_told_and_keeps_what_is_there(stores: Stores, database: Database, now: datetime) -> None:
    await stores.papers.add([paper("2401.00001")], now)
    async with database.begin_write() as connection:
        pages = await connection.scalar(text("PRAGMA page_count"))
        await connection.execute(text(f"PRAGMA max_page_count = {pages + 2}"))
    with pytest.raises(StoreError, match="disk is full"):
        await stores.papers.add([paper(f"2402.{n:05}", abstract="word " * 900) for n in range(50)], now)
    assert await stores.papers.count_papers() == 1
    async with database.begin_write() as connection:
        await connection.execute(text("PRAGMA max_page_count = 1000000"))
    await stores.papers.add([paper("2402.00001")], now)
    assert await stores.papers.count_papers() == 2


async def test_a_busy_database_is_told(stores: Stores, database: Database, tmp_path: Path, now: datetime) -> None:
    async with database.begin_write() as connection:
        await connection.execute(text("PRAGMA busy_timeout = 20"))
    async with opened(tmp_path, now) as other:
        async with other.begin_write():
            with pytest.raises(StoreError, match="busy"):
                await stores.key_values.set("a", "b")
            assert await stores.key_values.get("a") == ""
        await stores.key_values.set("a", "b")
    assert await stores.key_values.get("a") == "b"


async def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "broadsheet.db").write_bytes(b"this is a letter, not a database" * 200)
    database = open_database(url(tmp_path))
    with pytest.raises(StoreError, match="not a SQLite database"):
        async with database.begin_read() as connection:
            await connection.execute(text("SELECT * FROM marks"))
    await database.close()


async def test_a_database_without_tables_is_told(tmp_path: Path) -> None:
    database = open_database(url(tmp_path))
    with pytest.raises(StoreError, match="migrate"):
        async with database.begin_write() as connection:
            await connection.execute(marks.insert(), {"name": "a", "value": "b"})
    await database.close()


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StoreError, match="can't be used as a folder"):
        open_database(url(tmp_path / "data"))


@pytest.mark.parametrize("wrong", ["sqlite://", "sqlite:///:memory:", "postgresql://host/name"])
def test_only_a_sqlite_file_will_do(wrong: str) -> None:
    with pytest.raises(StoreError, match="SQLite file"):
        get_sqlite_path(wrong)


async def test_files_are_for_their_owner_only(tmp_path: Path, now: datetime) -> None:
    async with open_stores(tmp_path / "data", now) as stores:
        await stores.key_values.set("a", "b")
        assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").iterdir()}
    assert {name: mode for name, mode in modes.items() if mode & 0o077} == {}


async def test_naive_times_are_refused(stores: Stores, now: datetime) -> None:
    with pytest.raises(StatementError, match="timezone"):
        await stores.processed_events.add_if_new("e", now.replace(tzinfo=None))


async def test_times_come_back_in_utc(stores: Stores, now: datetime) -> None:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - one test needs a foreign zone

    await stores.mutes_and_saves.save(Channel("web", "local", "ann"), "p", now.astimezone(ZoneInfo("Asia/Tokyo")))
    ((_, at),) = await stores.mutes_and_saves.list_saved_papers(Channel("web", "local", "ann"))
    assert (at, at.utcoffset()) == (now, timedelta(0))
