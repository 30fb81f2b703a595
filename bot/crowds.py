"""Crowd promotion: a paper to which enough readers react gets a message of its own, with a thread to talk in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.cards import Card, Item
from bot.language import ngettext, speaking
from bot.models import Channel, DeliveryKey, Kind, Preferences
from bot.ports.ledger import Draft
from bot.ports.stores import Stores

KIND = "lift"
_OF_LATE: Final = timedelta(days=3)
"""How long ago a digest may be whose reactions are counted though nobody saw them come."""


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
            drafts = _lifted(channel, item, people, standing.preferences.into)
        return bool(await self.stores.ledger.add(drafts, now))

    async def watched(self, platform: str, now: datetime) -> Sequence[tuple[Channel, str]]:
        """Return the latest digests' messages in channels that lift papers."""
        every = [standing for standing in await self.stores.channels.on() if standing.channel.platform == platform]
        return [
            (standing.channel, message)
            for standing in every
            if standing.preferences.lift
            for message in await self._latest(standing.channel, now - _OF_LATE)
        ]

    async def _latest(self, channel: Channel, since: datetime) -> list[str]:
        past = [one for one in await self.stores.editions.history(channel) if one.at >= since]
        keys = [DeliveryKey(channel, "digest", one.day.isoformat()) for one in past if one.state == "posted"]
        found = [await self.stores.ledger.get(key) for key in keys]
        return [delivery.message for delivery in found if delivery and delivery.message]

    async def _vetoed(self, channel: Channel, paper: str) -> bool:
        """Tell whether the channel has muted a paper: its managers say no."""
        standing = await self.stores.channels.get(channel)
        muted = await self.stores.wishes.mutes([standing.key]) if standing else {}
        return any(("paper", paper) in mutes for mutes in muted.values())


def called(card: Card, wanted: Preferences) -> Card:
    """Return a digest's card with a line that tells its readers how they lift a paper, where they can.

    The reaction that stands for a number is its keycap: 1️⃣, 2️⃣.
    """
    if not wanted.lift:
        return card
    line = ngettext(
        "React with a paper’s number, such as 1️⃣: picked by {n} reader, it gets a place of its own to be discussed.",
        "React with a paper’s number, such as 1️⃣: picked by {n} readers, it gets a place of its own to be discussed.",
        wanted.lift,
    )
    return replace(card, footer=(*card.footer, line))


def _lifted(channel: Channel, item: Item, people: int, into: str) -> tuple[Draft, ...]:
    """Return the messages of a paper that so many people picked: a post of the forum *into*, else a thread below.

    Inside a thread there is none: what would be in it follows.
    """
    if not into and channel.kind is Kind.THREAD:
        text = ngettext("{n} reader picked this paper.", "{n} readers picked this paper.", people)
        return about(channel, item, text, KIND)
    if not into:
        text = ngettext(
            "{n} reader picked this paper; the thread below is for it.",
            "{n} readers picked this paper; the thread below is for it.",
            people,
        )
        return about(channel, item, text, KIND)
    room = channel.name or channel.id
    said = ngettext("picked by {n} reader of #{room}", "picked by {n} readers of #{room}", people, room=room)
    post = replace(item, number=None, section="", notes=(said, *item.notes))
    forum = replace(channel, id=into, kind=Kind.FORUM, name="")
    return (Draft(DeliveryKey(forum, KIND, item.paper), Card(items=(post,), fallback=item.title, tone="digest")),)


def about(channel: Channel, item: Item, text: str, kind: str) -> tuple[Draft, Draft]:
    """Return a message about one paper, and its abstract in the thread below; a paper has one of each *kind*."""
    key = DeliveryKey(channel, kind, item.paper)
    plain = replace(item, number=None, section="", abstract="")
    first = Card(text=text, items=(plain,), fallback=f"{text} {item.title}", tone="digest")
    below = Card(title=item.title, text=item.abstract or item.text, fallback=item.title, tone="digest")
    return Draft(key, first), Draft(replace(key, part=1, operation="reply"), below, parent=key)
