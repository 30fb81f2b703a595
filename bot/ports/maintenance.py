"""The maintenance port: whether the database is whole."""

from __future__ import annotations

from typing import Protocol

from bot.reasons.reason import Reason


class Maintenance(Protocol):
    """What the database itself needs. All raise `bot.errors.StoreError` when it can't be read or written."""

    async def check_database(self) -> Reason | None:
        """Read all of the database, beside everything else; return what is wrong with it, or None."""
        ...
