"""Follows: topic previews, followed topics matched with new papers, and the alerts that are owed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Final

from bot.cards import paper_items
from bot.cards.models import Action, Card
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DeliveryKey
from bot.domain.follows import Follow
from bot.domain.papers import Paper
from bot.domain.topics.clauses import Explanation
from bot.domain.topics.matcher import Matcher
from bot.domain.topics.parser import Topic, parse_topic
from bot.errors import Mistake
from bot.i18n import formatting
from bot.i18n.formatting import join_sentences
from bot.i18n.translation import gettext, ngettext, use_language
from bot.ports.channels import ChannelState
from bot.ports.deliveries import Draft
from bot.ports.papers import UnmatchedPapers
from bot.ports.stores import Stores

DAILY_ALERT_LIMIT: Final = 10
"""Alerts a channel gets on one local date; what is over goes into one ranked message."""
MAX_ALERT_AGE: Final = timedelta(days=2)
"""A match that could not be told within this time is not news any more."""
MAX_ROLLUP_PAPERS: Final = 20
"""Papers that one roll-up names."""
_DAYS_PER_WEEK: Final = 7
_SIMILARITY_CUTOFF: Final = 0.8
"""How much alike two topics are of which one may be a slip of the other; 1 is the same."""
_BATCH_SIZE: Final = 500
"""Papers that are held against the topics at once."""


@dataclass(frozen=True, slots=True)
class TopicPreview:
    """What a topic would have sent: ``papers`` newest first with the reason.

    ``days`` is the span looked at, ``last_date`` the date that it ends with; ``is_outdated`` tells that
    this was a week ago or more. ``suggestion`` is what a topic that matched nothing may have meant, or empty.
    """

    match_count: int
    per_week: float
    days: int
    papers: tuple[tuple[Paper, Explanation], ...]
    last_date: date | None = None
    is_outdated: bool = False
    suggestion: str = ""


async def preview_topic(
    stores: Stores, topic: Topic, days: int | None, now: datetime, known: Sequence[str] = ()
) -> TopicPreview:
    """Run *topic* over the stored papers of the last *days* (all, when None).

    The span ends at the newest stored date, so that it means the same on a machine that is behind. *known* are topics
    that one without any paper may have meant, before all keywords.
    """
    span = await stores.papers.get_date_range()
    if span is None:
        return TopicPreview(0, 0.0, days or 0, ())
    last = min(span[1], now.date())
    first = max(span[0], last - timedelta(days=days - 1)) if days else span[0]
    papers = await stores.papers.list_between(first, last)
    found = await asyncio.to_thread(_explain_matches, topic, papers)
    looked = (last - first).days + 1
    return TopicPreview(
        len(found),
        round(len(found) * _DAYS_PER_WEEK / max(looked, _DAYS_PER_WEEK), 1),
        looked,
        tuple(found),
        last,
        (now.date() - last).days >= _DAYS_PER_WEEK,
        "" if found else await asyncio.to_thread(_suggest_topic, topic, known, papers),
    )


async def match_new_papers(stores: Stores) -> int:
    """Record which followed topics the papers match that were stored as news; return how many matches were new.

    News is struck out after its matches are recorded, so that what a crash or a fault interrupts is done again; a match
    counts from when its paper was stored, however late it is found.
    """
    found = 0
    for news in await stores.papers.list_unmatched():
        topics = list(await stores.follows.count_by_topic())
        async for papers in _iterate_batches(stores, news):
            hits = await asyncio.to_thread(_find_matches, topics, papers) if topics else ()
            found += await stores.follows.record_matches(hits, news.stored_at)
        await stores.papers.remove_unmatched(news)
    return found


async def _iterate_batches(stores: Stores, news: UnmatchedPapers) -> AsyncIterator[Sequence[Paper]]:
    """Yield the papers of *news*, a few at a time."""
    page: list[Paper] = []
    async for _, paper in stores.papers.iterate_papers(news.after_sequence, news.last_sequence):
        page.append(paper)
        if len(page) == _BATCH_SIZE:
            yield page
            page = []
    if page:
        yield page


def _explain_matches(topic: Topic, papers: Sequence[Paper]) -> list[tuple[Paper, Explanation]]:
    return [(paper, why) for paper in papers if (why := topic.explain(paper)).matched]


def _suggest_topic(topic: Topic, known: Sequence[str], papers: Sequence[Paper]) -> str:
    """Return what *topic*, on which there is no paper, may have meant: a known topic, or a keyword that has one."""
    typed = topic.label.casefold()
    labels = {parse_topic(text).label.casefold(): parse_topic(text).label for text in known}
    if near := get_close_matches(typed, labels.keys() - {typed}, 1, _SIMILARITY_CUTOFF):
        return labels[near[0]]
    keywords = {name.casefold() for paper in papers for keyword in paper.keywords for name in keyword.split()}
    keywords |= {keyword.casefold() for paper in papers for keyword in paper.keywords}
    # What is a keyword as it stands is no slip, only rare.
    found = [] if typed in keywords else get_close_matches(typed, keywords, 3, _SIMILARITY_CUTOFF)
    return next((name for name in found if _has_matching_paper(name, papers)), "")


def _has_matching_paper(name: str, papers: Sequence[Paper]) -> bool:
    """Tell whether *name* is a topic that one of *papers* is on."""
    try:
        topic = parse_topic(name)
    except Mistake:
        return False
    return any(topic.matches(paper) for paper in papers)


def _find_matches(topics: Sequence[str], papers: Sequence[Paper]) -> set[tuple[str, str]]:
    matcher = Matcher(topics)
    return {(topic, paper.id) for paper in papers for topic in matcher.match(paper)}


async def record_alerts(stores: Stores, now: datetime) -> int:
    """Hold the news against the topics and record the alerts that are owed; return how many messages.

    Each channel has a budget for a day.
    """
    await match_new_papers(stores)
    owed = await stores.follows.list_unsent_alerts(now - MAX_ALERT_AGE)
    recorded = 0
    for channel, hits in owed.items():
        standing = await stores.channels.get_or_create(channel, now)
        papers = await _exclude_muted(stores, standing, await stores.papers.get([paper for paper, _ in hits]))
        left = DAILY_ALERT_LIMIT - await _count_alerts_today(stores, standing, now)
        if left > 0 and papers:
            follows = {follow.topic: follow for follow in await stores.follows.list_for_channel(channel)}
            with use_language(standing.preferences.language):
                drafts = _build_drafts(channel, _rank_hits(papers, hits), follows, left, now.date())
            recorded += len(await stores.ledger.add(drafts, now))
    return recorded


async def _exclude_muted(stores: Stores, standing: ChannelState, papers: Mapping[str, Paper]) -> Mapping[str, Paper]:
    """Leave out what a muted topic matches, whichever other topic brought it."""
    mutes = (await stores.mutes_and_saves.list_mutes([standing.channel_id])).get(standing.channel_id, ())
    topics = [parse_topic(value) for kind, value in mutes if kind == "topic"]
    return {key: paper for key, paper in papers.items() if not any(topic.matches(paper) for topic in topics)}


async def _count_alerts_today(stores: Stores, standing: ChannelState, now: datetime) -> int:
    """Return how many alerts the channel had since its local midnight."""
    zone = standing.preferences.schedule.zone_info
    midnight = datetime.combine(now.astimezone(zone).date(), time(0), zone).astimezone(now.tzinfo)
    return await stores.ledger.count_since(standing.channel, "alert", midnight)


def _rank_hits(
    papers: Mapping[str, Paper], hits: Sequence[tuple[str, Sequence[str]]]
) -> list[tuple[Paper, Sequence[str]]]:
    known = [(papers[paper], topics) for paper, topics in hits if paper in papers]
    return sorted(known, key=lambda hit: (-(hit[0].votes or 0), -len(hit[1]), hit[0].id))


def _build_drafts(
    channel: Channel,
    hits: Sequence[tuple[Paper, Sequence[str]]],
    follows: Mapping[str, Follow],
    remaining: int,
    today: date,
) -> list[Draft]:
    """Return one message a paper, the last of the budget being a roll-up when there are more papers than that."""
    single, rest = (hits, []) if len(hits) <= remaining else (hits[: remaining - 1], hits[remaining - 1 :])
    drafts = [
        Draft(DeliveryKey(channel, "alert", paper.id), _build_alert_card(channel, paper, topics, follows), (paper.id,))
        for paper, topics in single
    ]
    if rest:
        subject = f"more-{today.isoformat()}-{rest[0][0].id}"
        # Only what is shown is claimed: the others may still come, in a digest or when the budget is new.
        claimed = tuple(paper.id for paper, _ in rest[:MAX_ROLLUP_PAPERS])
        drafts.append(Draft(DeliveryKey(channel, "alert", subject), _build_rollup_card(rest), claimed))
    return drafts


def _build_alert_card(channel: Channel, paper: Paper, topics: Sequence[str], follows: Mapping[str, Follow]) -> Card:
    """Return one paper's alert, naming every rule that brought it."""
    reasons = [parse_topic(topic).explain(paper) for topic in topics]
    because = tuple(dict.fromkeys(phrase for reason in reasons for phrase in reason.phrases))
    why = formatting.format_list([str(reason) for reason in reasons])
    label = parse_topic(topics[0]).label
    unfollow = Action(gettext("Unfollow"), "unfollow", {"topic": topics[0]}, label)
    return Card(
        text=join_sentences(
            gettext("New paper, matches {why}.", why=why), _describe_follow(channel, follows.get(topics[0]))
        ),
        items=(paper_items.build_paper_item(paper, because=because),),
        actions=(unfollow,),
        marks=because,
        fallback=gettext("New on “{topic}”: {paper}", topic=label, paper=paper_items.format_paper_name(paper)),
        tone="alert",
    )


def _describe_follow(channel: Channel, follow: Follow | None) -> str:
    """Say who follows and since when: "Followed by you since 12 Nov."."""
    if follow is None:
        return ""
    since = formatting.format_short_day(follow.followed_since.date(), follow.followed_since.date())
    if channel.kind is ChannelKind.DIRECT:
        return gettext("Followed by you since {day}.", day=since)
    if follow.added_by.name:
        return gettext("Followed by {name} since {day}.", name=follow.added_by.name, day=since)
    return gettext("Followed by this channel since {day}.", day=since)


def _build_rollup_card(hits: Sequence[tuple[Paper, Sequence[str]]]) -> Card:
    """Return one message for what is over the budget, best first."""
    items = tuple(
        paper_items.build_paper_item(paper, because=[parse_topic(topic).label for topic in topics])
        for paper, topics in hits[:MAX_ROLLUP_PAPERS]
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
