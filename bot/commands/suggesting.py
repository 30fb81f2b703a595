"""What a value could be, offered while it is typed: papers, topics, zones, dates, categories."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bot import wording
from bot.commands import moments
from bot.commands.desk import Desk, direct
from bot.models import Channel
from bot.ports.commands import Request, Suggestion

MOST: Final = 10

_CATEGORIES: Final = (
    ("cs.AI", "Artificial intelligence"),
    ("cs.CL", "Computation and language"),
    ("cs.CV", "Computer vision"),
    ("cs.IR", "Information retrieval"),
    ("cs.LG", "Machine learning"),
    ("cs.MA", "Multi-agent systems"),
    ("cs.RO", "Robotics"),
    ("cs.SD", "Sound"),
    ("cs.SE", "Software engineering"),
    ("eess.AS", "Audio and speech"),
    ("stat.ML", "Machine learning (statistics)"),
)


async def papers(desk: Desk, prefix: str, _: Request) -> Sequence[Suggestion]:
    """Offer the papers of the newest list whose title or id holds what is typed."""
    newest = await desk.stores.days.newest()
    if newest is None:
        return ()
    known = await desk.stores.papers.get(newest.papers)
    typed = prefix.casefold()
    found = [paper for paper in known.values() if typed in paper.title.casefold() or paper.id.startswith(typed)]
    best = sorted(found, key=lambda paper: -(paper.votes or 0))[:MOST]
    return [Suggestion(paper.id, wording.shorten(paper.title, 80)) for paper in best]


async def followed(desk: Desk, prefix: str, request: Request) -> Sequence[Suggestion]:
    """Offer the topics that this channel or the asker follows."""
    offered: dict[str, str] = {}
    for channel, whose in _places(request):
        for follow in await desk.stores.follows.of(channel):
            offered.setdefault(follow.topic, whose)
    return [Suggestion(topic, whose) for topic, whose in offered.items() if prefix.casefold() in topic.casefold()][
        :MOST
    ]


def _places(request: Request) -> list[tuple[Channel, str]]:
    own = direct(request)
    if own.key == request.channel.key:
        return [(own, "followed by you")]
    return [(request.channel, "followed here"), (own, "followed by you")]


async def zones(prefix: str, _: Request) -> Sequence[Suggestion]:
    """Offer zones by name or city."""
    typed = prefix.casefold().replace(" ", "_")
    names = sorted({name for name in moments.zones().values() if typed in name.casefold()})
    begun = [name for name in names if name.rsplit("/", 1)[-1].casefold().startswith(typed)]
    return [Suggestion(name) for name in dict.fromkeys([*begun, *names])][:MOST]


async def days(desk: Desk, prefix: str, _: Request) -> Sequence[Suggestion]:
    """Offer the newest dates that have a list."""
    newest = await desk.stores.days.newest()
    if newest is None:
        return ()
    lists = await desk.stores.days.between(newest.date - timedelta(days=14), newest.date)
    offered = [
        Suggestion(day.date.isoformat(), f"{wording.day(day.date)}, {wording.count(len(day.papers), 'paper')}")
        for day in reversed(lists)
        if day.papers
    ]
    return [suggestion for suggestion in offered if suggestion.value.startswith(prefix)][:MOST]


async def categories(prefix: str, _: Request) -> Sequence[Suggestion]:
    """Offer the arXiv categories that trending papers come from."""
    typed = prefix.casefold()
    return [
        Suggestion(*row) for row in _CATEGORIES if row[0].casefold().startswith(typed) or typed in row[1].casefold()
    ]
