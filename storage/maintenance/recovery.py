"""The way back from a lost or damaged database: what it left in DATA_DIR, the newest whole backup, the command."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot.errors import StoreError, UnusableStore
from bot.i18n import formatting
from storage.maintenance.backup import BACKUP_FOLDER, verify_backup
from storage.maintenance.integrity import NEWEST_ROWS, find_damage

_TRACES: Final = (BACKUP_FOLDER, "index", "vault.key", "generation")
"""What a bot that has run leaves in DATA_DIR, besides its database."""


def reject_missing_database(path: Path, directory: Path) -> None:
    """Raise `bot.errors.UnusableStore` when nothing is at *path* though *directory* has what belonged to a database."""
    if has_data(path):
        return
    if traces := _find_traces(path, directory):
        listed = formatting.format_list([str(trace) for trace in traces])
        raise UnusableStore(
            f"The database {path} is {'empty' if path.exists() else 'missing'}, but what belongs to it is there: "
            f"{listed}. Nothing was changed. {describe_restore(path, directory)} To begin anew on purpose, move that "
            f"away first: {listed}."
        )


def reject_damaged_database(path: Path, directory: Path, *, newest: int | None = NEWEST_ROWS) -> None:
    """Raise `bot.errors.UnusableStore` when the database at *path* is damaged; all rows are read without *newest*."""
    if has_data(path) and (damage := find_damage(path, newest=newest, thorough=newest is None)):
        raise UnusableStore(
            f"The database {path} is damaged ({damage}). Nothing was changed. {describe_restore(path, directory)}"
        )


def describe_restore(path: Path, directory: Path) -> str:
    """Say how the newest backup that is whole is restored, or that there is none."""
    backup = find_newest_backup(directory)
    if backup is None:
        return f"No backup in {directory / BACKUP_FOLDER} is whole; put one of yours in its place."
    old = [f"{path}-wal", f"{path}-shm", str(directory / "index")]
    command = f"rm -rf {shlex.join(old)} && cp {shlex.join([str(backup), str(path)])}"
    return f"The newest whole backup is {backup.name}; restore it: {command}"


def find_newest_backup(directory: Path) -> Path | None:
    """Return the newest backup that is whole; their names begin with their time."""
    backups = sorted((directory / BACKUP_FOLDER).glob("*.db"), key=lambda backup: backup.name, reverse=True)
    return next((backup for backup in backups if _is_whole(backup)), None)


def has_data(path: Path) -> bool:
    """Tell whether there is a database at *path* with anything in it."""
    return path.is_file() and path.stat().st_size > 0


def _is_whole(backup: Path) -> bool:
    try:
        verify_backup(backup)
    except StoreError:
        return False
    return True


def _find_traces(path: Path, directory: Path) -> Sequence[Path]:
    """Return what says that a database was at *path*."""
    log = path.with_name(f"{path.name}-wal")
    return [each for each in (*(directory / name for name in _TRACES), log) if _is_filled(each)]


def _is_filled(path: Path) -> bool:
    return any(path.iterdir()) if path.is_dir() else has_data(path)
