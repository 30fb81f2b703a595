"""What a digest shows: which papers of its days, in which order, and the card."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from bot import wording
from bot.cards import Action, Card, Item
from bot.clauses import Explanation
from bot.language import gettext, grouped, headed, ngettext
from bot.models import FeedDay, Mode, Paper, Preferences

TOPIC_PAPERS: Final = 3
"""Papers of the *Your topics* part."""
_NAMED: Final = 3
"""Lists whose dates are written out; more become a span."""


@dataclass(frozen=True, slots=True)
class Page:
    """A digest's papers: the ``top`` ones, those ``followed`` besides, and how many there were ``of``.

    ``left`` papers of the lists are not shown, ``more_followed`` of them are on the topics; arXiv's count in neither.
    """

    top: tuple[Paper, ...]
    followed: tuple[Paper, ...]
    of: int
    left: int
    more_followed: int = 0

    @property
    def papers(self) -> tuple[Paper, ...]:
        """Everything that is shown."""
        return self.top + self.followed


def listed(days: Sequence[FeedDay]) -> list[str]:
    """Return the ids of the days' lists, newest list first, each once."""
    return list(dict.fromkeys(paper for day in reversed(days) for paper in day.papers))


def ranked(days: Sequence[FeedDay], papers: Mapping[str, Paper], preferences: Preferences) -> list[Paper]:
    """Return the days' papers, best first: by plain votes (no model beat them), then as the source placed them."""
    found = [papers[paper] for paper in listed(days) if paper in papers]
    wanted = [paper for paper in found if not paper.withdrawn and (paper.votes or 0) >= preferences.min_votes]
    if preferences.mode is Mode.TRENDING:
        return wanted
    return sorted(wanted, key=lambda paper: -(paper.votes or 0))


def compose(
    candidates: Sequence[Paper],
    announced: Sequence[Paper],
    matches: Mapping[str, Sequence[Explanation]],
    preferences: Preferences,
    gone: Collection[str],
) -> Page:
    """Choose the papers of a page.

    *candidates* are ranked; *announced* are arXiv's, which only the *Your topics* part draws on; *matches* gives the
    reasons by paper id; *gone* are ids that this channel had already or muted.
    """
    fresh = [paper for paper in candidates if paper.id not in gone] if gone else list(candidates)
    top, rest = fresh[: preferences.number], fresh[preferences.number :]
    if not (preferences.your_topics and matches):
        return Page(tuple(top), (), len(fresh), len(rest))
    taken = {paper.id for paper in fresh} | set(gone)
    followed = [p for p in rest if p.id in matches]
    also = [p for p in announced if p.id in matches and p.id not in taken]
    shown, more = followed[:TOPIC_PAPERS], len(followed[TOPIC_PAPERS:])
    return Page(tuple(top), tuple((followed + also)[:TOPIC_PAPERS]), len(fresh), len(rest) - len(shown), more)


def card(
    page: Page,
    days: Sequence[FeedDay],
    preferences: Preferences,
    on: date,
    *,
    matches: Mapping[str, Sequence[Explanation]],
    notes: Sequence[str] = (),
) -> Card:
    """Return the digest of the local date *on*. *notes* say what is missing."""
    top = [_item(paper, n, matches, "") for n, paper in enumerate(page.top, 1)]
    more = [_item(paper, n, matches, gettext("Your topics")) for n, paper in enumerate(page.followed, len(top) + 1)]
    names = wording.names(page.papers[: preferences.number])
    return Card(
        folio=(wording.day(on), _share(page), _votes_of(days, preferences.mode)),
        items=(*top, *more),
        actions=_actions(page, days),
        footer=tuple(line for line in (_rest(page), *notes) if line),
        fallback=headed(wording.day(on), names),
        tone="digest",
    )


def _item(paper: Paper, number: int, matches: Mapping[str, Sequence[Explanation]], section: str) -> Item:
    because = dict.fromkeys(phrase for reason in matches.get(paper.id, ()) for phrase in reason.phrases)
    return wording.item(paper, number=number, because=tuple(because), section=section)


def _share(page: Page) -> str:
    if len(page.top) == page.of:
        return wording.count(page.of, "paper")
    return gettext("top {top} of {of}", top=len(page.top), of=page.of)


def _votes_of(days: Sequence[FeedDay], mode: Mode) -> str:
    """Say which lists these are: "votes of Mon 23 Nov"."""
    if mode is Mode.TRENDING:
        return gettext("trending on Hugging Face")
    dates = [wording.day(day.date) for day in days if day.papers]
    if len(dates) == 1:
        return gettext("votes of {day}", day=dates[0])
    if len(dates) <= _NAMED:
        return gettext("lists of {days}", days=wording.listing(dates))
    return gettext("lists of {first} to {last}", first=dates[0], last=dates[-1])


def _rest(page: Page) -> str:
    """Say what is not shown: "12 more, 3 match this channel's topics"."""
    if not page.left:
        return ""
    if not page.more_followed:
        return ngettext("{n} more", "{n} more", page.left)
    return ngettext(
        "{left} more, {n} matches this channel’s topics",
        "{left} more, {n} match this channel’s topics",
        page.more_followed,
        left=grouped(page.left),
    )


def _actions(page: Page, days: Sequence[FeedDay]) -> tuple[Action, ...]:
    dates = [day.date.isoformat() for day in days if day.papers]
    span = dates[0] if len(dates) == 1 else f"{dates[0]}..{dates[-1]}"
    every = (
        (Action(gettext("All {n}", n=grouped(page.of)), "today", {"date": span}, gettext("the list")),)
        if page.of > len(page.top)
        else ()
    )
    return (*every, Action(gettext("For me"), "new"), Action(gettext("Settings"), "settings"))


def entries(card: Card, *, abstracts: bool) -> tuple[Card, ...]:
    """Return each paper of a digest as a card of its own, for a thread or a forum."""
    items = tuple(item if abstracts else replace(item, abstract="") for item in card.items)
    return tuple(Card(items=(replace(item, section=""),), fallback=item.title, tone="digest") for item in items)


def thread(page: Page) -> Card:
    """Return the abstracts of a digest, for its thread."""
    items = tuple(
        Item(title=f"{n}. {wording.name(paper)}", url=paper.url, text=paper.abstract, paper=paper.id)
        for n, paper in enumerate(page.papers, 1)
    )
    return Card(title=gettext("Abstracts"), items=items, tone="digest", fallback=gettext("Abstracts of today’s papers"))
