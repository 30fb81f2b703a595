"""PRAGMA quick_check, foreign_key_check, and a scan of all texts: SQLite does not look whether they are UTF-8."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from storage.errors import describe_cause, translate_database_errors

NEWEST_ROWS: Final = 2000
"""So many rows of each table are read at the start. With 50,000 papers (250 MB) that takes a twentieth of a second, all
of them a whole one; `quick_check` reads the file's structure in half a second beside it."""
_EXPECTED_CODES: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_INTERRUPT})
_STEPS: Final = 10_000
"""Instructions of SQLite's machine between two looks whether a check was cancelled."""
_TEXT_TYPES: Final = ("TEXT", "CHAR", "CLOB", "JSON")


async def find_damage_beside(path: Path) -> str:
    """Do as `find_damage` in a thread and with a connection of its own, so that nobody waits for it."""
    cancelled = threading.Event()
    try:
        return await asyncio.to_thread(find_damage, path, is_cancelled=cancelled.is_set)
    finally:
        cancelled.set()


def find_damage(
    path: Path,
    *,
    newest: int | None = None,
    thorough: bool = False,
    is_cancelled: Callable[[], bool] | None = None,
) -> str:
    """Return the first fault of the database at *path* without what its rows hold, "" when it is whole.

    Structure and references are checked as a whole, *thorough* also the indexes; of each table all texts are read, or
    those of the *newest* rows. Raises `bot.errors.StoreError` when the file can't be read for another reason.
    """
    check = "integrity_check" if thorough else "quick_check"
    with translate_database_errors(), closing(open_read_only(path)) as connection:
        connection.set_progress_handler(is_cancelled, _STEPS)
        try:
            return next(_iterate_faults(connection, newest, check), "")
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code not in _EXPECTED_CODES:
                raise
            return "" if code == sqlite3.SQLITE_INTERRUPT else describe_cause(error)


def open_read_only(path: Path) -> sqlite3.Connection:
    """Return a connection that changes nothing."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _iterate_faults(connection: sqlite3.Connection, newest: int | None, check: str) -> Iterator[str]:
    for (line,) in connection.execute(f"PRAGMA {check}(1)"):
        if line != "ok":
            yield " ".join(line.split())
    for row in connection.execute("PRAGMA foreign_key_check"):
        yield f"a row of {row[0]} has lost its {row[2]}"
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        yield from _iterate_text_faults(connection, table, newest)


# The names come from the file's own list of tables and columns; SQL takes no parameter in their place.
def _iterate_text_faults(connection: sqlite3.Connection, table: str, newest: int | None) -> Iterator[str]:
    """Yield a column that holds what is neither text nor, where it should be, JSON."""
    columns = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
    key = ", ".join(f'"{name}" DESC' for _, name, *_, number in columns if number)
    order = f"ORDER BY {key} " if key else ""
    rows = f'FROM "{table}" {"" if newest is None else f"{order}LIMIT {newest}"}'
    texts = [(name, kind) for _, name, kind, *_ in columns if any(word in kind.upper() for word in _TEXT_TYPES)]
    if texts and not _can_decode(connection, [name for name, _ in texts], rows):
        yield f"a text in {table} is none"
    for name in (name for name, kind in texts if "JSON" in kind.upper()):
        query = f'SELECT 1 FROM (SELECT "{name}" AS value {rows}) WHERE NOT json_valid(value) LIMIT 1'  # noqa: S608
        if connection.execute(query).fetchone():
            yield f"{name} of a row of {table} is no JSON"


def _can_decode(connection: sqlite3.Connection, columns: Sequence[str], rows: str) -> bool:
    """Tell whether all texts are UTF-8, by reading them."""
    names = ", ".join(f'"{name}"' for name in columns)
    try:
        for _ in connection.execute(f"SELECT {names} {rows}"):
            pass
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", None) is not None:
            raise
        return False  # the module's own error, not SQLite's
    return True
