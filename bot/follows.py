"""Follows: which papers a topic would have sent, which new papers match, and the alerts that are owed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Final

from bot import wording
from bot.cards import Action, Card
from bot.clauses import Explanation
from bot.errors import Mistake
from bot.language import gettext, joined, ngettext, speaking
from bot.matching import Matcher
from bot.models import Channel, DeliveryKey, Follow, Kind, Paper
from bot.ports.ledger import Draft
from bot.ports.papers import News
from bot.ports.places import Standing
from bot.ports.stores import Stores
from bot.topics import Topic, parse

BUDGET: Final = 10
"""Alerts a channel gets on one local date; what is over goes into one ranked message."""
OWED: Final = timedelta(days=2)
"""A match that could not be told within this time is not news any more."""
ROLLED: Final = 20
"""Papers that one roll-up names."""
_WEEK: Final = 7
_ALIKE: Final = 0.8
"""How much alike two topics are of which one may be a slip of the other; 1 is the same."""
_PAGE: Final = 500
"""Papers that are held against the topics at once."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a topic would have sent: ``papers`` newest first with the reason.

    ``days`` is the span looked at, ``last`` the date that it ends with; ``behind`` tells that
    this was a week ago or more. ``near`` is what a topic that matched nothing may have meant, or empty.
    """

    matched: int
    per_week: float
    days: int
    papers: tuple[tuple[Paper, Explanation], ...]
    last: date | None = None
    behind: bool = False
    near: str = ""


async def preview(stores: Stores, topic: Topic, days: int | None, now: datetime, known: Sequence[str] = ()) -> Preview:
    """Run *topic* over the stored papers of the last *days* (all, when None).

    The span ends at the newest stored date, so that it means the same on a machine that is behind. *known* are topics
    that one without any paper may have meant, before all keywords.
    """
    span = await stores.papers.span()
    if span is None:
        return Preview(0, 0.0, days or 0, ())
    last = min(span[1], now.date())
    first = max(span[0], last - timedelta(days=days - 1)) if days else span[0]
    papers = await stores.papers.between(first, last)
    found = await asyncio.to_thread(_explained, topic, papers)
    looked = (last - first).days + 1
    return Preview(
        len(found),
        round(len(found) * _WEEK / max(looked, _WEEK), 1),
        looked,
        tuple(found),
        last,
        (now.date() - last).days >= _WEEK,
        "" if found else await asyncio.to_thread(_near, topic, known, papers),
    )


async def probe(stores: Stores) -> int:
    """Record which followed topics the papers match that were stored as news; return how many matches were new.

    News is struck out after its matches are recorded, so that what a crash or a fault interrupts is done again; a match
    counts from when its paper was stored, however late it is found.
    """
    found = 0
    for news in await stores.papers.news():
        topics = list(await stores.follows.topics())
        async for papers in _pages(stores, news):
            hits = await asyncio.to_thread(_matched, topics, papers) if topics else ()
            found += await stores.follows.hit(hits, news.at)
        await stores.papers.told(news)
    return found


async def _pages(stores: Stores, news: News) -> AsyncIterator[Sequence[Paper]]:
    """Yield the papers of *news*, a few at a time."""
    page: list[Paper] = []
    async for _, paper in stores.papers.each(news.after, news.last):
        page.append(paper)
        if len(page) == _PAGE:
            yield page
            page = []
    if page:
        yield page


def _explained(topic: Topic, papers: Sequence[Paper]) -> list[tuple[Paper, Explanation]]:
    return [(paper, why) for paper in papers if (why := topic.explain(paper)).matched]


def _near(topic: Topic, known: Sequence[str], papers: Sequence[Paper]) -> str:
    """Return what *topic*, on which there is no paper, may have meant: a known topic, or a keyword that has one."""
    typed = topic.label.casefold()
    labels = {parse(text).label.casefold(): parse(text).label for text in known}
    if near := get_close_matches(typed, labels.keys() - {typed}, 1, _ALIKE):
        return labels[near[0]]
    keywords = {name.casefold() for paper in papers for keyword in paper.keywords for name in keyword.split()}
    keywords |= {keyword.casefold() for paper in papers for keyword in paper.keywords}
    # What is a keyword as it stands is no slip, only rare.
    found = [] if typed in keywords else get_close_matches(typed, keywords, 3, _ALIKE)
    return next((name for name in found if _leads(name, papers)), "")


def _leads(name: str, papers: Sequence[Paper]) -> bool:
    """Tell whether *name* is a topic that one of *papers* is on."""
    try:
        topic = parse(name)
    except Mistake:
        return False
    return any(topic.matches(paper) for paper in papers)


def _matched(topics: Sequence[str], papers: Sequence[Paper]) -> set[tuple[str, str]]:
    matcher = Matcher(topics)
    return {(topic, paper.id) for paper in papers for topic in matcher.match(paper)}


async def alert(stores: Stores, now: datetime) -> int:
    """Hold the news against the topics and record the alerts that are owed; return how many messages.

    Each channel has a budget for a day.
    """
    await probe(stores)
    owed = await stores.follows.unsent(now - OWED)
    recorded = 0
    for channel, hits in owed.items():
        standing = await stores.channels.open(channel, now)
        papers = await _unmuted(stores, standing, await stores.papers.get([paper for paper, _ in hits]))
        left = BUDGET - await _spent(stores, standing, now)
        if left > 0 and papers:
            follows = {follow.topic: follow for follow in await stores.follows.of(channel)}
            with speaking(standing.preferences.language):
                drafts = _drafts(channel, _ranked(papers, hits), follows, left, now.date())
            recorded += len(await stores.ledger.add(drafts, now))
    return recorded


async def _unmuted(stores: Stores, standing: Standing, papers: Mapping[str, Paper]) -> Mapping[str, Paper]:
    """Leave out what a muted topic matches, whichever other topic brought it."""
    mutes = (await stores.wishes.mutes([standing.key])).get(standing.key, ())
    topics = [parse(value) for kind, value in mutes if kind == "topic"]
    return {key: paper for key, paper in papers.items() if not any(topic.matches(paper) for topic in topics)}


async def _spent(stores: Stores, standing: Standing, now: datetime) -> int:
    """Return how many alerts the channel had since its local midnight."""
    zone = standing.preferences.schedule.zone
    midnight = datetime.combine(now.astimezone(zone).date(), time(0), zone).astimezone(now.tzinfo)
    return await stores.ledger.sent_since(standing.channel, "alert", midnight)


def _ranked(
    papers: Mapping[str, Paper], hits: Sequence[tuple[str, Sequence[str]]]
) -> list[tuple[Paper, Sequence[str]]]:
    known = [(papers[paper], topics) for paper, topics in hits if paper in papers]
    return sorted(known, key=lambda hit: (-(hit[0].votes or 0), -len(hit[1]), hit[0].id))


def _drafts(
    channel: Channel,
    hits: Sequence[tuple[Paper, Sequence[str]]],
    follows: Mapping[str, Follow],
    left: int,
    today: date,
) -> list[Draft]:
    """Return one message a paper, the last of the budget being a roll-up when there are more papers than that."""
    single, rest = (hits, []) if len(hits) <= left else (hits[: left - 1], hits[left - 1 :])
    drafts = [
        Draft(DeliveryKey(channel, "alert", paper.id), _card(channel, paper, topics, follows), (paper.id,))
        for paper, topics in single
    ]
    if rest:
        subject = f"more-{today.isoformat()}-{rest[0][0].id}"
        # Only what is shown is claimed: the others may still come, in a digest or when the budget is new.
        claimed = tuple(paper.id for paper, _ in rest[:ROLLED])
        drafts.append(Draft(DeliveryKey(channel, "alert", subject), _rollup(rest), claimed))
    return drafts


def _card(channel: Channel, paper: Paper, topics: Sequence[str], follows: Mapping[str, Follow]) -> Card:
    """Return one paper's alert, naming every rule that brought it."""
    reasons = [parse(topic).explain(paper) for topic in topics]
    because = tuple(dict.fromkeys(phrase for reason in reasons for phrase in reason.phrases))
    why = wording.listing([str(reason) for reason in reasons])
    label = parse(topics[0]).label
    unfollow = Action(gettext("Unfollow"), "unfollow", {"topic": topics[0]}, label)
    return Card(
        text=joined(gettext("New paper, matches {why}.", why=why), _followed(channel, follows.get(topics[0]))),
        items=(wording.item(paper, because=because),),
        actions=(unfollow,),
        marks=because,
        fallback=gettext("New on “{topic}”: {paper}", topic=label, paper=wording.name(paper)),
        tone="alert",
    )


