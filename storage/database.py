"""SQLite engines for SQLAlchemy: one writer (BEGIN IMMEDIATE, WAL), several readers, and their pragmas."""

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
from storage.errors import translate_database_errors

_READER_POOL_SIZE: Final = 4
_BUSY_TIMEOUT: Final = "PRAGMA busy_timeout = 5000"
_WAL: Final = "PRAGMA journal_mode = WAL"
_COMMON_PRAGMAS: Final = (_BUSY_TIMEOUT, "PRAGMA foreign_keys = ON")
# FULL, not NORMAL: a message that was sent must still be recorded as sent after the power went.
_WRITER_PRAGMAS: Final = (_WAL, "PRAGMA synchronous = FULL")
_READER_PRAGMAS: Final = ("PRAGMA query_only = ON",)


@dataclass(frozen=True, slots=True)
class Database:
    """Where everything is kept. SQLite takes one writer at a time, so ``write_engine`` has one connection."""

    write_engine: AsyncEngine
    read_engine: AsyncEngine

    @property
    def path(self) -> Path:
        """The file."""
        return Path(self.read_engine.url.database or "")

    @asynccontextmanager
    async def begin_write(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection inside one transaction that holds the write lock; it commits unless something is raised.

        Raises `bot.errors.StoreError`.
        """
        with translate_database_errors():
            async with self.write_engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def begin_read(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection that sees one state of the database and can't change it.

        Raises `bot.errors.StoreError`.
        """
        with translate_database_errors():
            async with self.read_engine.begin() as connection:
                yield connection

    async def close(self) -> None:
        """Let go of all connections."""
        await self.write_engine.dispose()
        await self.read_engine.dispose()


def open_database(url: str) -> Database:
    """Return the database at *url*, SQLAlchemy's form for SQLite; connects when first used.

    Raises `bot.errors.StoreError` when its folder can't be made.
    """
    file = get_sqlite_path(url)
    create_private_directory(file.parent)
    asynchronous = make_url(url).set(drivername="sqlite+aiosqlite")
    writer = create_async_engine(asynchronous, pool_size=1, max_overflow=0, pool_timeout=30)
    reader = create_async_engine(asynchronous, pool_size=_READER_POOL_SIZE, max_overflow=0, pool_timeout=30)
    _configure_engine(writer.sync_engine, "BEGIN IMMEDIATE", _COMMON_PRAGMAS + _WRITER_PRAGMAS)
    _configure_engine(reader.sync_engine, "BEGIN DEFERRED", _COMMON_PRAGMAS + _READER_PRAGMAS)
    return Database(writer, reader)


def get_sqlite_path(url: str) -> Path:
    """Return the file that a SQLite *url* names.

    Raises `bot.errors.StoreError` for other databases and for SQLite in memory.
    """
    parts = make_url(url)
    if parts.get_backend_name() != "sqlite" or not parts.database or parts.database == ":memory:":
        raise StoreError("Only a SQLite file can be used so far, such as sqlite:///data/broadsheet.db.")
    return Path(parts.database)


def create_private_directory(directory: Path) -> None:
    """Make *directory*, for its owner only, as is every file that this process makes from now on.

    Raises `bot.errors.StoreError` when that is not possible.
    """
    os.umask(os.umask(0o077) | 0o077)
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{directory} can't be used as a folder for data: {error.strerror}.") from error


def open_migration_engine(url: str) -> Engine:
    """Return a blocking engine for migrations; foreign keys are off, as SQLite's way to alter a table needs it."""
    create_private_directory(get_sqlite_path(url).parent)
    engine = create_engine(make_url(url).set(drivername="sqlite"))
    _configure_engine(engine, "BEGIN IMMEDIATE", (_BUSY_TIMEOUT, _WAL, "PRAGMA foreign_keys = OFF"))
    return engine


def _configure_engine(engine: Engine, begin: str, pragmas: tuple[str, ...]) -> None:
    """Make *engine* begin its own way; sqlite3 would begin late and let two transactions collide."""

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            _run_pragma(cursor, pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def _run_pragma(cursor: Any, pragma: str) -> None:
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
