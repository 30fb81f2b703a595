"""The database: one engine that writes, one that reads, and the pragmas that make SQLite safe for many tasks."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import StoreError
from storage.faults import told

_READERS: Final = 4
_WAIT: Final = "PRAGMA busy_timeout = 5000"
_WAL: Final = "PRAGMA journal_mode = WAL"
_PRAGMAS: Final = (_WAIT, "PRAGMA foreign_keys = ON")
# FULL, not NORMAL: a message that was sent must still be recorded as sent after the power went.
_WRITER: Final = (_WAL, "PRAGMA synchronous = FULL")
_READER: Final = ("PRAGMA query_only = ON",)


@dataclass(frozen=True, slots=True)
class Database:
    """Where everything is kept. SQLite takes one writer at a time, so ``writer`` has one connection."""

    writer: AsyncEngine
    reader: AsyncEngine

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection inside one transaction that holds the write lock; it commits unless something is raised.

        Raises `bot.errors.StoreError`.
        """
        with told():
            async with self.writer.begin() as connection:
                yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection that sees one state of the database and can't change it.

        Raises `bot.errors.StoreError`.
        """
        with told():
            async with self.reader.begin() as connection:
                yield connection

    async def close(self) -> None:
        """Let go of all connections."""
        await self.writer.dispose()
        await self.reader.dispose()


def open_database(url: str) -> Database:
    """Return the database at *url*, SQLAlchemy's form for SQLite; connects when first used.

    Raises `bot.errors.StoreError` when its folder can't be made.
    """
    file = path_of(url)
    prepare(file.parent)
    asynchronous = make_url(url).set(drivername="sqlite+aiosqlite")
    writer = create_async_engine(asynchronous, pool_size=1, max_overflow=0, pool_timeout=30)
    reader = create_async_engine(asynchronous, pool_size=_READERS, max_overflow=0, pool_timeout=30)
    _listen(writer.sync_engine, "BEGIN IMMEDIATE", _PRAGMAS + _WRITER)
    _listen(reader.sync_engine, "BEGIN DEFERRED", _PRAGMAS + _READER)
    return Database(writer, reader)


def path_of(url: str) -> Path:
    """Return the file that a SQLite *url* names.

    Raises `bot.errors.StoreError` for other databases and for SQLite in memory.
    """
    parts = make_url(url)
    if parts.get_backend_name() != "sqlite" or not parts.database or parts.database == ":memory:":
        raise StoreError("Only a SQLite file can be used so far, such as sqlite:///data/broadsheet.db.")
    return Path(parts.database)


def prepare(directory: Path) -> None:
    """Make *directory*, for its owner only, as is every file that this process makes from now on.

    Raises `bot.errors.StoreError` when that is not possible.
    """
    os.umask(os.umask(0o077) | 0o077)
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{directory} can't be used as a folder for data: {error.strerror}.") from error


def open_plain(url: str) -> Engine:
    """Return a blocking engine for migrations; foreign keys are off, as SQLite's way to alter a table needs it."""
    prepare(path_of(url).parent)
    engine = create_engine(make_url(url).set(drivername="sqlite"))
    _listen(engine, "BEGIN IMMEDIATE", (_WAIT, _WAL, "PRAGMA foreign_keys = OFF"))
    return engine


def _listen(engine: Engine, begin: str, pragmas: tuple[str, ...]) -> None:
    """Make *engine* begin its own way; sqlite3 would begin late and let two transactions collide."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            _set(cursor, pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def _set(cursor: Any, pragma: str) -> None:
    """Run *pragma*, again for five seconds while the database is locked.

    Of two connections that ask a new file for WAL together SQLite refuses one at once, without its busy_timeout.
    """
    until = time.monotonic() + 5
    while True:
        try:
            cursor.execute(pragma)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return
