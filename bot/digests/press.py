"""How one channel's edition is made from the lists and its past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot import wording
from bot.cards import Action, Card
from bot.clauses import Explanation
from bot.crowds import called
from bot.digests import newsroom, page
from bot.digests.choice import LATE, Choice, choose, waits_until
from bot.digests.newsroom import Lists, Past
from bot.language import gettext, ngettext, speaking
from bot.models import DeliveryKey, FeedDay, Kind
from bot.ports.ledger import Draft, Edition
from bot.ports.places import Standing
from bot.ports.stores import Stores

Reasons = Mapping[str, Sequence[Explanation]]


def due_of(standing: Standing, now: datetime) -> datetime:
    """Return the post that the clock looks for; it differs from the next run while a digest waits for a list."""
    return standing.due or standing.next_run or now


@dataclass(frozen=True, slots=True)
class Press:
    """Everything that the editions of some channels are made from. Equal pages of different channels are drawn once."""

    known: Lists
    past: Past
    choices: Mapping[int, Choice]
    covered: Mapping[int, Mapping[date, str]]
    reasons: Mapping[int, Reasons]
    muted: Mapping[int, set[str]]
    drawn: dict[object, tuple[page.Page, Card]]

    def wait(self, standing: Standing, now: datetime) -> datetime | None:
        """Return until when the channel's digest waits, or None."""
        if _late(standing, now):
            return None
        return waits_until(self.choices[standing.key], standing.preferences, due_of(standing, now), now)

    def edition(self, standing: Standing, now: datetime) -> Edition:
        """Return what becomes of the local date that is due, in the channel's language."""
        with speaking(standing.preferences.language):
            return self._edition(standing, now)

    def _edition(self, standing: Standing, now: datetime) -> Edition:
        schedule = standing.preferences.schedule
        due = due_of(standing, now)
        # From the post that was due, not from now: a wait or a downtime must not swallow one that is hardly late.
        on, following = schedule.local_date(due), schedule.next_after(max(due, now - LATE))
        if _late(standing, now):
            reason = gettext(
                "Broadsheet was not running at {time}; the next digest covers it",
                time=f"{due.astimezone(schedule.zone):%H:%M}",
            )
            return Edition(standing, on, "missed", reason, next_run=following)
        choice = self.choices[standing.key]
        made, card = self._page(standing, choice, on)
        if not made.papers:
            return _empty(standing, on, choice, self.covered.get(standing.key, {}), following)
        card = called(card, standing.preferences)
        claims = tuple(paper.id for paper in made.papers if paper.id not in self.past.posted.get(standing.key, ()))
        parts = drafts(standing, DeliveryKey(standing.channel, "digest", on.isoformat()), made, card, claims)
        return Edition(standing, on, "posted", covered=choice.covered, drafts=parts, next_run=following, card=card)

    def _page(self, standing: Standing, choice: Choice, on: date) -> tuple[page.Page, Card]:
        preferences, gone = standing.preferences, self.past.gone(standing) | self.muted.get(standing.key, set())
        topics = tuple(self.past.topics.get(standing.key, ())) if preferences.your_topics else ()
        key = (
            _content(choice),
            on,
            preferences.language,
            preferences.mode,
            preferences.number,
            preferences.min_votes,
            topics,
        )
        if not gone and key in self.drawn:
            return self.drawn[key]
        reasons = self.reasons.get(standing.key, {}) if topics else {}
        candidates = page.ranked(choice.days, self.known.papers, preferences)
        made = page.compose(candidates, self.known.announced, reasons, preferences, gone)
        notes = _notes(choice)
        card = page.card(made, choice.days, preferences, on, matches=reasons, notes=notes) if made.papers else Card()
        if not gone:
            self.drawn[key] = (made, card)
        return made, card


async def press(
    stores: Stores,
    standings: Sequence[Standing],
    known: Lists,
    now: datetime,
    drawn: dict[object, tuple[page.Page, Card]] | None = None,
    *,
    only: FeedDay | None = None,
) -> Press:
    """Read what the editions of *standings* are made from, in a handful of queries for all of them.

    With *only*, that list is all they are made from; it counts as covered where the next digest would use it.
    """
    covered = await newsroom.covered(stores, standings, now)
    choices = {s.key: _choice(s, known, covered.get(s.key, {}), now) for s in standings}
    if only:
        choices = {
            key: Choice((only,), {on: "" for on in its.covered if on == only.date}) for key, its in choices.items()
        }
    past = await newsroom.past(stores, choices, known)
    reasons = {key: await reasons_of(known, choices[key], topics) for key, topics in past.topics.items()}
    muted = {key: set(await reasons_of(known, choices[key], topics)) for key, topics in past.muted_topics.items()}
    return Press(known, past, choices, covered, reasons, muted, {} if drawn is None else drawn)


