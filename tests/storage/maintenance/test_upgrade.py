"""Migrations, backups and the lock."""

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, Table

from bot.errors import Locked, NewerStore, StoreError
from storage.database import open_migration_engine
from storage.maintenance import upgrade
from storage.maintenance.backup import back_up_database, choose_backup_path, verify_backup
from storage.maintenance.process_lock import lock_data_directory
from storage.maintenance.upgrade import find_schema_differences, list_revisions, read_revision, upgrade_database
from storage.tables import metadata
from tests.papers import paper
from tests.stores import open_stores, url

_ROOT = Path(__file__).parents[3]


def _do(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_a_new_database_gets_the_newest_tables(tmp_path: Path, now: datetime) -> None:
    assert upgrade_database(url(tmp_path), tmp_path, now) is None
    assert read_revision(tmp_path / "broadsheet.db") == list_revisions()[-1]
    assert upgrade_database(url(tmp_path), tmp_path, now) is None
    assert stat.S_IMODE((tmp_path / "broadsheet.db").stat().st_mode) == 0o600


def test_the_migrations_make_what_is_declared() -> None:
    assert find_schema_differences() == []


def test_the_check_can_fail() -> None:
    extra = Table("forgotten", metadata, Column("id", Integer, primary_key=True))
    try:
        assert any("forgotten" in str(difference) for difference in find_schema_differences())
    finally:
        metadata.remove(extra)


def test_a_database_with_data_is_backed_up_first(tmp_path: Path, now: datetime) -> None:
    file = tmp_path / "broadsheet.db"
    _do(file, "CREATE TABLE notes (line TEXT)", "INSERT INTO notes VALUES ('keep me')")
    kept = upgrade_database(url(tmp_path), tmp_path, now)
    assert kept
    assert kept.parent == tmp_path / "backups"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert verify_backup(kept) == {"notes": 1}
    assert verify_backup(file)["notes"] == 1
    assert read_revision(file) == list_revisions()[-1]


async def test_data_survives_every_step(tmp_path: Path, now: datetime) -> None:
    """From the first tables to the newest; until there is a second step this only proves that a stamp is enough."""
    from alembic import command  # noqa: PLC0415 - slow to import

    engine = open_migration_engine(url(tmp_path))
    with engine.begin() as connection:
        config = upgrade._build_alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, list_revisions()[0])
    engine.dispose()
    _do(
        tmp_path / "broadsheet.db",
        "INSERT INTO papers (external_id, title, authors, categories, keywords, seen, day, sequence)"
        " VALUES ('2401.00001', 'Old', '[\"Ann\"]', '[]', '[]', '2024-01-02 00:00:00.000000', '2024-01-02', 1)",
    )
    async with open_stores(tmp_path, now) as stores:
        found = (await stores.papers.get(["2401.00001"]))["2401.00001"]
    assert (found.title, found.authors) == ("Old", ("Ann",))
    verify_backup(tmp_path / "broadsheet.db")


def test_a_failing_step_leaves_everything_as_it_was(tmp_path: Path, now: datetime) -> None:
    _do(tmp_path / "broadsheet.db", "CREATE TABLE papers (mine TEXT)", "INSERT INTO papers VALUES ('keep me')")
    with pytest.raises(StoreError, match="The database refused that"):
        upgrade_database(url(tmp_path), tmp_path, now)
    assert verify_backup(tmp_path / "broadsheet.db") == {"papers": 1}


def test_an_upgrade_that_is_broken_off_again_and_again_leaves_one_backup(tmp_path: Path, now: datetime) -> None:
    _do(tmp_path / "broadsheet.db", "CREATE TABLE papers (mine TEXT)", "INSERT INTO papers VALUES ('keep me')")
    for minute in range(5):
        with pytest.raises(StoreError, match="The database refused that"):
            upgrade_database(url(tmp_path), tmp_path, now.replace(minute=minute))
    (kept,) = (tmp_path / "backups").iterdir()
    assert verify_backup(kept) == {"papers": 1}
    _do(tmp_path / "broadsheet.db", "INSERT INTO papers VALUES ('me too')")
    with pytest.raises(StoreError, match="The database refused that"):
        upgrade_database(url(tmp_path), tmp_path, now.replace(minute=6))
    assert sorted(verify_backup(each)["papers"] for each in (tmp_path / "backups").iterdir()) == [1, 2]


