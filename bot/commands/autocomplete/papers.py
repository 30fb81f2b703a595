"""Autocomplete of papers: suggests recent, saved and muted papers, and arXiv categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from bot.commands.autocomplete import topics
from bot.commands.context import CommandContext, get_direct_channel
from bot.domain.feed import FeedDay
from bot.domain.papers import Paper
from bot.domain.topics.parser import parse_topic
from bot.i18n import formatting
from bot.i18n.translation import gettext, phrase
from bot.ports.commands import Request, Suggestion

MAX_SUGGESTIONS: Final = 25
"""As many as any platform shows."""
MAX_LISTS: Final = 7
"""Lists whose papers are recent; a digest shows those of yesterday, or of Friday."""
_LOOKBACK: Final = timedelta(days=21)
_MAX_POSTED: Final = 100
"""Papers that a channel was posted, the latest, which are offered there too."""
_MAX_TITLE_LENGTH: Final = 80

_CATEGORIES: Final = (
    ("cs.AI", phrase("Artificial intelligence")),
    ("cs.CL", phrase("Computation and language")),
    ("cs.CV", phrase("Computer vision")),
    ("cs.IR", phrase("Information retrieval")),
    ("cs.LG", phrase("Machine learning")),
    ("cs.MA", phrase("Multi-agent systems")),
    ("cs.RO", phrase("Robotics")),
    ("cs.SD", phrase("Sound")),
    ("cs.SE", phrase("Software engineering")),
    ("eess.AS", phrase("Audio and speech")),
    ("stat.ML", phrase("Machine learning (statistics)")),
)


async def suggest_papers(context: CommandContext, prefix: str, request: Request) -> Sequence[Suggestion]:
    """Offer recent papers, of the newest list first, whose title or id holds every word that is typed."""
    ids = [paper for day in await _load_recent_lists(context) for paper in day.papers]
    posted = await context.stores.digests.list_recent_papers(request.channel, _MAX_POSTED)
    known = await context.stores.papers.get({*ids, *posted})
    lists = {
        paper: place for place, day in enumerate(await _load_recent_lists(context)) for paper in reversed(day.papers)
    }
    best = sorted(known.values(), key=lambda paper: (lists.get(paper.id, MAX_LISTS), -(paper.votes or 0)))
    return _build_paper_suggestions(best, prefix)


async def suggest_saved_papers(context: CommandContext, prefix: str, request: Request) -> Sequence[Suggestion]:
    """Offer the asker's reading list, the latest first."""
    held = [paper for paper, _ in await context.stores.mutes_and_saves.list_saved_papers(get_direct_channel(request))]
    return _build_paper_suggestions(_select_in_order(held, await context.stores.papers.get(held)), prefix)


async def suggest_muted(context: CommandContext, prefix: str, request: Request) -> Sequence[Suggestion]:
    """Offer what this channel or the asker has muted."""
    offered: dict[str, Suggestion] = {}
    for channel, _ in topics.list_follow_channels(request):
        channel_state = await context.stores.channels.get(channel)
        mutes = (
            (await context.stores.mutes_and_saves.list_mutes([channel_state.channel_id])).get(
                channel_state.channel_id, ()
            )
            if channel_state
            else ()
        )
        stored_papers = await context.stores.papers.get([value for kind, value in mutes if kind == "paper"])
        scope = gettext("muted for you") if channel.key == get_direct_channel(request).key else gettext("muted here")
        for kind, value in mutes:
            title = stored_papers[value].title if value in stored_papers else ""
            name = parse_topic(value).label if kind == "topic" else title
            if contains_words(prefix, f"{value} {name}"):
                label = formatting.shorten(title, _MAX_TITLE_LENGTH) if title else scope
                offered.setdefault(value, Suggestion(value, label))
    return list(offered.values())[:MAX_SUGGESTIONS]


async def suggest_mutable(context: CommandContext, prefix: str, request: Request) -> Sequence[Suggestion]:
    """Offer what can be muted: topics that are followed, then papers."""
    return [
        *await topics.suggest_followed_topics(context, prefix, request),
        *await suggest_papers(context, prefix, request),
    ][:MAX_SUGGESTIONS]


async def suggest_categories(prefix: str, _: Request) -> Sequence[Suggestion]:
    """Offer the arXiv categories that trending papers come from."""
    typed = prefix.casefold()
    known = [(category, gettext(name)) for category, name in _CATEGORIES]
    return [Suggestion(*row) for row in known if row[0].casefold().startswith(typed) or typed in row[1].casefold()]


def contains_words(typed: str, text: str) -> bool:
    """Tell whether every word that is typed occurs in a text."""
    folded = text.casefold()
    return all(word in folded for word in typed.casefold().split())


async def _load_recent_lists(context: CommandContext) -> Sequence[FeedDay]:
    """Return the newest lists that hold papers, the newest first."""
    newest = await context.stores.feed_days.get_newest()
    days = await context.stores.feed_days.list_between(newest.date - _LOOKBACK, newest.date) if newest else ()
    return [day for day in reversed(days) if day.papers][:MAX_LISTS]


def _select_in_order(ids: Sequence[str], known: Mapping[str, Paper]) -> list[Paper]:
    return [known[paper] for paper in ids if paper in known]


def _build_paper_suggestions(papers: Sequence[Paper], typed: str) -> list[Suggestion]:
    fitting = [paper for paper in papers if contains_words(typed, f"{paper.id} {paper.title}")]
    return [
        Suggestion(paper.id, formatting.shorten(paper.title, _MAX_TITLE_LENGTH)) for paper in fitting[:MAX_SUGGESTIONS]
    ]
