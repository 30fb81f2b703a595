"""MaintenanceStore: the daily PRAGMA quick_check, beside whoever reads and writes."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot.reasons.reason import Reason
from storage.database import Database
from storage.maintenance.integrity import find_damage_beside

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MaintenanceStore:
    """`bot.ports.maintenance.Maintenance` on the database."""

    database: Database

    async def check_database(self) -> Reason | None:
        """Read all of the database in a thread; what is wrong stands in the log."""
        damage = await find_damage_beside(self.database.path)
        if damage:
            log.error("The database is damaged: %s", damage)
        return Reason("database.damaged") if damage else None
