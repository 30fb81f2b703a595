"""Bringing a database to this version's tables, after a backup."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, text

from bot.errors import NewerStore, StoreError
from storage.backups import backup, place
from storage.database import open_plain, path_of
from storage.faults import told
from storage.tables import metadata

if TYPE_CHECKING:
    from alembic.config import Config

_STEPS: Final = Path(__file__).parent / "migrations"


def upgrade(url: str, directory: Path, now: datetime) -> Path | None:
    """Bring the database at *url* to this version; a file with data is backed up first, under *directory*.

    Returns the backup, or None when there was nothing to keep or nothing to do. Raises `bot.errors.NewerStore` when the
    database is from a newer version, `bot.errors.StoreError` when it can't be read or changed; it is then as before.
    """
    path = path_of(url)
    if not outdated(path):
        return None
    kept = place(directory, now, f"before-{revisions()[-1]}") if _holds_data(path) else None
    if kept:
        backup(path, kept)
    _run(url)
    return kept


def outdated(path: Path) -> bool:
    """Tell whether the database at *path* lacks steps that this version knows.

    Raises `bot.errors.NewerStore`, and `bot.errors.StoreError` when the database can't be read.
    """
    found, known = revision(path), revisions()
    if found and found not in known:
        raise NewerStore(
            f"The database {path} was written by a newer version of Broadsheet: its tables are at {found}, this "
            f"version knows {known[-1]}. Install that version again, or restore a backup from before."
        )
    return found != known[-1]


def revision(path: Path) -> str:
    """Return the revision of the database at *path*, "" when it has no tables of ours yet."""
    if not _holds_data(path):
        return ""
    with told(), closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        if "alembic_version" not in tables:
            return ""
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else ""


def revisions() -> list[str]:
    """Return every revision that this version knows, oldest first: the files are named for them."""
    return sorted(path.stem.removeprefix("step_") for path in (_STEPS / "versions").glob("step_*.py"))


def check() -> list[Any]:
    """Return what the migrations lack of the declared tables, from a throwaway database; empty when all is well."""
    with TemporaryDirectory() as scratch:
        made, declared = f"sqlite:///{scratch}/made.db", f"sqlite:///{scratch}/declared.db"
        _run(made)
        first, second = open_plain(made), open_plain(declared)
        with first.begin() as one, second.begin() as other:
            metadata.create_all(other)
            differences = [*_compare(one), *(_indexes(one) ^ _indexes(other))]
        first.dispose()
        second.dispose()
        return differences


def _compare(connection: Connection) -> list[Any]:
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - slow to import, and seldom needed
    from alembic.migration import MigrationContext  # noqa: PLC0415

    return list(
        compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True}),
            metadata,
        )
    )


def _indexes(connection: Connection) -> set[str]:
    """Return the indexes as SQL; Alembic does not compare the conditions of partial ones."""
    return set(connection.scalars(text("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")))


def _run(url: str) -> None:
    """Run the steps that are missing, all in one transaction."""
    from alembic import command  # noqa: PLC0415 - slow to import, and seldom needed

    engine = open_plain(url)
    try:
        with told(), engine.begin() as connection:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            broken = connection.execute(text("PRAGMA foreign_key_check")).first()
            if broken:
                raise StoreError(f"The migration would have broken the table {broken[0]}; nothing was changed.")
    finally:
        engine.dispose()
    path_of(url).chmod(0o600)


def _config() -> Config:
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    return config


def _holds_data(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0
