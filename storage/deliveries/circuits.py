"""Circuit breakers of platforms and workspaces (table circuits): who is left alone, until when, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, select

from bot.ports.deliveries import Circuit
from bot.reasons.reason import decode_reason, encode_reason
from storage.database import Database
from storage.sql import build_insert
from storage.tables import circuits


@dataclass(frozen=True, slots=True)
class CircuitStore:
    """`bot.ports.deliveries.Circuits` on the database."""

    database: Database

    async def list_open(self) -> Sequence[Circuit]:
        """Return every circuit, by platform and workspace."""
        query = select(circuits).order_by(circuits.c.platform, circuits.c.workspace)
        async with self.database.begin_read() as connection:
            return [
                Circuit(
                    row.platform, row.workspace, row.opened, row.open_until, row.failures, decode_reason(row.reason)
                )
                for row in await connection.execute(query)
            ]

    async def open(self, circuit: Circuit) -> bool:
        """Record a circuit; since when it is open stays as it was."""
        row = {
            "platform": circuit.platform,
            "workspace": circuit.workspace,
            "opened": circuit.opened,
            "open_until": circuit.open_until,
            "failures": circuit.failures,
            "reason": encode_reason(circuit.reason),
        }
        changing = ("open_until", "failures", "reason")
        async with self.database.begin_write() as connection:
            mine = _match(circuit.platform, circuit.workspace)
            earlier_failures = await connection.scalar(select(circuits.c.failures).where(mine))
            await connection.execute(
                build_insert(connection, circuits).on_conflict_do_update(
                    index_elements=["platform", "workspace"], set_={name: row[name] for name in changing}
                ),
                row,
            )
        return earlier_failures is None

    async def close(self, platform: str, workspace: str) -> bool:
        """Forget a circuit; return True when it was open."""
        async with self.database.begin_write() as connection:
            gone = await connection.execute(delete(circuits).where(_match(platform, workspace)))
        return bool(gone.rowcount)


def _match(platform: str, workspace: str) -> ColumnElement[bool]:
    return and_(circuits.c.platform == platform, circuits.c.workspace == workspace)
