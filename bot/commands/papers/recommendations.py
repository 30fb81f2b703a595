"""The new command: recommendations, unseen papers ranked by a person’s follows, saves and votes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

from bot.cards import paper_items
from bot.cards.models import Action, Card
from bot.commands.answers import build_text_answer
from bot.commands.context import CommandContext, get_direct_channel
from bot.digests.composition import list_paper_ids
from bot.domain.channels import Channel
from bot.domain.feed import FeedDay, find_newest_feed_date
from bot.domain.papers import Paper
from bot.domain.topics.clauses import Explanation
from bot.domain.topics.matcher import Matcher
from bot.i18n import formatting
from bot.i18n.formatting import join_sentences
from bot.i18n.translation import gettext, ngettext
from bot.ports.commands import Answer, Command, Request

MAX_LISTS: Final = 7
"""Lists that are looked through."""
_LOOKBACK: Final = timedelta(days=21)
_MAX_SHOWN: Final = 5
_MAX_SAVES: Final = 10
"""Saved papers, the latest, whose likeness counts."""
_MAX_SIMILAR: Final = 50


def build_commands(context: CommandContext) -> tuple[Command, ...]:
    """Return the commands of this file."""
    return (
        Command(
            "new",
            "What you have not seen yet, the likeliest first",
            partial(show_new_papers, context),
            reads_only=True,
            example="new",
            detail=(
                "Ranked by what you follow, then by likeness to what you saved, then by votes. "
                "What is shown counts as seen."
            ),
        ),
    )


async def show_new_papers(context: CommandContext, request: Request) -> Answer:
    """Show the best papers of the last lists that the asker was not shown."""
    own = get_direct_channel(request)
    days = await _load_recent_lists(context, request)
    ids = list_paper_ids(days)
    saved = [paper for paper, _ in await context.stores.mutes_and_saves.list_saved_papers(own)]
    mutes = await _load_mutes(context, request, own)
    fresh = await _filter_unseen(context, own, [paper for paper in ids if paper not in saved], mutes)
    if not fresh:
        return build_text_answer(
            _describe_nothing_new(days, len(ids)),
            Action(gettext("The newest list"), "today"),
            Action(gettext("Follow a topic"), "follow"),
        )
    topics = [
        follow.topic
        for follow in await context.stores.follows.list_for_channel(own)
        if ("topic", follow.topic) not in mutes
    ]
    matcher = Matcher(topics)
    matches = {paper.id: matcher.match(paper) for paper in fresh}
    likeness = await _score_similarity(context, saved[:_MAX_SAVES])
    ranked = sorted(fresh, key=lambda p: (-len(matches[p.id]), -likeness.get(p.id, 0.0), -(p.votes or 0)))
    best_papers = ranked[:_MAX_SHOWN]
    if not request.dry_run:
        await context.write_if_possible(
            context.stores.mutes_and_saves.record_seen(own, [paper.id for paper in best_papers], request.now)
        )
    card = _build_new_papers_card(context, request, best_papers, matches, len(ranked) - len(best_papers))
    return Answer(
        replace(
            card, footer=(_describe_ranking(len(topics), len(saved[:_MAX_SAVES])), *await context.describe_sample())
        )
    )


async def _load_recent_lists(context: CommandContext, request: Request) -> Sequence[FeedDay]:
    """Return the last lists that hold papers."""
    newest = await context.stores.feed_days.get_newest()
    if newest is None:
        return ()
    last = min(newest.date, find_newest_feed_date(request.now))
    days = await context.stores.feed_days.list_between(last - _LOOKBACK, last)
    return [day for day in days if day.papers][-MAX_LISTS:]


async def _load_mutes(context: CommandContext, request: Request, direct_channel: Channel) -> set[tuple[str, str]]:
    """Return (kind, value) of what the asker, or the channel in which they ask, muted."""
    known = [await context.stores.channels.get(place) for place in (direct_channel, request.channel)]
    mutes = await context.stores.mutes_and_saves.list_mutes({each.channel_id for each in known if each})
    return {mute for its in mutes.values() for mute in its}


async def _filter_unseen(
    context: CommandContext, direct_channel: Channel, ids: Sequence[str], mutes: Collection[tuple[str, str]]
) -> list[Paper]:
    """Return those of the papers that were neither shown nor muted, by themselves or by a topic that they match."""
    seen = await context.stores.mutes_and_saves.find_seen_papers(direct_channel, ids)
    known = await context.stores.papers.get(
        [paper for paper in ids if paper not in seen and ("paper", paper) not in mutes]
    )
    muted = Matcher(value for kind, value in mutes if kind == "topic")
    return [paper for paper in known.values() if not muted.match(paper)]


async def _score_similarity(context: CommandContext, saved: Sequence[str]) -> dict[str, float]:
    """Return by paper id how like the *saved* ones it is: each one's best hit counts 1."""
    sums: dict[str, float] = {}
    for paper in (await context.stores.papers.get(saved)).values():
        hits = await context.stores.search_index.find_similar(paper, _MAX_SIMILAR)
        best = max((hit.score for hit in hits), default=0.0)
        for hit in hits:
            sums[hit.paper_id] = sums.get(hit.paper_id, 0.0) + hit.score / best if best else 0.0
    return sums


def _describe_ranking(topics: int, saves: int) -> str:
    """Say how the papers were ranked."""
    parts = [ngettext("{n} topic you follow", "{n} topics you follow", topics)] if topics else []
    parts += (
        [gettext("likeness to {papers} you saved", papers=formatting.format_count(saves, "paper"))] if saves else []
    )
    parts.append(gettext("votes"))
    more = "" if topics and saves else gettext("Following topics and saving papers makes it yours.")
    return join_sentences(gettext("Ranked by {parts}.", parts=gettext(", then by ").join(parts)), more)


def _build_new_papers_card(
    context: CommandContext,
    request: Request,
    papers: Sequence[Paper],
    matches: Mapping[str, Mapping[str, Explanation]],
    remaining: int,
) -> Card:
    reasons = {
        paper.id: tuple(dict.fromkeys(phrase for why in matches[paper.id].values() for phrase in why.phrases))
        for paper in papers
    }
    actions = (Action(gettext("More"), "new", {}, gettext("what is new")),) if remaining else ()
    items = context.build_sound_items(
        papers,
        lambda paper: paper_items.build_paper_item(paper, because=reasons[paper.id], today=request.now.date()),
    )
    return Card(
        title=gettext("New for you"),
        folio=(ngettext("{n} not seen yet", "{n} not seen yet", remaining + len(papers)),),
        items=items,
        actions=(*actions, Action(gettext("Follow a topic"), "follow")),
        marks=tuple(dict.fromkeys(phrase for phrases in reasons.values() for phrase in phrases)),
        fallback=paper_items.format_item_names(items),
    )


def _describe_nothing_new(days: Sequence[FeedDay], papers: int) -> str:
    if not days:
        return gettext("No list is stored yet; the first one comes within minutes of the start.")
    lists = formatting.format_count(len(days), "list")
    return gettext(
        "Nothing new: all {papers} of the last {lists} are seen, saved or muted.",
        papers=formatting.format_count(papers, "paper"),
        lists=lists,
    )
