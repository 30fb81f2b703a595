"""Database errors: DBAPIError, TimeoutError and sqlite3.Error become bot.errors.StoreError, in plain words."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot import errors
from bot.errors import StoreError
from bot.reasons.reason import Reason

log = logging.getLogger(__name__)

_UNDECODABLE: Final = "could not decode to utf-8"
"""How sqlite3 begins to tell of a text that is none; the text itself follows, which may be anybody's."""
_ERROR_CODES: Final = (
    (_UNDECODABLE, "database.damaged"),
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
    """Return what *error* means and what to do about it, without its text: that may hold what a row holds.

    What has no sentence of its own is told by a reference, under which the log has the cause.
    """
    if isinstance(error, PoolTimeout):
        return Reason("database.overloaded")
    cause = describe_cause(error)
    reason_code = next((code for sign, code in _ERROR_CODES if sign in cause.casefold()), "")
    if reason_code:
        return Reason(reason_code)
    reference = errors.create_reference()
    trace = errors.format_redacted_traceback(error)
    log.error("A statement of the database failed, reference %s: %s\n%s", reference, cause, trace)
    return Reason("database.failed", reference=reference)


def describe_cause(error: Exception) -> str:
    """Return the database's own words, for the log, without the text that could not be decoded."""
    cause = str(getattr(error, "orig", None) or error)
    return cause.partition(" with text ")[0] if cause.casefold().startswith(_UNDECODABLE) else cause


@contextmanager
def translate_database_errors() -> Iterator[None]:
    """Raise `bot.errors.StoreError` in place of what SQLAlchemy and sqlite3 raise inside the block."""
    try:
        yield
    except (DBAPIError, PoolTimeout, sqlite3.Error) as error:
        raise StoreError(explain_error(error)) from error
