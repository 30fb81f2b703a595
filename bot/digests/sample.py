"""Digests of the bundled sample: its lists are months old, so they are posted one by one, newest first, and say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot import wording
from bot.cards import Card
from bot.digests import newsroom, page
from bot.digests.choice import Choice
from bot.digests.press import reasons_of
from bot.language import gettext, speaking
from bot.models import DeliveryKey, FeedDay
from bot.ports.ledger import Draft
from bot.ports.places import Standing
from bot.ports.stores import Stores

SPAN: Final = timedelta(days=45)


async def card(stores: Stores, standing: Standing) -> Card | None:
    """Return the digest of the newest sample list that the channel has not had; None when it has had all."""
    draft = await _draft(stores, standing)
    return draft.card if draft else None


async def post(stores: Stores, standing: Standing, now: datetime, only: FeedDay | None = None) -> Card | None:
    """Record that digest, or that of the *only* list asked for; return its card."""
    draft = await _draft(stores, standing, only)
    if draft is None:
        return None
    await stores.ledger.add([draft], now)
    return draft.card


async def _draft(stores: Stores, standing: Standing, only: FeedDay | None = None) -> Draft | None:
    newest = await stores.days.newest()
    if newest is None:
        return None
    days = [only] if only else await stores.days.between(newest.date - SPAN, newest.date)
    for day in reversed([day for day in days if day.papers]):
        key = DeliveryKey(standing.channel, "sample", day.date.isoformat())
        if await stores.ledger.get(key) is None:
            return await _drawn(stores, standing, day, key)
    return None


async def _drawn(stores: Stores, standing: Standing, day: FeedDay, key: DeliveryKey) -> Draft:
    preferences = standing.preferences
    papers = await stores.papers.get(day.papers)
    known = newsroom.Lists((day,), None, (), papers)
    choice = Choice((day,))
    past = await newsroom.past(stores, {standing.key: choice}, known)
    reasons = await reasons_of(known, choice, past.topics.get(standing.key, ()))
    gone = past.gone(standing) | set(await reasons_of(known, choice, past.muted_topics.get(standing.key, ())))
    made = page.compose(page.ranked((day,), papers, preferences), (), reasons, preferences, gone)
    with speaking(preferences.language):
        drawn = _dated(page.card(made, (day,), preferences, day.date, matches=reasons), day)
    had = past.posted.get(standing.key, set())
    return Draft(key, drawn, tuple(paper.id for paper in made.papers if paper.id not in had))


def _dated(card: Card, day: FeedDay) -> Card:
    """Say at the head that it is a sample, and of which year."""
    votes = gettext("votes of {day}", day=wording.day(day.date, year=True))
    return replace(card, folio=(gettext("Sample digest"), *card.folio[1:-1], votes))
