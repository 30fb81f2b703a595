"""Button payloads too long for a button (Slack value, Discord custom_id), encrypted under their token.

They may be words that somebody typed. The database knows neither the token nor the key, which is made from it: who has
a copy of the file alone reads nothing, and no key of the vault is needed.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, cast

from cryptography.fernet import Fernet
from sqlalchemy import delete, select

from storage.database import Database
from storage.sql import build_insert
from storage.tables import actions


@dataclass(frozen=True, slots=True)
class ButtonPayloadStore:
    """`bot.ports.secrets.ButtonPayloads` on the database."""

    database: Database

    async def save_payloads(self, payloads: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
        """Keep JSON data by token; what is there already only gets its time renewed."""
        if not payloads:
            return
        rows = [
            {"token": _hash_token(token), "data": _encrypt_payload(token, data), "at": now}
            for token, data in payloads.items()
        ]
        async with self.database.begin_write() as connection:
            statement = build_insert(connection, actions).values(rows)
            renewed = statement.on_conflict_do_update(index_elements=["token"], set_={"at": now})
            await connection.execute(renewed)

    async def get_payload(self, token: str) -> Mapping[str, Any] | None:
        """Return the data, or None."""
        async with self.database.begin_read() as connection:
            kept = await connection.scalar(select(actions.c.data).where(actions.c.token == _hash_token(token)))
        return _decrypt_payload(token, kept) if kept else None

    async def delete_older(self, before: datetime) -> int:
        """Delete what was kept before; return how many."""
        async with self.database.begin_write() as connection:
            return (await connection.execute(delete(actions).where(actions.c.at < before))).rowcount


def _hash_token(token: str) -> str:
    """Return under what a token is stored, from which it can't be told."""
    return _compute_digest("name", token).hex()


def _encrypt_payload(token: str, data: Mapping[str, Any]) -> dict[str, str]:
    return {"sealed": _derive_cipher(token).encrypt(json.dumps(dict(data)).encode()).decode()}


def _decrypt_payload(token: str, kept: Mapping[str, str]) -> Mapping[str, Any]:
    return cast("dict[str, Any]", json.loads(_derive_cipher(token).decrypt(kept["sealed"])))


def _derive_cipher(token: str) -> Fernet:
    return Fernet(urlsafe_b64encode(_compute_digest("key", token)))


def _compute_digest(purpose: str, token: str) -> bytes:
    return sha256(f"{purpose} {token}".encode()).digest()