def _followed(channel: Channel, follow: Follow | None) -> str:
    """Say who follows and since when: "Followed by you since 12 Nov."."""
    if follow is None:
        return ""
    since = wording.short_day(follow.since.date(), follow.since.date())
    if channel.kind is Kind.DIRECT:
        return gettext("Followed by you since {day}.", day=since)
    if follow.by.name:
        return gettext("Followed by {name} since {day}.", name=follow.by.name, day=since)
    return gettext("Followed by this channel since {day}.", day=since)


def _rollup(hits: Sequence[tuple[Paper, Sequence[str]]]) -> Card:
    """Return one message for what is over the budget, best first."""
    items = tuple(
        wording.item(paper, because=[parse(topic).label for topic in topics]) for paper, topics in hits[:ROLLED]
    )
    more = len(hits) - len(items)
    return Card(
        text=ngettext(
            "{n} more paper matched today.", "{n} more papers matched today; one message instead of {n}.", len(hits)
        ),
        items=items,
        actions=(Action(gettext("Follows"), "follows"),),
        footer=(ngettext("and {n} more", "and {n} more", more),) if more > 0 else (),
        fallback=ngettext(
            "{n} more paper on what is followed here", "{n} more papers on what is followed here", len(hits)
        ),
        tone="alert",
    )
