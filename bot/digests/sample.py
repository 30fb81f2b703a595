"""Digests of the bundled sample: its lists are months old, so they are posted one by one, newest first, and say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from bot.cards import Card
from bot.digests import newsroom, page
from bot.digests.choice import Choice
from bot.digests.press import reasons_of
from bot.models import DeliveryKey, FeedDay
from bot.ports.ledger import Draft
from bot.ports.places import Standing
from bot.ports.stores import Stores

SPAN: Final = timedelta(days=45)


async def card(stores: Stores, standing: Standing, now: datetime) -> Card | None:
    """Return the digest of the newest sample list that the channel has not had; None when it has had all."""
    draft = await _draft(stores, standing, now)
    return draft.card if draft else None


async def post(stores: Stores, standing: Standing, now: datetime) -> Card | None:
    """Record that digest; return its card."""
    draft = await _draft(stores, standing, now)
    if draft is None:
        return None
    await stores.ledger.add([draft], now)
    return draft.card


async def _draft(stores: Stores, standing: Standing, now: datetime) -> Draft | None:
    newest = await stores.days.newest()
    if newest is None:
        return None
    days = await stores.days.between(newest.date - SPAN, newest.date)
    for day in reversed([day for day in days if day.papers]):
        key = DeliveryKey(standing.channel, "sample", day.date.isoformat())
        if await stores.ledger.get(key) is None:
            return await _drawn(stores, standing, day, key, now)
    return None


async def _drawn(stores: Stores, standing: Standing, day: FeedDay, key: DeliveryKey, now: datetime) -> Draft:
    preferences = standing.preferences
    papers = await stores.papers.get(day.papers)
    known = newsroom.Lists((day,), None, (), papers)
    choice = Choice((day,))
    past = await newsroom.past(stores, {standing.key: choice}, known)
    reasons = await reasons_of(known, choice, past.topics.get(standing.key, ()))
    gone = past.gone(standing) | set(await reasons_of(known, choice, past.muted_topics.get(standing.key, ())))
    made = page.compose(page.ranked((day,), papers, preferences), (), reasons, preferences, gone)
    drawn = page.card(made, (day,), preferences, _today(standing, now), matches=reasons)
    folio = (*drawn.folio[:-1], f"{drawn.folio[-1]}, sample")
    return Draft(key, replace(drawn, folio=folio), tuple(paper.id for paper in made.papers))


def _today(standing: Standing, now: datetime) -> date:
    return standing.preferences.schedule.local_date(now)
