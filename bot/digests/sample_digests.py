"""Sample digests from the bundled lists: months old, so posted one by one, newest first, and labelled as a sample."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.cards.models import Card
from bot.digests import composition, inputs
from bot.digests.digest_builder import build_drafts, find_match_reasons
from bot.digests.feed_selection import FeedSelection
from bot.domain.channels import ChannelKind
from bot.domain.deliveries import DeliveryKey
from bot.domain.feed import FeedDay
from bot.i18n import formatting
from bot.i18n.translation import gettext, use_language
from bot.ports.channels import ChannelState
from bot.ports.deliveries import Draft
from bot.ports.stores import Stores

SAMPLE_LOOKBACK: Final = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class SampleDigest:
    """A digest of the sample: as a whole, and the messages that it is posted in."""

    card: Card
    drafts: tuple[Draft, ...]


async def preview_sample_digest(stores: Stores, channel_state: ChannelState) -> Card | None:
    """Return the digest of the newest sample list that the channel has not had; None when it has had all."""
    found = await _find_next_digest(stores, channel_state)
    return found.card if found else None


async def post_sample_digest(
    stores: Stores, channel_state: ChannelState, now: datetime, only: FeedDay | None = None
) -> Card | None:
    """Record that digest, or that of the *only* list asked for; return its card."""
    found = await _find_next_digest(stores, channel_state, only)
    if found is None:
        return None
    await stores.ledger.add(found.drafts, now)
    return found.card


async def _find_next_digest(
    stores: Stores, channel_state: ChannelState, only: FeedDay | None = None
) -> SampleDigest | None:
    newest = await stores.feed_days.get_newest()
    if newest is None:
        return None
    days = [only] if only else await stores.feed_days.list_between(newest.date - SAMPLE_LOOKBACK, newest.date)
    for day in reversed([day for day in days if day.papers]):
        key = DeliveryKey(channel_state.channel, "sample", day.date.isoformat())
        if await stores.ledger.find_by_key(key) is None:
            digest = await _build_digest(stores, channel_state, day, key)
            if digest.drafts:
                return digest
    return None


async def _build_digest(stores: Stores, channel_state: ChannelState, day: FeedDay, key: DeliveryKey) -> SampleDigest:
    preferences = channel_state.preferences
    papers = await stores.papers.get(day.papers)
    feed = inputs.FeedSnapshot((day,), None, (), papers, stores.skipped_papers)
    selection = FeedSelection((day,))
    past = await inputs.load_channel_history(stores, {channel_state.channel_id: selection}, feed)
    reasons = await find_match_reasons(feed, selection, past.topics.get(channel_state.channel_id, ()))
    gone = past.get_excluded_papers(channel_state) | set(
        await find_match_reasons(feed, selection, past.muted_topics.get(channel_state.channel_id, ()))
    )
    had = past.posted_papers.get(channel_state.channel_id, set())
    with use_language(preferences.language):
        content, items = composition.select_sound_papers(
            composition.rank_papers((day,), papers, preferences), (), reasons, preferences, gone, stores.skipped_papers
        )
        claims = tuple(paper.id for paper in content.papers if paper.id not in had)
        digest_card = _label_card(composition.build_digest_card(content, items, (day,), preferences, day.date), day)
        posted_card = _label_items(digest_card) if channel_state.channel.kind is ChannelKind.FORUM else digest_card
        return SampleDigest(
            digest_card, build_drafts(channel_state, key, content, posted_card, claims) if content.papers else ()
        )


def _label_card(card: Card, day: FeedDay) -> Card:
    """Say at the head that it is a sample, and of which year."""
    votes = gettext("votes of {day}", day=formatting.format_day(day.date, year=True))
    sample = gettext("Sample digest")
    # What a notification reads begins as the message does.
    named = card.fallback.removeprefix(card.folio[0])
    fallback = f"{sample}{named}" if named != card.fallback else card.fallback
    return replace(card, folio=(sample, *card.folio[1:-1], votes), fallback=fallback)


def _label_items(card: Card) -> Card:
    """Say it at every paper: the posts of a forum have no head."""
    said = (card.folio[0], card.folio[-1])
    return replace(card, items=tuple(replace(item, notes=(*said, *item.notes)) for item in card.items))
