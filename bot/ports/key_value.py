"""The key-value store: small facts of this installation, kept by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class KeyValueStore(Protocol):
    """Small facts about this installation, by name ("sample", "tzdata")."""

    async def get(self, name: str) -> str:
        """Return a mark, or ""."""
        ...

    async def list_by_prefix(self, prefix: str) -> Mapping[str, str]:
        """Return the facts whose names begin so, by name."""
        ...

    async def set(self, name: str, value: str) -> None:
        """Set a mark; an empty value removes it."""
        ...
