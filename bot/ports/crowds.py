"""The reactions port: a paper with enough reactions (reaction_add) is promoted to a thread of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.models import Channel


class ReactionEvents(Protocol):
    """Papers that readers react to. All raise `bot.errors.StoreError` when the database can't answer."""

    async def get_promotion_threshold(self, channel: Channel) -> int:
        """Return how many people must react to a paper of the channel's digests; 0 where that lifts nothing."""
        ...

    async def promote_paper(
        self, channel: Channel, message: str, number: int, reader_count: int, now: datetime
    ) -> bool:
        """Lift the paper with *number* in a digest when so many *reader_count* react to it now; return whether it was.

        A paper is lifted once; one that the channel's managers have muted is not.
        """
        ...

    async def list_watched_digests(self, platform: str, now: datetime) -> Sequence[tuple[Channel, str]]:
        """Return the channels whose readers may lift papers, each with the message of every digest of late."""
        ...
