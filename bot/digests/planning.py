"""When digests are made: the clock asks who is due, and one transaction a batch records what becomes of each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal

from bot import wording
from bot.cards import Card
from bot.digests import newsroom, page, sample
from bot.digests.newsroom import Lists
from bot.digests.press import due_of, press
from bot.errors import Mistake, StoreError
from bot.language import ended, gettext, retold, spoken
from bot.models import Channel, FeedDay, Preferences
from bot.ports.ledger import Edition
from bot.ports.places import Standing
from bot.ports.stores import Stores

log = logging.getLogger(__name__)

_TRIED_AGAIN: Final = timedelta(hours=1)
BATCH: Final = 400
"""Channels in one transaction: small enough that commands are answered in between."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What asking for a digest now came to; ``sentence`` says it to people."""

    state: Literal["posted", "empty", "failed", "already"]
    sentence: str
    card: Card | None = None


def _exhausted() -> Outcome:
    return Outcome(
        "empty", gettext("Every list of the sample is posted here. Real lists follow once there is internet.")
    )


async def plan(stores: Stores, now: datetime) -> int:
    """Record the digests of every channel that is due; return how many channels were looked at.

    The channels' messages are left to the ledger. A second call for the same moment changes nothing.
    """
    looked = 0
    known: Lists | None = None
    drawn: dict[object, tuple[page.Page, Card]] = {}
    while batch := await stores.channels.due(now, BATCH):
        known = known or await newsroom.lists(stores, now)
        try:
            await _plan(stores, batch, known, now, drawn)
        except StoreError:
            raise
        except Exception:
            log.exception("A batch of digests could not be planned; its channels are planned one by one")
            await _one_by_one(stores, batch, known, now)
        looked += len(batch)
        await asyncio.sleep(0)
    return looked


async def _plan(
    stores: Stores,
    batch: Sequence[Standing],
    known: Lists,
    now: datetime,
    drawn: dict[object, tuple[page.Page, Card]],
) -> None:
    made = await press(stores, batch, known, now, drawn)
    waits = [(s, due_of(s, now), until) for s in batch if (until := made.wait(s, now))]
    waiting = {standing.key for standing, _, _ in waits}
    await stores.editions.hold(waits)
    await stores.editions.commit([made.edition(s, now) for s in batch if s.key not in waiting], now)


async def _one_by_one(stores: Stores, batch: Sequence[Standing], known: Lists, now: datetime) -> None:
    """Plan each channel on its own, so that one that can't be planned holds up no other; it is tried in an hour."""
    for standing in batch:
        try:
            await _plan(stores, [standing], known, now, {})
        except StoreError:
            raise
        except Exception:
            log.exception("The digest of %s could not be planned", standing.channel.key)
            await stores.editions.hold([(standing, due_of(standing, now), now + _TRIED_AGAIN)])


async def preview(stores: Stores, standing: Standing, now: datetime) -> Outcome:
    """Say what would be posted now; nothing is recorded."""
    if await stores.marks.get("sample"):
        card = await sample.card(stores, standing)
        return Outcome("posted", "", card) if card else _exhausted()
    outcome, _ = await _now(stores, standing, now)
    return outcome


async def post_now(stores: Stores, standing: Standing, now: datetime, only: FeedDay | None = None) -> Outcome:
    """Record a digest for today's local date, whatever the schedule says; the ledger sends it.

    It holds what is eligible now, or the *only* list that is asked for.
    """
    if await stores.marks.get("sample"):
        card = await sample.post(stores, standing, now, only)
        if card:
            return Outcome("posted", gettext("The next list of the sample is on its way."), card)
        return (
            Outcome("already", gettext("The list of {day} was posted already.", day=wording.day(only.date)))
            if only
            else _exhausted()
        )
    outcome, edition = await _now(stores, standing, now, only)
    if outcome.state != "posted":
        return outcome
    if not await stores.editions.commit([edition], now):
        return Outcome("already", gettext("The digest of {day} was posted already.", day=wording.day(edition.day)))
    return replace(outcome, sentence=gettext("The digest is on its way."))


async def post_everywhere(stores: Stores, now: datetime, day: date | None = None) -> Sequence[tuple[Channel, Outcome]]:
    """Record a digest, of one date's list if *day* is given, for every channel that has one; say what came of each."""
    only = await stores.days.get(day) if day else None
    return [(standing.channel, await post_now(stores, standing, now, only)) for standing in await stores.channels.on()]


async def _now(
    stores: Stores, standing: Standing, now: datetime, only: FeedDay | None = None
) -> tuple[Outcome, Edition]:
    known = await newsroom.lists(stores, now)
    if only:
        known = replace(known, papers={**known.papers, **await stores.papers.get(only.papers)})
    due = replace(standing, next_run=now, due=now)
    edition = (await press(stores, [due], known, now, only=only)).edition(due, now)
    history = await stores.editions.history(standing.channel, 1)
    if history and history[0].day == edition.day and history[0].state == "posted":
        return Outcome(
            "already", gettext("The digest of {day} was posted already.", day=wording.day(edition.day))
        ), edition
    if edition.state == "posted":
        return Outcome("posted", "", edition.card), edition
    state: Literal["empty", "failed"] = "failed" if edition.state == "failed" else "empty"
    told = (await press(stores, [_told(due)], known, now, only=only)).edition(_told(due), now)
    return Outcome(state, gettext("There is nothing to post now: {reason}.", reason=told.reason)), edition


def _told(standing: Standing) -> Standing:
    """Return a channel as if its language were that of whoever is told of it."""
    return replace(standing, preferences=replace(standing.preferences, language=spoken()))


async def outlook(stores: Stores, standing: Standing, now: datetime) -> tuple[str, ...]:
    """Say, in sentences, what the next digest can hold so far, what it waits for, and why the last one was none."""
    known = await newsroom.lists(stores, now)
    choice = (await press(stores, [_told(standing)], known, now)).choices[standing.key]
    papers = len(page.listed(choice.days))
    dates = wording.listing([wording.day(day.date) for day in choice.days if day.papers])
    ready = (
        gettext("Ready for the next digest: {papers} of {dates}.", papers=wording.count(papers, "paper"), dates=dates)
        if papers
        else ""
    )
    history = await stores.editions.history(standing.channel, 1)
    last = history[0] if history else None
    silent = (
        gettext("No digest on {day}: {reason}.", day=wording.day(last.day), reason=retold(last.reason))
        if last and last.state != "posted"
        else ""
    )
    trouble = ended(choice.trouble) if choice.trouble else ""
    return tuple(line for line in (silent, ready, trouble) if line)


async def of_list(stores: Stores, day: date | None, number: int) -> Card:
    """Return the digest of one date's list (the newest when *day* is None), as a new channel would see it.

    Raises `bot.errors.Mistake` when that list is not stored or holds nothing.
    """
    found = await (stores.days.get(day) if day else stores.days.newest())
    if found is None or not found.papers:
        missing = gettext("There is no list stored.")
        if day:
            missing = gettext("There is no list of {day} stored.", day=wording.day(day, year=True))
        raise Mistake(missing, "python -m bot backfill --days 7")
    preferences = Preferences(number=number)
    papers = await stores.papers.get(found.papers)
    drawn = page.compose(page.ranked((found,), papers, preferences), (), {}, preferences, ())
    return page.card(drawn, (found,), preferences, found.date, matches={})
