"""What is new to the asker, ranked by what they follow and save."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

from bot import wording
from bot.cards import Action, Card
from bot.clauses import Explanation
from bot.commands.desk import Desk, direct
from bot.commands.replies import say
from bot.digests.page import listed
from bot.language import gettext, joined, ngettext
from bot.matching import Matcher
from bot.models import Channel, FeedDay, Paper, feed_date
from bot.ports.commands import Answer, Command, Request

LISTS: Final = 7
"""Lists that are looked through."""
_REACH: Final = timedelta(days=21)
_SHOWN: Final = 5
_SAVES: Final = 10
"""Saved papers, the latest, whose likeness counts."""
_LIKE: Final = 50


def commands(desk: Desk) -> tuple[Command, ...]:
    """Return the commands of this file."""
    return (
        Command(
            "new",
            "What you have not seen yet, the likeliest first",
            partial(new, desk),
            example="new",
            detail=(
                "Ranked by what you follow, then by likeness to what you saved, then by votes. "
                "What is shown counts as seen."
            ),
        ),
    )


async def new(desk: Desk, request: Request) -> Answer:
    """Show the best papers of the last lists that the asker was not shown."""
    own = direct(request)
    days = await _days(desk, request)
    ids = listed(days)
    saved = [paper for paper, _ in await desk.stores.wishes.saved(own)]
    mutes = await _mutes(desk, request, own)
    fresh = await _fresh(desk, own, [paper for paper in ids if paper not in saved], mutes)
    if not fresh:
        return say(
            _none(days, len(ids)),
            Action(gettext("The newest list"), "today"),
            Action(gettext("Follow a topic"), "follow"),
        )
    topics = [follow.topic for follow in await desk.stores.follows.of(own) if ("topic", follow.topic) not in mutes]
    matcher = Matcher(topics)
    matches = {paper.id: matcher.match(paper) for paper in fresh}
    likeness = await _likeness(desk, saved[:_SAVES])
    ranked = sorted(fresh, key=lambda p: (-len(matches[p.id]), -likeness.get(p.id, 0.0), -(p.votes or 0)))
    shown = ranked[:_SHOWN]
    if not request.dry:
        await desk.stores.wishes.saw(own, [paper.id for paper in shown], request.now)
    card = _card(request, shown, matches, len(ranked) - len(shown))
    return Answer(replace(card, footer=(_how(len(topics), len(saved[:_SAVES])), *await desk.sampling())))


async def _days(desk: Desk, request: Request) -> Sequence[FeedDay]:
    """Return the last lists that hold papers."""
    newest = await desk.stores.days.newest()
    if newest is None:
        return ()
    last = min(newest.date, feed_date(request.now))
    days = await desk.stores.days.between(last - _REACH, last)
    return [day for day in days if day.papers][-LISTS:]


async def _mutes(desk: Desk, request: Request, own: Channel) -> set[tuple[str, str]]:
    """Return (kind, value) of what the asker, or the channel in which they ask, muted."""
    keys = {(await desk.stores.channels.open(place, request.now)).key for place in (own, request.channel)}
    mutes = await desk.stores.wishes.mutes(keys)
    return {mute for its in mutes.values() for mute in its}


async def _fresh(desk: Desk, own: Channel, ids: Sequence[str], mutes: Collection[tuple[str, str]]) -> list[Paper]:
    """Return those of the papers that were neither shown nor muted, by themselves or by a topic that they match."""
    seen = await desk.stores.wishes.seen(own, ids)
    known = await desk.stores.papers.get(
        [paper for paper in ids if paper not in seen and ("paper", paper) not in mutes]
    )
    muted = Matcher(value for kind, value in mutes if kind == "topic")
    return [paper for paper in known.values() if not muted.match(paper)]


async def _likeness(desk: Desk, saved: Sequence[str]) -> dict[str, float]:
    """Return by paper id how like the *saved* ones it is: each one's best hit counts 1."""
    sums: dict[str, float] = {}
    for paper in (await desk.stores.papers.get(saved)).values():
        hits = await desk.stores.index.like(paper, _LIKE)
        best = max((hit.score for hit in hits), default=0.0)
        for hit in hits:
            sums[hit.paper] = sums.get(hit.paper, 0.0) + hit.score / best if best else 0.0
    return sums


def _how(topics: int, saves: int) -> str:
    """Say how the papers were ranked."""
    parts = [ngettext("{n} topic you follow", "{n} topics you follow", topics)] if topics else []
    parts += [gettext("likeness to {papers} you saved", papers=wording.count(saves, "paper"))] if saves else []
    parts.append(gettext("votes"))
    more = "" if topics and saves else gettext("Following topics and saving papers makes it yours.")
    return joined(gettext("Ranked by {parts}.", parts=gettext(", then by ").join(parts)), more)


def _card(
    request: Request, shown: Sequence[Paper], matches: Mapping[str, Mapping[str, Explanation]], left: int
) -> Card:
    reasons = {
        paper.id: tuple(dict.fromkeys(phrase for why in matches[paper.id].values() for phrase in why.phrases))
        for paper in shown
    }
    actions = (Action(gettext("More"), "new", {}, gettext("what is new")),) if left else ()
    return Card(
        title=gettext("New for you"),
        folio=(ngettext("{n} not seen yet", "{n} not seen yet", left + len(shown)),),
        items=tuple(wording.item(paper, because=reasons[paper.id], dated=request.now.date()) for paper in shown),
        actions=(*actions, Action(gettext("Follow a topic"), "follow")),
        marks=tuple(dict.fromkeys(phrase for phrases in reasons.values() for phrase in phrases)),
        fallback=wording.names(shown),
    )


def _none(days: Sequence[FeedDay], papers: int) -> str:
    if not days:
        return gettext("No list is stored yet; the first one comes within minutes of the start.")
    lists = wording.count(len(days), "list")
    return gettext(
        "Nothing new: all {papers} of the last {lists} are seen, saved or muted.",
        papers=wording.count(papers, "paper"),
        lists=lists,
    )
