"""Vote refresh: upvote counts of posted digests, updated by editing the message; never its order or its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.cards.models import Card, Item
from bot.domain.deliveries import DeliveryKey
from bot.domain.papers import Paper
from bot.ports.chat import Delivery
from bot.ports.deliveries import Draft
from bot.ports.stores import Stores

REFRESH_AGES: Final = (timedelta(hours=6), timedelta(hours=24))
"""When, after its post, a digest's votes are written anew; each once."""
_REFRESH_WINDOW: Final = timedelta(hours=2)
"""How long after each age a digest is still looked at; the job runs hourly."""
_MAX_EDITS_PER_PART: Final = 100
BATCH_SIZE: Final = 200
"""Digests that are read and edited together: thousands are posted in one minute, and nobody else may wait for them."""


async def refresh_votes(stores: Stores, now: datetime, batch_size: int = BATCH_SIZE) -> int:
    """Record edits for the digests whose votes have moved, *batch_size* at a time; return how many."""
    edits = 0
    for edit_number, age in enumerate(REFRESH_AGES, 1):
        after = 0
        while posts := await stores.ledger.list_refreshable(now - age - _REFRESH_WINDOW, now - age, batch_size, after):
            edits += await _record_vote_edits(stores, posts, edit_number, now)
            after = posts[-1].id
    return edits


async def _record_vote_edits(stores: Stores, posts: Sequence[Delivery], edit_number: int, now: datetime) -> int:
    papers = await stores.papers.get({item.paper for post in posts for item in post.card.items})
    drafts = [
        _build_edit(post, edit_number, card) for post in posts if (card := update_votes(post.card, papers)) != post.card
    ]
    return len(await stores.ledger.add(drafts, now))


def update_votes(card: Card, papers: Mapping[str, Paper]) -> Card:
    """Return *card* with today's votes."""
    return replace(card, items=tuple(_update_item_votes(item, papers.get(item.paper)) for item in card.items))


def _update_item_votes(item: Item, paper: Paper | None) -> Item:
    # What is neither numbered nor showed votes before is an abstract.
    voted = item.votes is not None or item.number is not None
    return replace(item, votes=paper.votes) if paper and paper.votes is not None and voted else item


def _build_edit(post: Delivery, edit_number: int, card: Card) -> Draft:
    """Return the edit of a message, numbered so that those of a digest's posts and entries differ."""
    part = post.key.part * _MAX_EDITS_PER_PART + edit_number
    key = DeliveryKey(post.key.channel, post.key.kind, post.key.subject, part, "edit")
    return Draft(key, card, parent=post.key)
