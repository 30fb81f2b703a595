"""How one channel's edition is made from the lists and its past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot import wording
from bot.cards import Action, Card
from bot.digests import page
from bot.digests.choice import LATE, Choice, choose, waits_until
from bot.digests.newsroom import Lists, Past
from bot.models import DeliveryKey, FeedDay, Mode
from bot.ports.stores import Draft, Edition, Standing, Stores
from bot.topics import Explanation

Reasons = Mapping[str, Sequence[Explanation]]


def due_of(standing: Standing, now: datetime) -> datetime:
    """Return the post that the clock looks for; it differs from the next run while a digest waits for a list."""
    return standing.due or standing.next_run or now


@dataclass(frozen=True, slots=True)
class Press:
    """The lists and the past, ready to make editions. Equal pages of different channels are drawn once."""

    stores: Stores
    known: Lists
    past: Past
    drawn: dict[object, page.Page | Card]

    def choice(self, standing: Standing, now: datetime) -> Choice:
        """Return what the channel's digest may hold."""
        preferences = standing.preferences
        choice = choose(self.known.days, self.past.covered.get(standing.key, {}), preferences, now)
        if preferences.mode is not Mode.TRENDING:
            return choice
        if self.known.trending is None:
            return Choice(trouble="Hugging Face’s trending rank is older than a day")
        return replace(choice, days=(self.known.trending,), partial=(), trouble="")

    def wait(self, standing: Standing, now: datetime) -> datetime | None:
        """Return until when the channel's digest waits, or None."""
        if _late(standing, now):
            return None
        return waits_until(self.choice(standing, now), standing.preferences, due_of(standing, now), now)

    async def edition(self, standing: Standing, now: datetime) -> Edition:
        """Return what becomes of the local date that is due."""
        schedule = standing.preferences.schedule
        due = due_of(standing, now)
        # From the post that was due, not from now: a wait or a downtime must not swallow one that is hardly late.
        on, following = schedule.local_date(due), schedule.next_after(max(due, now - LATE))
        if _late(standing, now):
            reason = f"Broadsheet was not running at {due.astimezone(schedule.zone):%H:%M}; the next digest covers it"
            return Edition(standing, on, "missed", reason, next_run=following)
        choice = self.choice(standing, now)
        await self.known.known(self.stores, page.listed(choice.days))
        reasons = self.past.reasons(standing)
        made = self._page(standing, choice, reasons)
        if not made.papers:
            return _empty(standing, on, choice, self.past.covered.get(standing.key, {}), following)
        card = self._card(standing, made, choice, on, reasons)
        claims = tuple(paper.id for paper in made.papers if paper.id not in self.past.posted.get(standing.key, ()))
        drafts = _drafts(standing, on, made, card, claims)
        return Edition(standing, on, "posted", covered=choice.covered, drafts=drafts, next_run=following)

    def _page(self, standing: Standing, choice: Choice, reasons: Reasons) -> page.Page:
        preferences, gone = standing.preferences, self.past.gone(standing)
        key = (_content(choice), preferences.mode, preferences.number, preferences.min_votes)
        common = not reasons and not gone
        if common and isinstance(drawn := self.drawn.get(key), page.Page):
            return drawn
        candidates = page.ranked(choice.days, self.known.papers, preferences)
        made = page.compose(candidates, self.known.announced, reasons, preferences, gone)
        if common:
            self.drawn[key] = made
        return made

    def _card(self, standing: Standing, made: page.Page, choice: Choice, on: date, reasons: Reasons) -> Card:
        preferences = standing.preferences
        key = (_content(choice), preferences.mode, on, made)
        if not reasons and isinstance(drawn := self.drawn.get(key), Card):
            return drawn
        card = page.card(made, choice.days, preferences, on, matches=reasons, notes=_notes(choice))
        if not reasons:
            self.drawn[key] = card
        return card


def _content(choice: Choice) -> tuple[object, ...]:
    return (tuple(day.date for day in choice.days), choice.trouble, choice.filling)


def _late(standing: Standing, now: datetime) -> bool:
    return standing.next_run is not None and now - standing.next_run > LATE


def _notes(choice: Choice) -> tuple[str, ...]:
    filling = "This list was still filling; later papers join the next digest." if choice.filling else ""
    trouble = f"{choice.trouble}; that list joins the next digest." if choice.trouble else ""
    return tuple(note for note in (filling, trouble) if note)


def _drafts(standing: Standing, on: date, made: page.Page, card: Card, claims: tuple[str, ...]) -> tuple[Draft, ...]:
    first = DeliveryKey(standing.channel, "digest", on.isoformat())
    posted = Draft(first, card, claims)
    if not standing.preferences.abstracts:
        return (posted,)
    key = DeliveryKey(standing.channel, "digest", on.isoformat(), 1, "reply")
    return (posted, Draft(key, page.thread(made), parent=first))


def _empty(
    standing: Standing, on: date, choice: Choice, before: Mapping[date, str], following: datetime | None
) -> Edition:
    """Return an edition without papers: silent, or with one sentence where the channel wants it (or once a week)."""
    reason = choice.trouble or _why(choice.days, standing)
    said = standing.preferences.say_when_empty or _week_was_silent(standing, on, before)
    key = DeliveryKey(standing.channel, "word", on.isoformat())
    text = f"No digest on {wording.day(on)}: {reason}."
    card = Card(text=text, actions=(Action("Status", "status"),), fallback=text)
    return Edition(
        standing,
        on,
        "failed" if choice.trouble else "empty",
        reason,
        covered=choice.covered,
        drafts=(Draft(key, card),) if said else (),
        next_run=following,
    )


def _why(days: Sequence[FeedDay], standing: Standing) -> str:
    if not any(day.papers for day in days):
        return "no list was published since the last one"
    least = standing.preferences.min_votes
    return f"no new paper had {wording.count(least, 'vote')}" if least else "every paper was posted here before"


def _week_was_silent(standing: Standing, on: date, before: Mapping[date, str]) -> bool:
    """Tell whether *on* is the week's last post and no list was used for a week: then one line says why."""
    days = standing.preferences.schedule.days
    last_of_week = bool(days) and on.weekday() == max(days)
    week_ago = on - timedelta(days=8)
    return last_of_week and not any(at >= week_ago and not reason for at, reason in before.items())
