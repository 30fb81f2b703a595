"""Damage that SQLite's structure survives is found, and told without what the rows hold."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from bot.errors import StoreError
from storage.maintenance import integrity
from storage.maintenance.backup import verify_backup
from storage.maintenance.integrity import NEWEST_ROWS, find_damage, find_damage_beside
from storage.maintenance.upgrade import upgrade_database
from tests.papers import paper
from tests.stores import open_stores, url

_ANY = "the only abstract with the word zebra"


@pytest.fixture
async def file(tmp_path: Path, now: datetime) -> Path:
    """A whole database with two papers, all of it in one file."""
    async with open_stores(tmp_path, now) as stores:
        await stores.papers.add([paper("2401.00001", abstract=_ANY), paper("2401.00002")], now)
    path = tmp_path / "broadsheet.db"
    assert find_damage(path) == find_damage(path, newest=1) == find_damage(path, thorough=True) == ""
    return path


def do(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(statement)


def test_flipped_bytes_in_a_text_are_found(file: Path) -> None:
    whole = file.read_bytes()
    assert _ANY.encode() in whole
    file.write_bytes(whole.replace(_ANY.encode(), _ANY.replace("zebra", "z").encode() + b"\xff\xfe\x80\x81"))
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)], "SQLite does not notice"
    assert find_damage(file) == "a text in papers is none"
    with pytest.raises(StoreError, match="is damaged: a text in papers is none"):
        verify_backup(file)


def test_json_that_is_none_is_found(file: Path) -> None:
    do(file, "UPDATE papers SET authors = '[\"Ann' WHERE id = 1")
    assert find_damage(file) == "authors of a row of papers is no JSON"


def test_the_start_looks_at_the_newest_rows_only(file: Path) -> None:
    do(file, "UPDATE papers SET title = CAST(x'ff' AS TEXT) WHERE id = 1")
    assert find_damage(file, newest=1) == ""
    assert find_damage(file, newest=2) == find_damage(file, newest=NEWEST_ROWS) == "a text in papers is none"


def test_a_row_whose_parent_is_gone_is_found(file: Path) -> None:
    do(file, "INSERT INTO saves (channel_id, paper, at) VALUES (7, 'x', '2026-11-24')")
    assert find_damage(file, newest=0) == "a row of saves has lost its channels"


def test_a_file_that_is_cut_or_overwritten_is_found(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\0" * 40_960 + whole[45_056:])
    assert find_damage(file, newest=0)
    file.write_bytes(b"nothing that SQLite knows" * 400)
    assert find_damage(file, newest=0) == "file is not a database"


def test_what_is_no_damage_is_no_damage(tmp_path: Path, now: datetime) -> None:
    with pytest.raises(StoreError, match="can't be opened"):
        find_damage(tmp_path / "none.db")
    upgrade_database(url(tmp_path), tmp_path, now)
    before = (tmp_path / "broadsheet.db").read_bytes()
    assert find_damage(tmp_path / "broadsheet.db") == ""
    assert (tmp_path / "broadsheet.db").read_bytes() == before


async def test_the_check_beside_a_running_bot_ends_when_it_is_cancelled(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await find_damage_beside(file) == ""
    begun, ended = threading.Event(), threading.Event()

    def iterate_for_ever(connection: sqlite3.Connection, *_: object) -> Iterator[str]:
        begun.set()
        numbers = "WITH RECURSIVE n(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n) SELECT x FROM n WHERE x < 0"
        try:
            yield from connection.execute(numbers)
        finally:
            ended.set()

    monkeypatch.setattr(integrity, "_iterate_faults", iterate_for_ever)
    task = asyncio.ensure_future(find_damage_beside(file))
    assert await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(ended.wait, 10)
