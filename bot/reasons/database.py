"""Reasons why the database can't take or give data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.i18n.translation import phrase

DATABASE_SENTENCES: Final[Mapping[str, str]] = {
    "database.busy": phrase(
        "The database is busy: another process has been writing to it for too long. Try again in a moment."
    ),
    "database.damaged": phrase("The database file is damaged. Restore it from a backup in DATA_DIR/backups."),
    "database.disk_failed": phrase("The disk failed while the database was in use. Check the disk, then restart."),
    "database.disk_full": phrase(
        "The disk is full, so nothing can be recorded. Free some space; nothing stored was lost."
    ),
    "database.failed": phrase("The database refused that; the log tells why. Reference: {reference}."),
    "database.no_tables": phrase(
        "The database has no tables yet, or they are from another version. Run: python -m bot migrate"
    ),
    "database.not_sqlite": phrase(
        "The database file is not a SQLite database. Check DATABASE_URL, or restore a backup."
    ),
    "database.other_version": phrase("The database is from another version of Broadsheet. Run: python -m bot migrate"),
    "database.overloaded": phrase("The database is busy: too much waits to be recorded. Try again in a moment."),
    "database.read_only": phrase(
        "The database can only be read. Check who owns the files in DATA_DIR and the disk's mount."
    ),
    "database.refused": phrase("The database refused that."),
    "database.unreachable": phrase(
        "The database can't be opened. Check that DATA_DIR is a folder that Broadsheet may write to."
    ),
}
