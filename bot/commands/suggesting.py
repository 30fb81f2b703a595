"""What a value could be, offered while it is typed: papers, what is muted or saved, categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from bot import wording
from bot.commands import topical
from bot.commands.desk import Desk, direct
from bot.language import gettext, phrase
from bot.models import FeedDay, Paper
from bot.ports.commands import Request, Suggestion
from bot.topics import parse

MOST: Final = 25
"""As many as any platform shows."""
LISTS: Final = 7
"""Lists whose papers are recent; a digest shows those of yesterday, or of Friday."""
_REACH: Final = timedelta(days=21)
_POSTED: Final = 100
"""Papers that a channel was posted, the latest, which are offered there too."""
_TITLE: Final = 80

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


async def papers(desk: Desk, prefix: str, request: Request) -> Sequence[Suggestion]:
    """Offer recent papers, of the newest list first, whose title or id holds every word that is typed."""
    ids = [paper for day in await _lists(desk) for paper in day.papers]
    posted = await desk.stores.editions.lately(request.channel, _POSTED)
    known = await desk.stores.papers.get({*ids, *posted})
    lists = {paper: place for place, day in enumerate(await _lists(desk)) for paper in reversed(day.papers)}
    best = sorted(known.values(), key=lambda paper: (lists.get(paper.id, LISTS), -(paper.votes or 0)))
    return _named(best, prefix)


async def saved(desk: Desk, prefix: str, request: Request) -> Sequence[Suggestion]:
    """Offer the asker's reading list, the latest first."""
    held = [paper for paper, _ in await desk.stores.wishes.saved(direct(request))]
    return _named(_ordered(held, await desk.stores.papers.get(held)), prefix)


async def muted(desk: Desk, prefix: str, request: Request) -> Sequence[Suggestion]:
    """Offer what this channel or the asker has muted."""
    offered: dict[str, Suggestion] = {}
    for channel, _ in topical.places(request):
        standing = await desk.stores.channels.get(channel)
        mutes = (await desk.stores.wishes.mutes([standing.key])).get(standing.key, ()) if standing else ()
        known = await desk.stores.papers.get([value for kind, value in mutes if kind == "paper"])
        whose = gettext("muted for you") if channel.key == direct(request).key else gettext("muted here")
        for kind, value in mutes:
            title = known[value].title if value in known else ""
            about = parse(value).label if kind == "topic" else title
            if fits(prefix, f"{value} {about}"):
                label = wording.shorten(title, _TITLE) if title else whose
                offered.setdefault(value, Suggestion(value, label))
    return list(offered.values())[:MOST]


async def mutable(desk: Desk, prefix: str, request: Request) -> Sequence[Suggestion]:
    """Offer what can be muted: topics that are followed, then papers."""
    return [*await topical.followed(desk, prefix, request), *await papers(desk, prefix, request)][:MOST]


async def categories(prefix: str, _: Request) -> Sequence[Suggestion]:
    """Offer the arXiv categories that trending papers come from."""
    typed = prefix.casefold()
    known = [(category, gettext(name)) for category, name in _CATEGORIES]
    return [Suggestion(*row) for row in known if row[0].casefold().startswith(typed) or typed in row[1].casefold()]


def fits(typed: str, text: str) -> bool:
    """Tell whether every word that is typed occurs in a text."""
    folded = text.casefold()
    return all(word in folded for word in typed.casefold().split())


async def _lists(desk: Desk) -> Sequence[FeedDay]:
    """Return the newest lists that hold papers, the newest first."""
    newest = await desk.stores.days.newest()
    days = await desk.stores.days.between(newest.date - _REACH, newest.date) if newest else ()
    return [day for day in reversed(days) if day.papers][:LISTS]


def _ordered(ids: Sequence[str], known: Mapping[str, Paper]) -> list[Paper]:
    return [known[paper] for paper in ids if paper in known]


def _named(papers: Sequence[Paper], typed: str) -> list[Suggestion]:
    fitting = [paper for paper in papers if fits(typed, f"{paper.id} {paper.title}")]
    return [Suggestion(paper.id, wording.shorten(paper.title, _TITLE)) for paper in fitting[:MOST]]
