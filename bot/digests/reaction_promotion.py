"""Reaction promotion: a paper that enough readers react to gets a message of its own, with a thread or forum post."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.cards.models import Card, Item
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DeliveryKey
from bot.domain.preferences import Preferences
from bot.i18n.translation import ngettext, use_language
from bot.ports.deliveries import POSTED_STATES, Draft
from bot.ports.stores import Stores

PROMOTION_KIND = "lift"
_MAX_DIGEST_AGE: Final = timedelta(days=3)
"""How long ago a digest may be whose reactions are counted though nobody saw them come."""


@dataclass(frozen=True, slots=True)
class ReactionPromotion:
    """Readers' reactions, weighed. Implements `bot.ports.platform_events.ReactionEvents`."""

    stores: Stores

    async def get_promotion_threshold(self, channel: Channel) -> int:
        """Return how many people it takes."""
        channel_state = await self.stores.channels.get(channel)
        return channel_state.preferences.lift if channel_state and not channel_state.retired_reason else 0

    async def promote_paper(
        self, channel: Channel, message: str, number: int, reader_count: int, now: datetime
    ) -> bool:
        """Lift a paper, once."""
        needed = await self.get_promotion_threshold(channel)
        if not needed or reader_count < needed:
            return False
        digest = await self.stores.ledger.find_digest(channel, message)
        item = next((item for item in digest.card.items if item.number == number), None) if digest else None
        if item is None or not item.paper or await self._is_muted(channel, item.paper):
            return False
        channel_state = await self.stores.channels.get_or_create(channel, now)
        with use_language(channel_state.preferences.language):
            drafts = _build_promotion_drafts(channel, item, reader_count, channel_state.preferences.into)
        return bool(await self.stores.ledger.add(drafts, now))

    async def list_watched_digests(self, platform: str, now: datetime) -> Sequence[tuple[Channel, str]]:
        """Return the latest digests' messages in channels that lift papers."""
        every = [
            channel_state
            for channel_state in await self.stores.channels.list_enabled()
            if channel_state.channel.platform == platform
        ]
        return [
            (channel_state.channel, message)
            for channel_state in every
            if channel_state.preferences.lift
            for message in await self._find_recent_messages(channel_state.channel, now - _MAX_DIGEST_AGE)
        ]

    async def _find_recent_messages(self, channel: Channel, since: datetime) -> list[str]:
        past = [one for one in await self.stores.digests.list_past_digests(channel) if one.at >= since]
        keys = [DeliveryKey(channel, "digest", one.day.isoformat()) for one in past if one.state in POSTED_STATES]
        found = [await self.stores.ledger.find_by_key(key) for key in keys]
        return [delivery.message_id for delivery in found if delivery and delivery.message_id]

    async def _is_muted(self, channel: Channel, paper: str) -> bool:
        """Tell whether the channel has muted a paper: its managers say no."""
        channel_state = await self.stores.channels.get(channel)
        muted = await self.stores.mutes_and_saves.list_mutes([channel_state.channel_id]) if channel_state else {}
        return any(("paper", paper) in mutes for mutes in muted.values())


def add_reaction_hint(card: Card, preferences: Preferences) -> Card:
    """Return a digest's card with a line that tells its readers how they lift a paper, where they can.

    The reaction that stands for a number is its keycap: 1️⃣, 2️⃣.
    """
    if not preferences.lift:
        return card
    line = ngettext(
        "React with a paper’s number, such as 1️⃣: picked by {n} reader, it gets a place of its own to be discussed.",
        "React with a paper’s number, such as 1️⃣: picked by {n} readers, it gets a place of its own to be discussed.",
        preferences.lift,
    )
    return replace(card, footer=(*card.footer, line))


def _build_promotion_drafts(channel: Channel, item: Item, people: int, forum_id: str) -> tuple[Draft, ...]:
    """Return the messages of a paper that so many people picked: a post of the forum *forum_id*, else a thread below.

    Inside a thread there is none: what would be in it follows.
    """
    if not forum_id and channel.kind is ChannelKind.THREAD:
        text = ngettext("{n} reader picked this paper.", "{n} readers picked this paper.", people)
        return build_paper_drafts(channel, item, text, PROMOTION_KIND)
    if not forum_id:
        text = ngettext(
            "{n} reader picked this paper; the thread below is for it.",
            "{n} readers picked this paper; the thread below is for it.",
            people,
        )
        return build_paper_drafts(channel, item, text, PROMOTION_KIND)
    channel_info = channel.name or channel.id
    note = ngettext("picked by {n} reader of #{room}", "picked by {n} readers of #{room}", people, room=channel_info)
    post = replace(item, number=None, section="", notes=(note, *item.notes))
    forum = replace(channel, id=forum_id, kind=ChannelKind.FORUM, name="")
    return (
        Draft(DeliveryKey(forum, PROMOTION_KIND, item.paper), Card(items=(post,), fallback=item.title, tone="digest")),
    )


def build_paper_drafts(channel: Channel, item: Item, text: str, kind: str) -> tuple[Draft, Draft]:
    """Return a message about one paper, and its abstract in the thread below; a paper has one of each *kind*."""
    key = DeliveryKey(channel, kind, item.paper)
    plain = replace(item, number=None, section="", abstract="")
    first = Card(text=text, items=(plain,), fallback=f"{text} {item.title}", tone="digest")
    below = Card(title=item.title, text=item.abstract or item.text, fallback=item.title, tone="digest")
    return Draft(key, first), Draft(replace(key, part=1, operation="reply"), below, parent=key)
