"""Crowd promotion: a paper to which enough readers react gets a message of its own, with a thread to talk in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.cards import Card, Item
from bot.language import ngettext, speaking
from bot.models import Channel, DeliveryKey
from bot.ports.ledger import Draft
from bot.ports.stores import Stores

KIND = "lift"


@dataclass(frozen=True, slots=True)
class Crowds:
    """Readers' reactions, weighed. Implements `bot.ports.crowds.Crowd`."""

    stores: Stores

    async def needed(self, channel: Channel) -> int:
        """Return how many people it takes."""
        standing = await self.stores.channels.get(channel)
        return standing.preferences.lift if standing and not standing.retired else 0

    async def reacted(self, channel: Channel, message: str, number: int, people: int, now: datetime) -> bool:
        """Lift a paper, once."""
        needed = await self.needed(channel)
        if not needed or people < needed:
            return False
        digest = await self.stores.ledger.posted(channel, message)
        item = next((item for item in digest.card.items if item.number == number), None) if digest else None
        if item is None or not item.paper or await self._vetoed(channel, item.paper):
            return False
        standing = await self.stores.channels.open(channel, now)
        with speaking(standing.preferences.language):
            text = ngettext(
                "{n} reader picked this paper; the thread below is for it.",
                "{n} readers picked this paper; the thread below is for it.",
                people,
            )
            drafts = about(channel, item, text, KIND)
        return bool(await self.stores.ledger.add(drafts, now))

    async def _vetoed(self, channel: Channel, paper: str) -> bool:
        """Tell whether the channel has muted a paper: its managers say no."""
        standing = await self.stores.channels.get(channel)
        muted = await self.stores.wishes.mutes([standing.key]) if standing else {}
        return any(("paper", paper) in mutes for mutes in muted.values())


def about(channel: Channel, item: Item, text: str, kind: str) -> tuple[Draft, Draft]:
    """Return a message about one paper, and its abstract in the thread below; a paper has one of each *kind*."""
    key = DeliveryKey(channel, kind, item.paper)
    plain = replace(item, number=None, section="", abstract="")
    first = Card(text=text, items=(plain,), fallback=f"{text} {item.title}", tone="digest")
    below = Card(title=item.title, text=item.abstract or item.text, fallback=item.title, tone="digest")
    return Draft(key, first), Draft(replace(key, part=1, operation="reply"), below, parent=key)
