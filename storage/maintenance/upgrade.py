"""Alembic upgrades: bring the database to the newest revision, after a backup."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, text

from bot.errors import NewerStore, StoreError
from storage.database import get_sqlite_path, open_migration_engine
from storage.errors import translate_database_errors
from storage.maintenance.backup import (
    back_up_database,
    choose_backup_path,
    delete_old_upgrade_backups,
    has_same_content,
    list_upgrade_backups,
)
from storage.maintenance.recovery import has_data, reject_damaged_database, reject_missing_database
from storage.tables import metadata

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS_DIRECTORY: Final = Path(__file__).parents[1] / "migrations"


def upgrade_database(url: str, directory: Path, now: datetime) -> Path | None:
    """Bring the database at *url* to this version; a file with data is backed up first, under *directory*.

    Returns the backup, or None when there was nothing to keep or nothing to do. Raises `bot.errors.NewerStore` when the
    database is from a newer version, `bot.errors.UnusableStore` when it is damaged, or gone and has left something, and
    `bot.errors.StoreError` when it can't be read or changed; it is then as before.
    """
    path = get_sqlite_path(url)
    reject_missing_database(path, directory)
    if not is_outdated(path):
        return None
    reject_damaged_database(path, directory)
    backup = _back_up(path, directory, now) if has_data(path) else None
    _run_migrations(url)
    delete_old_upgrade_backups(directory)
    return backup


def _back_up(path: Path, directory: Path, now: datetime) -> Path:
    """Return a backup of the database at *path*: the newest of an upgrade that was broken off, when it is the same."""
    target = choose_backup_path(directory, now, f"before-{list_revisions()[-1]}")
    previous = next(iter(list_upgrade_backups(directory)), None)
    back_up_database(path, target)
    if previous and has_same_content(previous, target):
        target.unlink()
        return previous
    return target


def is_outdated(path: Path) -> bool:
    """Tell whether the database at *path* lacks steps that this version knows.

    Raises `bot.errors.NewerStore`, and `bot.errors.StoreError` when the database can't be read.
    """
    revision, known_revisions = read_revision(path), list_revisions()
    if revision and revision not in known_revisions:
        raise NewerStore(
            f"The database {path} was written by a newer version of Broadsheet: its tables are at {revision}, this "
            f"version knows {known_revisions[-1]}. Install that version again, or restore a backup from before."
        )
    return revision != known_revisions[-1]


def read_revision(path: Path) -> str:
    """Return the revision of the database at *path*, "" when it has no tables of ours yet."""
    if not has_data(path):
        return ""
    with (
        translate_database_errors(),
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection,
    ):
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        if "alembic_version" not in tables:
            return ""
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else ""


def list_revisions() -> list[str]:
    """Return every revision that this version knows, oldest first: the files are named for them."""
    return sorted(path.stem.removeprefix("step_") for path in (_MIGRATIONS_DIRECTORY / "versions").glob("step_*.py"))


def find_schema_differences() -> list[Any]:
    """Return what the migrations lack of the declared tables, from a throwaway database; empty when all is well."""
    with TemporaryDirectory() as scratch:
        migrated_url, declared_url = f"sqlite:///{scratch}/made.db", f"sqlite:///{scratch}/declared.db"
        _run_migrations(migrated_url)
        first, second = open_migration_engine(migrated_url), open_migration_engine(declared_url)
        with first.begin() as migrated, second.begin() as declared:
            metadata.create_all(declared)
            differences = [*_compare_metadata(migrated), *(_list_index_sql(migrated) ^ _list_index_sql(declared))]
        first.dispose()
        second.dispose()
        return differences


def _compare_metadata(connection: Connection) -> list[Any]:
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - slow to import, and seldom needed
    from alembic.migration import MigrationContext  # noqa: PLC0415

    return list(
        compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True}),
            metadata,
        )
    )


def _list_index_sql(connection: Connection) -> set[str]:
    """Return the indexes as SQL; Alembic does not compare the conditions of partial ones."""
    return set(connection.scalars(text("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")))


def _run_migrations(url: str) -> None:
    """Run the steps that are missing, all in one transaction."""
    from alembic import command  # noqa: PLC0415 - slow to import, and seldom needed

    engine = open_migration_engine(url)
    try:
        with translate_database_errors(), engine.begin() as connection:
            config = _build_alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            broken = connection.execute(text("PRAGMA foreign_key_check")).first()
            if broken:
                raise StoreError(f"The migration would have broken the table {broken[0]}; nothing was changed.")
    finally:
        engine.dispose()
    get_sqlite_path(url).chmod(0o600)


def _build_alembic_config() -> Config:
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS_DIRECTORY).replace("%", "%%"))
    return config