def test_the_newest_backups_of_upgrades_are_kept_and_all_of_the_command(tmp_path: Path, now: datetime) -> None:
    file, folder = tmp_path / "broadsheet.db", tmp_path / "backups"
    for year in range(2020, 2025):
        file.unlink(missing_ok=True)
        _do(file, "CREATE TABLE notes (line TEXT)", f"PRAGMA user_version = {year}")
        back_up_database(file, choose_backup_path(tmp_path, now.replace(year=year), "backup"))
        upgrade_database(url(tmp_path), tmp_path, now.replace(year=year))
    (folder / "20200101T000000Z-before-0003-mine.db").touch()
    names = sorted(path.name for path in folder.iterdir())
    assert [name[:4] for name in names if name.endswith("-backup.db")] == ["2020", "2021", "2022", "2023", "2024"]
    assert [name[:4] for name in names if "before" in name and "mine" not in name] == ["2022", "2023", "2024"]
    assert "20200101T000000Z-before-0003-mine.db" in names


def test_a_newer_database_is_refused(tmp_path: Path, now: datetime) -> None:
    upgrade_database(url(tmp_path), tmp_path, now)
    _do(tmp_path / "broadsheet.db", "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerStore, match="newer version of Broadsheet"):
        upgrade_database(url(tmp_path), tmp_path, now)
    assert not (tmp_path / "backups").exists()


def test_a_damaged_database_is_refused(tmp_path: Path, now: datetime) -> None:
    (tmp_path / "broadsheet.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match="not a SQLite database"):
        upgrade_database(url(tmp_path), tmp_path, now)


async def test_a_backup_is_taken_while_the_database_is_in_use(tmp_path: Path, now: datetime) -> None:
    async with open_stores(tmp_path, now) as stores:
        await stores.papers.add([paper("2401.00001")], now)
        target = choose_backup_path(tmp_path, now, "backup")
        back_up_database(tmp_path / "broadsheet.db", target)
        await stores.papers.add([paper("2401.00002")], now)
    assert verify_backup(target)["papers"] == 1
    assert choose_backup_path(tmp_path, now, "backup") != target
    with pytest.raises(StoreError, match="can't be written"):
        back_up_database(tmp_path / "broadsheet.db", target)


def test_a_backup_needs_a_database(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no database"):
        back_up_database(tmp_path / "none.db", tmp_path / "copy.db")
    with pytest.raises(StoreError, match="no database"):
        verify_backup(tmp_path / "none.db")


async def test_a_damaged_backup_is_found(tmp_path: Path, now: datetime) -> None:
    async with open_stores(tmp_path, now) as stores:
        await stores.papers.add([paper(f"2401.{n:05}", abstract="word " * 300) for n in range(200)], now)
        copy = tmp_path / "copy.db"
        back_up_database(tmp_path / "broadsheet.db", copy)
    whole = copy.read_bytes()
    copy.write_bytes(whole[: len(whole) // 2] + b"\0" * 9000 + whole[len(whole) // 2 + 9000 :])
    with pytest.raises(StoreError, match="damaged"):
        verify_backup(copy)


def test_a_lost_parent_is_found(tmp_path: Path, now: datetime) -> None:
    upgrade_database(url(tmp_path), tmp_path, now)
    _do(tmp_path / "broadsheet.db", "INSERT INTO saves (channel_id, paper, at) VALUES (7, 'x', '2026-11-24')")
    with pytest.raises(StoreError, match="lost its channels"):
        verify_backup(tmp_path / "broadsheet.db")


def test_one_process_holds_the_folder(tmp_path: Path) -> None:
    with (
        lock_data_directory(tmp_path),
        pytest.raises(Locked, match="Another Broadsheet runs on"),
        lock_data_directory(tmp_path),
    ):
        pass
    with lock_data_directory(tmp_path):
        pass


_HOLDING = """
import sys
from pathlib import Path
from storage.database import open_migration_engine
from storage.maintenance.process_lock import lock_data_directory
with lock_data_directory(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_killed_process_lets_go(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _HOLDING, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(Locked), lock_data_directory(tmp_path):
            pass
        other.kill()
    with lock_data_directory(tmp_path):
        pass


def test_a_folder_that_cannot_be_held_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StoreError, match="can't be used"), lock_data_directory(tmp_path / "data"):
        pass
