"""A database that is lost or damaged is refused with the way back, and a new folder is not."""

from __future__ import annotations

import shlex
import sqlite3
import subprocess
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import UnusableStore
from storage.maintenance.backup import back_up_database, choose_backup_path
from storage.maintenance.recovery import find_newest_backup, reject_damaged_database, reject_missing_database
from storage.maintenance.upgrade import upgrade_database
from tests.papers import paper
from tests.stores import open_stores, url

FILES = ["backups/20261124T080000Z-backup.db", "index/meta.json", "vault.key", "generation", "broadsheet.db-wal"]


@pytest.mark.parametrize("left", FILES)
@pytest.mark.parametrize("content", [None, b""], ids=["missing", "empty"])
def test_a_database_that_left_something_is_not_begun_anew(
    tmp_path: Path, now: datetime, left: str, content: bytes | None
) -> None:
    trace = tmp_path / left
    trace.parent.mkdir(exist_ok=True)
    trace.write_text("something")
    if content is not None:
        (tmp_path / "broadsheet.db").write_bytes(content)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UnusableStore) as caught:
        upgrade_database(url(tmp_path), tmp_path, now)
    named = tmp_path / left.partition("/")[0]
    what = "missing" if content is None else "empty"
    assert str(caught.value) == (
        f"The database {tmp_path / 'broadsheet.db'} is {what}, but what belongs to it is there: {named}. Nothing was "
        f"changed. No backup in {tmp_path / 'backups'} is whole; put one of yours in its place. To begin anew on "
        f"purpose, move that away first: {named}."
    )
    assert sorted(tmp_path.rglob("*")) == before
    trace.unlink()
    upgrade_database(url(tmp_path), tmp_path, now)


@pytest.mark.parametrize("content", [None, b""], ids=["missing", "empty"])
def test_a_new_folder_is_begun(tmp_path: Path, now: datetime, content: bytes | None) -> None:
    (tmp_path / "backups").mkdir()
    for name in ("lock", "broadsheet.log", "index"):
        (tmp_path / name).mkdir() if name == "index" else (tmp_path / name).touch()
    if content is not None:
        (tmp_path / "broadsheet.db").write_bytes(content)
    upgrade_database(url(tmp_path), tmp_path, now)
    reject_missing_database(tmp_path / "broadsheet.db", tmp_path)
    reject_damaged_database(tmp_path / "broadsheet.db", tmp_path)


async def test_the_way_back_is_the_newest_whole_backup_and_works(tmp_path: Path, now: datetime) -> None:
    data, file = tmp_path / "my data", tmp_path / "my data" / "broadsheet.db"
    async with open_stores(data, now) as stores:
        for turn in range(3):
            await stores.papers.add([paper(f"2401.0000{turn}", abstract="zebra " * 900)], now)
            back_up_database(file, choose_backup_path(data, now + timedelta(hours=turn), "backup"))
    _, good, bad = sorted((data / "backups").iterdir())
    bad.write_bytes(bad.read_bytes().replace(b"zebra", b"\xff\xffbra"))
    assert find_newest_backup(data) == good
    file.write_bytes(bad.read_bytes())
    with pytest.raises(UnusableStore) as caught:
        reject_damaged_database(file, data)
    sentence = str(caught.value)
    assert sentence.startswith(f"The database {file} is damaged (a text in papers is none). Nothing was changed. ")
    assert "zebra" not in sentence
    command = sentence.rpartition("restore it: ")[2]
    assert command.endswith(f"&& cp {shlex.join([str(good), str(file)])}")
    subprocess.run(["/bin/sh", "-c", command], check=True)  # noqa: ASYNC221
    reject_damaged_database(file, data, newest=None)
    assert not (data / "index").exists()
    async with open_stores(data, now) as stores:
        assert await stores.papers.count_papers() == 2


def test_an_upgrade_does_not_begin_with_a_damaged_database(tmp_path: Path, now: datetime) -> None:
    with closing(sqlite3.connect(tmp_path / "broadsheet.db")) as connection, connection:
        connection.execute("CREATE TABLE notes (line TEXT)")
        connection.execute("INSERT INTO notes VALUES (CAST(x'ff' AS TEXT))")
    before = (tmp_path / "broadsheet.db").read_bytes()
    with pytest.raises(UnusableStore, match="a text in notes is none"):
        upgrade_database(url(tmp_path), tmp_path, now)
    assert (tmp_path / "broadsheet.db").read_bytes() == before
    assert not (tmp_path / "backups").exists(), "a copy of damage is no backup"
