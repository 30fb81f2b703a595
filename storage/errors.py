"""Database errors: DBAPIError, TimeoutError and sqlite3.Error become bot.errors.StoreError, in plain words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import StoreError
from bot.reasons.reason import Reason

_ERROR_CODES: Final = (
    ("disk is full", "database.disk_full"),
    ("readonly database", "database.read_only"),
    ("is locked", "database.busy"),
    ("malformed", "database.damaged"),
    ("not a database", "database.not_sqlite"),
    ("unable to open", "database.unreachable"),
    ("disk i/o error", "database.disk_failed"),
    ("no such table", "database.no_tables"),
    ("no such column", "database.other_version"),
)
"""Words by which SQLite is understood, with the codes of what they mean."""


def explain_error(error: Exception) -> Reason:
    """Return what *error* means and what to do about it."""
    if isinstance(error, PoolTimeout):
        return Reason("database.overloaded")
    cause = str(getattr(error, "orig", None) or error)
    known = next((code for sign, code in _ERROR_CODES if sign in cause.casefold()), "")
    return Reason(known) if known else Reason("database.refused", cause=cause)


@contextmanager
def translate_database_errors() -> Iterator[None]:
    """Raise `bot.errors.StoreError` in place of what SQLAlchemy and sqlite3 raise inside the block."""
    try:
        yield
    except (DBAPIError, PoolTimeout, sqlite3.Error) as error:
        raise StoreError(explain_error(error)) from error
