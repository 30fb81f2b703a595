"""The generation: a token in the database and in DATA_DIR; where they differ, a backup was restored."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StoreError
from bot.ports.maintenance import Restored
from storage.database import Database
from storage.sql import build_insert
from storage.tables import channels, deliveries, marks

GENERATION_FILE: Final = "generation"
GENERATION_MARK: Final = "generation"
"""The token: a number that is raised again and again, and a few letters, so that no two are ever alike."""
ALIVE_MARK: Final = "alive"
RESTORED_SINCE_MARK: Final = "restored_since"
RESTORED_AT_MARK: Final = "restored_at"
_UNKNOWN_SPAN: Final = timedelta(days=2)
"""How far back is looked for what was sent where nothing tells since when the database knows nothing."""


async def begin_generation(database: Database, directory: Path, now: datetime) -> Restored | None:
    """Raise the generation; when database and *directory* differed, mark the database as restored, in one transaction.

    Raises `bot.errors.StoreError`. Whoever calls holds the lock of *directory*.
    """
    async with database.begin_read() as connection:
        restored = await _find_restore(connection, _read_tokens(directory), now)
    times = {RESTORED_SINCE_MARK: restored.since, RESTORED_AT_MARK: now} if restored else {}
    await raise_generation(database, directory, now, times)
    return restored


async def raise_generation(
    database: Database, directory: Path, now: datetime, times: Mapping[str, datetime] | None = None
) -> None:
    """Give database and *directory* a new token, and record that the database is in use at *now*, with other *times*.

    The file names both tokens until the new one is committed, so that a crash in between is no restored backup.
    """
    known_tokens = _read_tokens(directory)
    async with database.begin_read() as connection:
        token = _build_next_token({*known_tokens, await _fetch_mark(connection, GENERATION_MARK)})
    await asyncio.to_thread(_write_tokens, directory, [*known_tokens, token])
    moments = {name: at.isoformat() for name, at in {ALIVE_MARK: now, **(times or {})}.items()}
    async with database.begin_write() as connection:
        for name, value in {GENERATION_MARK: token, **moments}.items():
            statement = build_insert(connection, marks).values(name=name, value=value)
            await connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
    await asyncio.to_thread(_write_tokens, directory, [token])


async def _find_restore(connection: AsyncConnection, known_tokens: Collection[str], now: datetime) -> Restored | None:
    """Return since when the database knows nothing, or None when it is the one that *known_tokens* speaks of.

    One without a token, a message or a channel is new: nothing that it could have sent is unknown to it. One with
    channels that never ran stands in for one that did, where *known_tokens* speaks of that: it may have sent anything.
    """
    token = await _fetch_mark(connection, GENERATION_MARK)
    if token in known_tokens or not (token or known_tokens):
        return None
    if alive := await _fetch_mark(connection, ALIVE_MARK):
        return Restored(datetime.fromisoformat(alive))
    newest = await connection.scalar(select(func.max(deliveries.c.created)))
    if newest:
        return Restored(newest.astimezone(UTC))
    has_channels = known_tokens and await connection.scalar(select(channels.c.id).limit(1))
    return Restored(now - _UNKNOWN_SPAN) if has_channels else None


async def _fetch_mark(connection: AsyncConnection, name: str) -> str:
    return await connection.scalar(select(marks.c.value).where(marks.c.name == name)) or ""


def _build_next_token(tokens: Collection[str]) -> str:
    numbers = [int(number) for token in tokens if (number := token.partition("-")[0]).isdecimal()]
    return f"{max(numbers, default=0) + 1}-{secrets.token_hex(4)}"


def _read_tokens(directory: Path) -> list[str]:
    """Return the tokens that the database may have; none when there is no file."""
    try:
        return (directory / GENERATION_FILE).read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{directory / GENERATION_FILE} can't be read; move it away, then start again.") from error


def _write_tokens(directory: Path, tokens: Collection[str]) -> None:
    """Replace the file whole; it is on the disk when this returns."""
    target = directory / GENERATION_FILE
    fresh = target.with_suffix(".new")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write("".join(f"{token}\n" for token in tokens))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
    except OSError as error:
        raise StoreError(f"{target} can't be written: {error.strerror}.") from error
