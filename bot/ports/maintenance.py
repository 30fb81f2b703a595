"""The maintenance port: whether the database is whole, and whether it was restored from a backup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.reasons.reason import Reason


@dataclass(frozen=True, slots=True)
class Restored:
    """The database was restored from a backup, or copied; it may not know what happened ``since``."""

    since: datetime


class Maintenance(Protocol):
    """What the database itself needs. All raise `bot.errors.StoreError` when it can't be read or written."""

    async def check_database(self) -> Reason | None:
        """Read all of the database, beside everything else; return what is wrong with it, or None."""
        ...

    async def begin_generation(self, now: datetime) -> Restored | None:
        """Tell, once at the start, whether the database was restored; mark it as such, and what is there as current."""
        ...

    async def record_alive(self, now: datetime) -> None:
        """Record that the database is in use, in it and beside it, so that an older copy of it is known as one."""
        ...
