"""Backups of the SQLite file while it is in use (Connection.backup), and their integrity check."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from bot.errors import StoreError
from storage.database import create_private_directory
from storage.errors import translate_database_errors
from storage.maintenance.integrity import find_damage, open_read_only

BACKUP_FOLDER = "backups"
KEPT_UPGRADE_BACKUPS: Final = 3
"""Backups that upgrades made; older ones are deleted."""
_HEADER_BYTES: Final = 100
"""With the journal's mode and how often the file was written: https://www.sqlite.org/fileformat.html#the_database_header"""
_PIECE_BYTES: Final = 2**20
_UPGRADE_BACKUP: Final = re.compile(r"\d{8}T\d{6}Z-before-\d{4}(-\d+)?\.db")


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


def list_upgrade_backups(directory: Path) -> list[Path]:
    """Return the backups that upgrades made in *directory*, the newest first; none of the command."""
    found = [path for path in (directory / BACKUP_FOLDER).glob("*.db") if _UPGRADE_BACKUP.fullmatch(path.name)]
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)


def delete_old_upgrade_backups(directory: Path) -> None:
    """Delete all but the newest backups of upgrades; what can't be deleted stays."""
    for path in list_upgrade_backups(directory)[KEPT_UPGRADE_BACKUPS:]:
        with suppress(OSError):
            path.unlink()


def has_same_content(one: Path, other: Path) -> bool:
    """Tell whether two backups hold the same, whatever was counted in their headers meanwhile."""
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as first, other.open("rb") as second:
        headers = [file.read(_HEADER_BYTES) for file in (first, second)]
        if len({header[:18] + header[20:24] + header[28:92] for header in headers}) > 1:
            return False
        pieces = iter(lambda: (first.read(_PIECE_BYTES), second.read(_PIECE_BYTES)), (b"", b""))
        return all(mine == theirs for mine, theirs in pieces)


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
