"""Database errors: DBAPIError, TimeoutError and sqlite3.Error become bot.errors.StoreError, in plain words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import StoreError
from bot.i18n.translation import phrase

_ERROR_SENTENCES: Final = (
    ("disk is full", phrase("The disk is full, so nothing can be recorded. Free some space; nothing stored was lost.")),
    (
        "readonly database",
        phrase("The database can only be read. Check who owns the files in DATA_DIR and the disk's mount."),
    ),
    (
        "is locked",
        phrase("The database is busy: another process has been writing to it for too long. Try again in a moment."),
    ),
    ("malformed", phrase("The database file is damaged. Restore it from a backup in DATA_DIR/backups.")),
    ("not a database", phrase("The database file is not a SQLite database. Check DATABASE_URL, or restore a backup.")),
    (
        "unable to open",
        phrase("The database can't be opened. Check that DATA_DIR is a folder that Broadsheet may write to."),
    ),
    ("disk i/o error", phrase("The disk failed while the database was in use. Check the disk, then restart.")),
    (
        "no such table",
        phrase("The database has no tables yet, or they are from another version. Run: python -m bot migrate"),
    ),
    ("no such column", phrase("The database is from another version of Broadsheet. Run: python -m bot migrate")),
)


def describe_error(error: Exception) -> str:
    """Say what *error* means and what to do about it."""
    if isinstance(error, PoolTimeout):
        return phrase("The database is busy: too much waits to be recorded. Try again in a moment.")
    cause = str(getattr(error, "orig", None) or error)
    known = next((text for sign, text in _ERROR_SENTENCES if sign in cause.casefold()), "")
    return known or phrase("The database refused: {cause}.").format(cause=cause)


@contextmanager
def translate_database_errors() -> Iterator[None]:
    """Raise `bot.errors.StoreError` in place of what SQLAlchemy and sqlite3 raise inside the block."""
    try:
        yield
    except (DBAPIError, PoolTimeout, sqlite3.Error) as error:
        raise StoreError(describe_error(error)) from error
