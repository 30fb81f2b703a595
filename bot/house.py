"""The composition root of one command: settings in, stores and sources out. It imports what it opens, and no more."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot import config, logs
from bot.config import Settings
from bot.errors import Locked, Mistake
from bot.ports.secrets import Vault
from bot.ports.sources import Announcements, DailyPapers
from bot.ports.stores import Stores

VERSION: Final = "0.1.0"


@dataclass(frozen=True, slots=True)
class House:
    """What is open while a command works."""

    settings: Settings
    stores: Stores
    daily: DailyPapers
    arxiv: Announcements


def clock() -> datetime:
    """Return the moment, aware UTC; the only place that asks for it."""
    return datetime.now(UTC)


def settings() -> Settings:
    """Read the settings and set the log up.

    Raises `bot.errors.Misconfigured`.
    """
    chosen = config.load()
    logs.configure(chosen.log_level, chosen.data_dir)
    return chosen


@asynccontextmanager
async def reading() -> AsyncIterator[Stores]:
    """Open the stores for a command that only reads; works beside a running bot.

    Raises `bot.errors.Mistake` when nothing is stored yet.
    """
    chosen = settings()
    if not database_file(chosen).exists():
        raise Mistake("Nothing is stored yet.", "python -m bot import bot/sample")
    async with stores(chosen) as opened:
        yield opened


@asynccontextmanager
async def working() -> AsyncIterator[House]:
    """Open the stores and the sources for a command that writes; works beside a running bot."""
    chosen = settings()
    with suppress(Locked):  # whoever runs has brought the database up to date
        migrate(chosen, clock())
    async with stores(chosen) as opened, sources(chosen, opened) as (daily, arxiv):
        yield House(chosen, opened, daily, arxiv)


def migrate(chosen: Settings, now: datetime) -> Path | None:
    """Bring the database up to date; return the backup of the one before, if there was one.

    Raises `bot.errors.Locked` when a bot runs, `bot.errors.NewerStore`.
    """
    from storage.locks import hold
    from storage.upgrades import upgrade

    with hold(chosen.data_dir):
        return upgrade(chosen.database, chosen.data_dir, now)


def backup(chosen: Settings, now: datetime, *, verify: bool) -> Sequence[str]:
    """Copy the database; say where the copy is and, if asked, what is in it."""
    from storage import backups

    target = backups.place(chosen.data_dir, now, "backup")
    backups.backup(database_file(chosen), target)
    lines = [f"Backed up to {target}."]
    if verify:
        counts = backups.verify(target)
        lines.append(f"Verified: whole, {counts['papers']:,} papers, {counts['channels']:,} channels.")
    return lines


def database_file(chosen: Settings) -> Path:
    """Return the file of the database."""
    from storage.database import path_of

    return path_of(chosen.database)


@asynccontextmanager
async def stores(chosen: Settings) -> AsyncIterator[Stores]:
    """Open the stores."""
    from storage import stores as every
    from storage.database import open_database
    from storage.index import open_index

    database = open_database(chosen.database)
    try:
        yield every.stores(database, open_index(chosen.data_dir / "index", database))
    finally:
        await database.close()


@asynccontextmanager
async def vault(chosen: Settings) -> AsyncIterator[Vault]:
    """Open the vault, with a connection of its own."""
    from storage.database import open_database
    from storage.vault import VaultStore, open_keys

    keys = open_keys(chosen.vault_keys, chosen.data_dir)
    database = open_database(chosen.database)
    try:
        yield VaultStore(database, keys)
    finally:
        await database.close()


@asynccontextmanager
async def sources(chosen: Settings, opened: Stores) -> AsyncIterator[tuple[DailyPapers, Announcements]]:
    """Open the sources."""
    from bot.sources import manners
    from bot.sources.arxiv import ArXiv
    from bot.sources.http import Polite
    from bot.sources.huggingface import HuggingFace

    hugging = Polite(manners.HUGGING_FACE, opened.sources, clock, version=VERSION)
    arxiv = Polite(manners.ARXIV, opened.sources, clock, version=VERSION)
    try:
        yield HuggingFace(hugging, chosen.hf_endpoint), ArXiv(arxiv, chosen.arxiv_url)
    finally:
        await hugging.close()
        await arxiv.close()
