"""What a value could be, offered while it is typed: papers, topics, zones, dates, categories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final

from bot import wording
from bot.commands import moments
from bot.commands.desk import Desk, direct, place
from bot.errors import Mistake, SendError
from bot.language import gettext, phrase
from bot.models import Channel, Kind
from bot.ports.commands import Request, Suggestion
from bot.topics import parse

MOST: Final = 10

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


async def topics(desk: Desk, prefix: str, request: Request) -> Sequence[Suggestion]:
    """Offer what channels that the asker sees follow, then what the newest papers are about."""
    typed = prefix.casefold().strip()
    offered: dict[str, str] = {}
    for topic, whose in await _theirs(desk, typed, request):
        offered.setdefault(topic, whose)
    known = {parse(topic).label.casefold() for topic in offered}
    offered |= {
        word: gettext("in the newest papers") for word in await _keywords(desk, typed) if word.casefold() not in known
    }
    return [Suggestion(topic, whose) for topic, whose in offered.items()][:MOST]


async def _theirs(desk: Desk, typed: str, request: Request) -> list[tuple[str, str]]:
    """Return topics with those who follow them: here first, then in channels that the asker is in."""
    here = request.channel
    every = await desk.stores.follows.all(here.platform, here.workspace)
    fitting = [each for each in every if each.channel.kind is not Kind.DIRECT and typed in each.topic.casefold()]
    seen = {here.id}
    directory = desk.rooms.get(here.platform)
    # The platform is asked only where there is something to be seen.
    if directory and any(each.channel.id != here.id for each in fitting):
        with suppress(SendError):
            seen |= {room.channel.id for room in await directory.shared(here.workspace, request.person.id)}
    near = sorted(fitting, key=lambda each: each.channel.id != here.id)
    return [
        (each.topic, gettext("followed in {place}", place=place(each.channel)))
        for each in near
        if each.channel.id in seen
    ]


async def _keywords(desk: Desk, typed: str) -> list[str]:
    """Return the keywords of the newest list's papers that are topics, those of most papers first."""
    newest = await desk.stores.days.newest()
    papers = (await desk.stores.papers.get(newest.papers)).values() if newest else ()
    said = Counter(word.casefold() for paper in papers for word in paper.keywords if typed in word.casefold())
    return [word for word, _ in said.most_common() if _is_topic(word)]


def _is_topic(word: str) -> bool:
    try:
        return bool(parse(word))
    except Mistake:
        return False


def _places(request: Request) -> list[tuple[Channel, str]]:
    own = direct(request)
    if own.key == request.channel.key:
        return [(own, gettext("followed by you"))]
    return [(request.channel, gettext("followed here")), (own, gettext("followed by you"))]


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
    known = [(category, gettext(name)) for category, name in _CATEGORIES]
    return [Suggestion(*row) for row in known if row[0].casefold().startswith(typed) or typed in row[1].casefold()]
