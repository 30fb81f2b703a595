"""Votes of posted digests, brought up to date by editing the message: never its order, never its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.cards import Card, Item
from bot.models import DeliveryKey, Paper
from bot.ports.chats import Delivery
from bot.ports.ledger import Draft
from bot.ports.stores import Stores

AGES: Final = (timedelta(hours=6), timedelta(hours=24))
"""When, after its post, a digest's votes are written anew; each once."""
_LATEST: Final = timedelta(hours=48)
_AT_ONCE: Final = 200


async def refresh(stores: Stores, now: datetime) -> int:
    """Record edits for the digests whose votes have moved; return how many."""
    posts = await stores.ledger.wanting_refresh(now - _LATEST, _AT_ONCE)
    due = [(post, turn) for post in posts if (turn := _turn(post, now))]
    papers = await stores.papers.get({item.paper for post, _ in due for item in post.card.items})
    drafts = [_edit(post, turn, card) for post, turn in due if (card := updated(post.card, papers)) != post.card]
    return len(await stores.ledger.add(drafts, now)) if drafts else 0


def _turn(post: Delivery, now: datetime) -> int:
    """Return which refresh the post is due for: 0 for none yet."""
    age = now - post.created if post.created else timedelta(0)
    return sum(age >= limit for limit in AGES)


def updated(card: Card, papers: Mapping[str, Paper]) -> Card:
    """Return *card* with today's votes."""
    return replace(card, items=tuple(_voted(item, papers.get(item.paper)) for item in card.items))


def _voted(item: Item, paper: Paper | None) -> Item:
    return item if paper is None or paper.votes is None else replace(item, votes=paper.votes)


def _edit(post: Delivery, turn: int, card: Card) -> Draft:
    key = DeliveryKey(post.key.channel, post.key.kind, post.key.subject, turn, "edit")
    return Draft(key, card, parent=post.key)
