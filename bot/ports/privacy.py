"""The privacy port: export and erasure of personal data."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from bot.domain.channels import Channel


class Privacy(Protocol):
    """What is stored about a person."""

    async def export_data(self, person: Channel) -> dict[str, Any]:
        """Return everything stored about the person whose direct channel this is, as JSON data."""
        ...

    async def erase_data(self, person: Channel, now: datetime) -> dict[str, int]:
        """Delete a person's follows, saves, seen marks, mutes and unsent messages; return counts by name.

        Audit rows and the follows that they added to channels get a pseudonym. Outlives a restored backup.
        """
        ...

    async def apply_erasures(self) -> int:
        """Erase again those whom a restored backup brought back; return how many."""
        ...
