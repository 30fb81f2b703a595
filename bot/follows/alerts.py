"""Follow alerts: one message a paper, at most DAILY_ALERT_LIMIT a day, then a single roll-up message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.cards import paper_items
from bot.cards.models import Action, Card, Item
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DeliveryKey
from bot.domain.follows import Follow
from bot.domain.papers import Paper
from bot.domain.topics.parser import parse_topic
from bot.follows.matching import match_new_papers
from bot.i18n import formatting
from bot.i18n.formatting import join_sentences
from bot.i18n.translation import gettext, ngettext, use_language
from bot.ports.channels import ChannelState
from bot.ports.deliveries import Draft
from bot.ports.skipped_papers import SkippedPapers
from bot.ports.stores import Stores

DAILY_ALERT_LIMIT: Final = 10
"""Alerts a channel gets on one local date; what is over goes into one ranked message."""
MAX_ALERT_AGE: Final = timedelta(days=2)
"""A match that could not be told within this time is not news any more."""
MAX_ROLLUP_PAPERS: Final = 20
"""Papers that one roll-up names."""


async def record_alerts(stores: Stores, now: datetime) -> int:
    """Hold the news against the topics and record the alerts that are owed; return how many messages.

    Each channel has a budget for a day.
    """
    await match_new_papers(stores)
    owed = await stores.follows.list_unsent_alerts(now - MAX_ALERT_AGE)
    recorded = 0
    for channel, hits in owed.items():
        channel_state = await stores.channels.get_or_create(channel, now)
        papers = await _exclude_muted(stores, channel_state, await stores.papers.get([paper for paper, _ in hits]))
        remaining_alerts = DAILY_ALERT_LIMIT - await _count_alerts_today(stores, channel_state, now)
        if remaining_alerts > 0 and papers:
            follows = {follow.topic: follow for follow in await stores.follows.list_for_channel(channel)}
            with use_language(channel_state.preferences.language):
                ranked = _rank_hits(papers, hits)
                alerts = _build_alerts(
                    channel, ranked[: remaining_alerts + MAX_ROLLUP_PAPERS], follows, stores.skipped_papers
                )
                unseen = len(ranked[remaining_alerts + MAX_ROLLUP_PAPERS :])
                drafts = _build_drafts(channel, alerts, unseen, remaining_alerts, now.date())
            recorded += len(await stores.ledger.add(drafts, now))
    return recorded


async def _exclude_muted(
    stores: Stores, channel_state: ChannelState, papers: Mapping[str, Paper]
) -> Mapping[str, Paper]:
    """Leave out what a muted topic matches, whichever other topic brought it."""
    mutes = (await stores.mutes_and_saves.list_mutes([channel_state.channel_id])).get(channel_state.channel_id, ())
    topics = [parse_topic(value) for kind, value in mutes if kind == "topic"]
    judged = stores.skipped_papers.collect_sound(
        "matched", papers.values(), lambda paper: (paper, any(topic.matches(paper) for topic in topics))
    )
    return {paper.id: paper for paper, muted in judged if not muted}


async def _count_alerts_today(stores: Stores, channel_state: ChannelState, now: datetime) -> int:
    """Return how many alerts the channel had since its local midnight."""
    zone = channel_state.preferences.schedule.zone_info
    midnight = datetime.combine(now.astimezone(zone).date(), time(0), zone).astimezone(now.tzinfo)
    return await stores.ledger.count_since(channel_state.channel, "alert", midnight)


def _rank_hits(
    papers: Mapping[str, Paper], hits: Sequence[tuple[str, Sequence[str]]]
) -> list[tuple[Paper, Sequence[str]]]:
    known = [(papers[paper], topics) for paper, topics in hits if paper in papers]
    return sorted(known, key=lambda hit: (-(hit[0].votes or 0), -len(hit[1]), hit[0].id))


@dataclass(frozen=True, slots=True)
class _Alert:
    """A paper that is to be told: as a message of its own, and as an item of a roll-up."""

    paper: str
    card: Card
    rollup_item: Item


def _build_alerts(
    channel: Channel,
    hits: Sequence[tuple[Paper, Sequence[str]]],
    follows: Mapping[str, Follow],
    skipped_papers: SkippedPapers,
) -> list[_Alert]:
    """Word every paper, before they are counted: one that can't be worded takes no other's place."""
    topics_by_paper = {paper.id: topics for paper, topics in hits}

    def build_alert(paper: Paper) -> _Alert:
        topics = topics_by_paper[paper.id]
        labels = [parse_topic(topic).label for topic in topics]
        rollup_item = paper_items.build_paper_item(paper, because=labels)
        return _Alert(paper.id, _build_alert_card(channel, paper, topics, follows), rollup_item)

    return skipped_papers.collect_sound("worded", [paper for paper, _ in hits], build_alert)


def _build_drafts(channel: Channel, alerts: Sequence[_Alert], unseen: int, remaining: int, today: date) -> list[Draft]:
    """Return one message a paper, the last of the budget being a roll-up when there are more papers than that.

    *unseen* papers more are counted, not named.
    """
    number = len(alerts) if len(alerts) + unseen <= remaining else remaining - 1
    single, rest = alerts[:number], alerts[number:]
    drafts = [Draft(DeliveryKey(channel, "alert", alert.paper), alert.card, (alert.paper,)) for alert in single]
    if rest:
        subject = f"more-{today.isoformat()}-{rest[0].paper}"
        # Only what is shown is claimed: the others may still come, in a digest or when the budget is new.
        claimed = tuple(alert.paper for alert in rest[:MAX_ROLLUP_PAPERS])
        drafts.append(Draft(DeliveryKey(channel, "alert", subject), _build_rollup_card(rest, unseen), claimed))
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


def _build_rollup_card(alerts: Sequence[_Alert], unseen: int) -> Card:
    """Return one message for what is over the budget, best first."""
    items = tuple(alert.rollup_item for alert in alerts[:MAX_ROLLUP_PAPERS])
    total = len(alerts) + unseen
    more = total - len(items)
    return Card(
        text=ngettext(
            "{n} more paper matched today.", "{n} more papers matched today; one message instead of {n}.", total
        ),
        items=items,
        actions=(Action(gettext("Follows"), "follows"),),
        footer=(ngettext("and {n} more", "and {n} more", more),) if more > 0 else (),
        fallback=ngettext("{n} more paper on what is followed here", "{n} more papers on what is followed here", total),
        tone="alert",
    )
