"""Ports of the encrypted vault (installations, tokens), of long button payloads, and of what may stand in no log.

Every method of the stores is one transaction. Times are aware UTC. All raise `bot.errors.StoreError` when the database
can't answer, and `bot.errors.Misconfigured` when no key opens what is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol


class Vault(Protocol):
    """JSON data under names such as "irc/T1", encrypted at rest."""

    async def put(self, name: str, secret: Mapping[str, Any], now: datetime) -> None:
        """Keep a secret; one of the same name is replaced."""
        ...

    async def get(self, name: str) -> Mapping[str, Any] | None:
        """Return a secret, or None."""
        ...

    async def pop(self, name: str) -> Mapping[str, Any] | None:
        """Remove a secret and return it; of two that take at once, one gets None."""
        ...

    async def list_names(self, prefix: str) -> Sequence[str]:
        """Return the names that start with *prefix*, in order."""
        ...

    async def delete_by_prefix(self, prefix: str) -> int:
        """Delete every secret whose name starts with *prefix*; return how many."""
        ...

    async def acquire_lease(self, name: str, now: datetime, until: datetime) -> bool:
        """Take the one right to change a secret until then; False when somebody else has it."""
        ...

    async def release_lease(self, name: str) -> None:
        """Give that right back."""
        ...


class ButtonPayloads(Protocol):
    """The arguments of buttons that are too long to be part of them, under a token of their content."""

    async def save_payloads(self, payloads: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
        """Keep JSON data by token; what is there already only gets its time renewed."""
        ...

    async def get_payload(self, token: str) -> Mapping[str, Any] | None:
        """Return the data, or None when it is too old or was never there."""
        ...

    async def delete_older(self, before: datetime) -> int:
        """Delete what was kept before; return how many."""
        ...


class SecretRegistrar(Protocol):
    """Where whoever is given a secret tells of it, so that it stands in no log."""

    def register(self, value: str, lifetime: timedelta) -> None:
        """Keep *value* out of the log for as long as it opens anything."""
        ...
