"""The vault: secrets encrypted with Fernet (VAULT_KEYS, MultiFernet key rotation) before they are stored."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import ColumnElement, delete, or_, select, update

from bot.errors import Misconfigured, StoreError
from storage.database import Database, create_private_directory
from storage.sql import build_insert
from storage.tables import secrets

KEY_FILE: Final = "vault.key"


@dataclass(frozen=True, slots=True)
class VaultStore:
    """`bot.ports.secrets.Vault` on the database. The first key of ``keys`` seals, each of them opens."""

    database: Database
    keys: MultiFernet

    async def put(self, name: str, secret: Mapping[str, Any], now: datetime) -> None:
        """Keep a secret, sealed with the newest key."""
        sealed = self.keys.encrypt(json.dumps(dict(secret)).encode()).decode()
        async with self.database.begin_write() as connection:
            statement = build_insert(connection, secrets).values(name=name, sealed=sealed, at=now)
            fresh = {"sealed": sealed, "at": now}
            await connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=fresh))

    async def get(self, name: str) -> Mapping[str, Any] | None:
        """Return a secret, or None."""
        async with self.database.begin_read() as connection:
            sealed = await connection.scalar(select(secrets.c.sealed).where(secrets.c.name == name))
        return self._decrypt(sealed)

    async def pop(self, name: str) -> Mapping[str, Any] | None:
        """Remove a secret and return it."""
        async with self.database.begin_write() as connection:
            statement = delete(secrets).where(secrets.c.name == name).returning(secrets.c.sealed)
            sealed = await connection.scalar(statement)
        return self._decrypt(sealed)

    async def list_names(self, prefix: str) -> Sequence[str]:
        """Return the names that start with *prefix*."""
        async with self.database.begin_read() as connection:
            query = select(secrets.c.name).where(_match_prefix(prefix)).order_by(secrets.c.name)
            return list(await connection.scalars(query))

    async def delete_by_prefix(self, prefix: str) -> int:
        """Delete every secret whose name starts with *prefix*."""
        async with self.database.begin_write() as connection:
            return (await connection.execute(delete(secrets).where(_match_prefix(prefix)))).rowcount

    async def acquire_lease(self, name: str, now: datetime, until: datetime) -> bool:
        """Take the one right to change a secret; the database decides between two that ask at once."""
        free = or_(secrets.c.lease.is_(None), secrets.c.lease <= now)
        async with self.database.begin_write() as connection:
            taken = update(secrets).where(secrets.c.name == name, free).values(lease=until)
            return bool((await connection.execute(taken)).rowcount)

    async def release_lease(self, name: str) -> None:
        """Give that right back."""
        async with self.database.begin_write() as connection:
            await connection.execute(update(secrets).where(secrets.c.name == name).values(lease=None))

    def _decrypt(self, sealed: str | None) -> Mapping[str, Any] | None:
        if sealed is None:
            return None
        try:
            return cast("dict[str, Any]", json.loads(self.keys.decrypt(sealed)))
        except InvalidToken as error:
            raise Misconfigured(
                ("VAULT_KEYS: no key opens what is stored; put the key that was used before behind the new one.",)
            ) from error


def load_keys(configured_keys: Sequence[str], directory: Path) -> MultiFernet:
    """Return the keys *configured_keys*, newest first; without any, the one in *directory*, made when missing.

    Raises `bot.errors.Misconfigured` for a text that is no key, `bot.errors.StoreError` when no key can be kept.
    """
    try:
        return MultiFernet([Fernet(key) for key in configured_keys or (_load_or_create_key(directory / KEY_FILE),)])
    except ValueError as error:
        where = "VAULT_KEYS" if configured_keys else str(directory / KEY_FILE)
        raise Misconfigured(
            (f"{where}: a key is 32 bytes in URL-safe base64; make one with: python -m bot key",)
        ) from error


def _load_or_create_key(path: Path) -> str:
    """Return the key in the file at *path*, made now when there is none; two that make one at once agree."""
    create_private_directory(path.parent)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise StoreError(f"The key of the vault can't be written to {path}: {error.strerror}.") from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        key = Fernet.generate_key().decode()
        file.write(f"{key}\n")
    return key


def _match_prefix(prefix: str) -> ColumnElement[bool]:
    return secrets.c.name.startswith(prefix, autoescape=True)
