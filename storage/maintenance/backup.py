"""Backups of the SQLite file while it is in use (Connection.backup), and their integrity check."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from bot.errors import StoreError
from storage.database import create_private_directory
from storage.errors import translate_database_errors
from storage.maintenance.integrity import find_damage, open_read_only

BACKUP_FOLDER = "backups"


def back_up_database(path: Path, target: Path) -> None:
    """Copy the database at *path* to *target*, which must not exist; readable by its owner only.

    Writers may go on meanwhile. Raises `bot.errors.StoreError`; what was copied by then is deleted.
    """
    if not path.is_file():
        raise StoreError(f"There is no database at {path} to back up.")
    create_private_directory(target.parent)
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise StoreError(f"The backup can't be written to {target}: {error.strerror}.") from error
    try:
        with (
            translate_database_errors(),
            closing(open_read_only(path)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
            # One file that can be moved about: whoever reads it leaves nothing beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
            _label_copy(copy)
    except StoreError:
        target.unlink(missing_ok=True)
        raise


def _label_copy(copy: sqlite3.Connection) -> None:
    """Give a backup a generation of its own, so that it is known as one when it is restored (`generation`)."""
    with copy:
        if copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'marks'").fetchone():
            copy.execute("UPDATE marks SET value = value || '-backup' WHERE name = 'generation'")


def choose_backup_path(directory: Path, now: datetime, label: str) -> Path:
    """Return a free path for a backup in *directory*, named for its time and what it was made for."""
    stem = f"{now:%Y%m%dT%H%M%SZ}-{label}"
    names = (f"{stem}{f'-{n}' if n else ''}.db" for n in range(1000))
    return next(path for name in names if not (path := directory / BACKUP_FOLDER / name).exists())


def verify_backup(path: Path) -> dict[str, int]:
    """Return the number of rows of each table after checking that the file is whole.

    Raises `bot.errors.StoreError` when it is damaged, a row points to one that is missing, or a text can't be read.
    """
    if not path.is_file():
        raise StoreError(f"There is no database at {path}.")
    if damage := find_damage(path, thorough=True):
        raise StoreError(f"{path} is damaged: {damage}. Restore another backup.")
    with translate_database_errors(), closing(open_read_only(path)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        # The names come from the file's own list of tables; SQL takes no parameter in their place.
        counts = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608
        return dict(sorted(counts.items()))
