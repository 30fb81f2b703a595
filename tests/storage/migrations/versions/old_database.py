"""Databases as an older version left them, made by its own migrations."""

from __future__ import annotations

from pathlib import Path

from storage.database import create_private_directory, get_sqlite_path, open_migration_engine
from storage.maintenance import upgrade
from tests.stores import url


def open_old_database(path: Path, revision: str) -> Path:
    """Return the file of a database at *revision*, in the folder *path*, without a row."""
    create_private_directory(path)
    _migrate(path, revision, "upgrade")
    return get_sqlite_path(url(path))


def migrate_down(path: Path, revision: str) -> None:
    """Take the database in the folder *path* back to *revision*."""
    _migrate(path, revision, "downgrade")


def _migrate(path: Path, revision: str, direction: str) -> None:
    from alembic import command  # noqa: PLC0415 - slow to import

    engine = open_migration_engine(url(path))
    with engine.begin() as connection:
        config = upgrade._build_alembic_config()
        config.attributes["connection"] = connection
        getattr(command, direction)(config, revision)
    engine.dispose()
