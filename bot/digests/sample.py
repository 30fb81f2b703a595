"""Digests of the bundled sample: its lists are months old, so they are posted one by one, newest first, and say so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot import wording
from bot.cards import Card
from bot.digests import newsroom, page
from bot.digests.choice import Choice
from bot.digests.press import drafts, reasons_of
from bot.language import gettext, speaking
from bot.models import DeliveryKey, FeedDay, Kind
from bot.ports.ledger import Draft
from bot.ports.places import Standing
from bot.ports.stores import Stores

SPAN: Final = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Sample:
    """A digest of the sample: as a whole, and the messages that it is posted in."""

    card: Card
    drafts: tuple[Draft, ...]


async def card(stores: Stores, standing: Standing) -> Card | None:
    """Return the digest of the newest sample list that the channel has not had; None when it has had all."""
    found = await _next(stores, standing)
    return found.card if found else None


async def post(stores: Stores, standing: Standing, now: datetime, only: FeedDay | None = None) -> Card | None:
    """Record that digest, or that of the *only* list asked for; return its card."""
    found = await _next(stores, standing, only)
    if found is None:
        return None
    await stores.ledger.add(found.drafts, now)
    return found.card


async def _next(stores: Stores, standing: Standing, only: FeedDay | None = None) -> Sample | None:
    newest = await stores.days.newest()
    if newest is None:
        return None
    days = [only] if only else await stores.days.between(newest.date - SPAN, newest.date)
    for day in reversed([day for day in days if day.papers]):
        key = DeliveryKey(standing.channel, "sample", day.date.isoformat())
        if await stores.ledger.get(key) is None:
            drawn = await _drawn(stores, standing, day, key)
            if drawn.drafts:
                return drawn
    return None


async def _drawn(stores: Stores, standing: Standing, day: FeedDay, key: DeliveryKey) -> Sample:
    preferences = standing.preferences
    papers = await stores.papers.get(day.papers)
    known = newsroom.Lists((day,), None, (), papers)
    choice = Choice((day,))
    past = await newsroom.past(stores, {standing.key: choice}, known)
    reasons = await reasons_of(known, choice, past.topics.get(standing.key, ()))
    gone = past.gone(standing) | set(await reasons_of(known, choice, past.muted_topics.get(standing.key, ())))
    made = page.compose(page.ranked((day,), papers, preferences), (), reasons, preferences, gone)
    had = past.posted.get(standing.key, set())
    claims = tuple(paper.id for paper in made.papers if paper.id not in had)
    with speaking(preferences.language):
        drawn = _dated(page.card(made, (day,), preferences, day.date, matches=reasons), day)
        told = _told(drawn) if standing.channel.kind is Kind.FORUM else drawn
        return Sample(drawn, drafts(standing, key, made, told, claims) if made.papers else ())


def _dated(card: Card, day: FeedDay) -> Card:
    """Say at the head that it is a sample, and of which year."""
    votes = gettext("votes of {day}", day=wording.day(day.date, year=True))
    sample = gettext("Sample digest")
    # What a notification reads begins as the message does.
    named = card.fallback.removeprefix(card.folio[0])
    fallback = f"{sample}{named}" if named != card.fallback else card.fallback
    return replace(card, folio=(sample, *card.folio[1:-1], votes), fallback=fallback)


def _told(card: Card) -> Card:
    """Say it at every paper: the posts of a forum have no head."""
    said = (card.folio[0], card.folio[-1])
    return replace(card, items=tuple(replace(item, notes=(*said, *item.notes)) for item in card.items))
