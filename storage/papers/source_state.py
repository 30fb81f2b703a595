"""Source state: HTTP validators (ETag, Last-Modified) and circuit breaker state of every source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import RowMapping, select

from bot.ports.sources import SourceState, Validators
from bot.reasons.reason import decode_reason, encode_reason
from storage.database import Database
from storage.sql import build_insert
from storage.tables import sources
from storage.tables import validators as fetched


@dataclass(frozen=True, slots=True)
class SourceStateStore:
    """`bot.ports.sources.SourceStates` on the database."""

    database: Database

    async def get_state(self, name: str) -> SourceState:
        """Return what is known of a source; a fresh state when nothing is."""
        async with self.database.begin_read() as connection:
            row = (await connection.execute(select(sources).where(sources.c.name == name))).mappings().first()
        return _to_source_state(row) if row else SourceState(name)

    async def list_states(self) -> Sequence[SourceState]:
        """Return every state known, by name."""
        async with self.database.begin_read() as connection:
            rows = await connection.execute(select(sources).order_by(sources.c.name))
            return [_to_source_state(row) for row in rows.mappings()]

    async def save_state(self, state: SourceState) -> None:
        """Keep *get_state*."""
        values = {**asdict(state), "error": encode_reason(state.error)}
        async with self.database.begin_write() as connection:
            statement = build_insert(connection, sources).values(values)
            await connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))

    async def get_validators(self, url: str) -> Validators:
        """Return the validators of *url*; empty ones when it was never fetched."""
        query = select(fetched.c.etag, fetched.c.modified, fetched.c.digest).where(fetched.c.url == url)
        async with self.database.begin_read() as connection:
            row = (await connection.execute(query)).first()
        return Validators(*row) if row else Validators()

    async def save_validators(self, url: str, validators: Validators) -> None:
        """Keep the validators of *url*."""
        values = asdict(validators)
        async with self.database.begin_write() as connection:
            statement = build_insert(connection, fetched).values(url=url, **values)
            await connection.execute(statement.on_conflict_do_update(index_elements=["url"], set_=values))


def _to_source_state(row: RowMapping) -> SourceState:
    return SourceState(**{**row, "error": decode_reason(row["error"])})
