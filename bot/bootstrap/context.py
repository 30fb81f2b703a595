"""Composition root: reads the settings, opens the stores and sources, migrates and backs up the database."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from bot import config, logs
from bot.bootstrap.platforms import PLATFORMS, Platforms, build_settings_class
from bot.config import Settings
from bot.errors import Locked, Mistake
from bot.ports.secrets import Vault
from bot.ports.sources import Source
from bot.ports.stores import Stores
from bot.redaction import SecretRegistry

VERSION: Final = "0.1.0"
"""The only place of it: the packages take it from here, for a checkout has no metadata."""


@dataclass(frozen=True, slots=True)
class Context:
    """What is open while a command works."""

    settings: Settings
    stores: Stores
    sources: Sequence[Source]
    platforms: Platforms = PLATFORMS
    secret_registry: SecretRegistry = field(default_factory=SecretRegistry)


def read_clock() -> datetime:
    """Return the moment, aware UTC; the only place that asks for it."""
    return datetime.now(UTC)


def read_monotonic() -> float:
    """Return seconds that nobody can set; they count suspend where the machine has CLOCK_BOOTTIME."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def load_settings(platforms: Platforms = PLATFORMS, secret_registry: SecretRegistry | None = None) -> Settings:
    """Read the settings, those of the platforms among them, and set the log up, which *secret_registry* keeps clean.

    Raises `bot.errors.Misconfigured`.
    """
    secret_registry = secret_registry or SecretRegistry()
    settings = config.load(build_settings_class(platforms))
    secret_patterns = [pattern for platform in platforms for pattern in platform.secret_patterns]
    secret_registry.register_settings(settings.secrets)
    as_json = settings.log_format == "json"
    logs.configure(settings.log_level, settings.data_dir, secret_registry, secret_patterns, as_json=as_json)
    return settings


@asynccontextmanager
async def open_existing_stores() -> AsyncIterator[Stores]:
    """Open the stores for a command that only reads; works beside a running bot.

    Raises `bot.errors.Mistake` when nothing is stored yet.
    """
    settings = load_settings()
    if not get_database_path(settings).exists():
        raise Mistake("Nothing is stored yet.", "python -m bot import --sample")
    async with open_stores(settings) as stores:
        yield stores


@asynccontextmanager
async def open_context() -> AsyncIterator[Context]:
    """Open the stores and the sources for a command that writes; works beside a running bot."""
    settings = load_settings()
    with suppress(Locked):  # whoever runs has brought the database up to date
        migrate_database(settings, read_clock())
    async with open_stores(settings) as stores, open_sources(settings, stores) as sources:
        yield Context(settings, stores, sources)


def migrate_database(settings: Settings, now: datetime) -> Path | None:
    """Bring the database up to date; return the backup of the one before, if there was one.

    Raises `bot.errors.Locked` when a bot runs, `bot.errors.NewerStore`.
    """
    from storage.maintenance.process_lock import lock_data_directory
    from storage.maintenance.upgrade import upgrade_database

    with lock_data_directory(settings.data_dir):
        return upgrade_database(settings.async_database_url, settings.data_dir, now)


def backup_database(settings: Settings, now: datetime, *, verify: bool) -> Sequence[str]:
    """Copy the database; say where the copy is and, if asked, what is in it."""
    from storage.maintenance import backup

    target = backup.choose_backup_path(settings.data_dir, now, "backup")
    backup.back_up_database(get_database_path(settings), target)
    lines = [f"Backed up to {target}."]
    if verify:
        counts = backup.verify_backup(target)
        lines.append(f"Verified: whole, {counts['papers']:,} papers, {counts['channels']:,} channels.")
    return lines


def get_database_path(settings: Settings) -> Path:
    """Return the file of the database."""
    from storage.database import get_sqlite_path

    return get_sqlite_path(settings.async_database_url)


@asynccontextmanager
async def open_stores(settings: Settings) -> AsyncIterator[Stores]:
    """Open the stores."""
    from storage import stores as every
    from storage.database import open_database
    from storage.search_index.index import open_index

    database = open_database(settings.async_database_url)
    try:
        yield every.build_stores(database, open_index(settings.data_dir / "index", database), settings.data_dir)
    finally:
        await database.close()


@asynccontextmanager
async def open_vault(settings: Settings) -> AsyncIterator[Vault]:
    """Open the vault, with a connection of its own."""
    from storage.database import open_database
    from storage.system.vault import VaultStore, load_keys

    keys = load_keys(settings.vault_keys, settings.data_dir)
    database = open_database(settings.async_database_url)
    try:
        yield VaultStore(database, keys)
    finally:
        await database.close()


@asynccontextmanager
async def open_sources(settings: Settings, stores: Stores) -> AsyncIterator[Sequence[Source]]:
    """Open every source of the table."""
    from bot.sources import registry
    from bot.sources.http.client import SourceClient

    connect = partial(SourceClient, states=stores.source_states, clock=read_clock, version=VERSION)
    async with registry.open_sources(settings, connect) as sources:
        yield sources