def _choice(standing: Standing, known: Lists, covered: Mapping[date, str], now: datetime) -> Choice:
    with speaking(standing.preferences.language):
        choice = choose(known.days, covered, standing.preferences, now)
        return newsroom.trending(choice, known) if newsroom.wants_rank(standing) else choice


async def reasons_of(known: Lists, choice: Choice, topics: Sequence[str]) -> Reasons:
    """Return why papers are on the channel's topics, by paper id."""
    reasons: dict[str, list[Explanation]] = {}
    shelves = [day.papers for day in choice.days] + [tuple(paper.id for paper in known.announced)]
    for shelf in shelves:
        found = await known.match(shelf, topics)
        for topic in topics:
            for paper, why in found[topic].items():
                reasons.setdefault(paper, []).append(why)
    return reasons


def _content(choice: Choice) -> tuple[object, ...]:
    return (tuple(day.date for day in choice.days), choice.trouble, choice.filling)


def _late(standing: Standing, now: datetime) -> bool:
    return standing.next_run is not None and now - standing.next_run > LATE


def _notes(choice: Choice) -> tuple[str, ...]:
    filling = gettext("This list was still filling; later papers join the next digest.") if choice.filling else ""
    trouble = gettext("{trouble}; that list joins the next digest.", trouble=choice.trouble) if choice.trouble else ""
    return tuple(note for note in (filling, trouble) if note)


def drafts(
    standing: Standing, first: DeliveryKey, made: page.Page, card: Card, claims: tuple[str, ...]
) -> tuple[Draft, ...]:
    """Return a digest's messages: one, with the abstracts or an entry for each paper below it; in a forum, posts."""
    wanted = standing.preferences
    if standing.channel.kind is Kind.FORUM:
        entries = page.entries(card, abstracts=wanted.abstracts)
        # The first claims all: the papers of a digest are claimed together or not at all.
        return tuple(Draft(replace(first, part=n), entry, () if n else claims) for n, entry in enumerate(entries))
    below: tuple[Card, ...] = ()
    if wanted.entries:
        below = page.entries(card, abstracts=wanted.abstracts)
    elif wanted.abstracts:
        below = (page.thread(made),)
    replies = (Draft(replace(first, part=n, operation="reply"), each, parent=first) for n, each in enumerate(below, 1))
    return (Draft(first, card, claims), *replies)


def _empty(
    standing: Standing, on: date, choice: Choice, before: Mapping[date, str], following: datetime | None
) -> Edition:
    """Return an edition without papers: silent, or with one sentence where the channel wants it (or once a week)."""
    # Trouble with one list is no reason when another was there and had nothing new.
    trouble = choice.trouble if not choice.days else ""
    reason = trouble or _why(choice.days, standing)
    said = standing.preferences.say_when_empty or _week_was_silent(standing, on, before)
    key = DeliveryKey(standing.channel, "word", on.isoformat())
    text = gettext("No digest on {day}: {reason}.", day=wording.day(on), reason=reason)
    card = Card(text=text, actions=(Action(gettext("Status"), "status"),), fallback=text)
    return Edition(
        standing,
        on,
        "failed" if trouble else "empty",
        reason,
        covered=choice.covered,
        drafts=(Draft(key, card),) if said else (),
        next_run=following,
    )


def _why(days: Sequence[FeedDay], standing: Standing) -> str:
    if not any(day.papers for day in days):
        return gettext("no list was published since the last one")
    least = standing.preferences.min_votes
    if least:
        return ngettext("no new paper had {n} vote", "no new paper had {n} votes", least)
    return gettext("every paper was posted here before")


def _week_was_silent(standing: Standing, on: date, before: Mapping[date, str]) -> bool:
    """Tell whether *on* is the week's last post and no list was used for a week: then one line says why."""
    days = standing.preferences.schedule.days
    last_of_week = bool(days) and on.weekday() == max(days)
    week_ago = on - timedelta(days=8)
    return last_of_week and not any(at >= week_ago and not reason for at, reason in before.items())
