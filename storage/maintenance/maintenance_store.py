"""MaintenanceStore: the daily PRAGMA quick_check beside whoever reads and writes, and the generation."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.ports.maintenance import Restored
from bot.reasons.reason import Reason
from storage.database import Database
from storage.maintenance.generation import begin_generation, raise_generation
from storage.maintenance.integrity import find_damage_beside

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MaintenanceStore:
    """`bot.ports.maintenance.Maintenance` on the database and DATA_DIR, which is ``directory``."""

    database: Database
    directory: Path

    async def check_database(self) -> Reason | None:
        """Read all of the database in a thread; what is wrong stands in the log."""
        damage = await find_damage_beside(self.database.path)
        if damage:
            log.error("The database is damaged: %s", damage)
        return Reason("database.damaged") if damage else None

    async def begin_generation(self, now: datetime) -> Restored | None:
        """Raise the generation, and tell whether the database is an older one than DATA_DIR knows."""
        return await begin_generation(self.database, self.directory, now)

    async def record_alive(self, now: datetime) -> None:
        """Raise the generation, so that every copy made before is known as one."""
        await raise_generation(self.database, self.directory, now)
