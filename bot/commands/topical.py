"""Topics, offered while one is typed: those that are followed, and those that the newest papers are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from bot.commands.desk import Desk, direct, place
from bot.errors import Mistake, SendError
from bot.language import gettext
from bot.models import Channel, Kind
from bot.ports.commands import Request, Suggestion
from bot.topics import parse

MOST: Final = 25


async def followed(desk: Desk, prefix: str, request: Request) -> Sequence[Suggestion]:
    """Offer the topics that this channel or the asker follows."""
    offered: dict[str, str] = {}
    for channel, whose in places(request):
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


def places(request: Request) -> list[tuple[Channel, str]]:
    """Return the channels whose follows are the asker's to see here, each with who follows there."""
    own = direct(request)
    if own.key == request.channel.key:
        return [(own, gettext("followed by you"))]
    return [(request.channel, gettext("followed here")), (own, gettext("followed by you"))]


async def several(desk: Desk, prefix: str, request: Request) -> Sequence[Suggestion]:
    """Offer topics for the last of several that ";" separates; what stands before it stays."""
    before, separator, last = prefix.rpartition(";")
    head = f"{before}{separator} " if separator else ""
    return [
        Suggestion(f"{head}{each.value}", each.label)
        for each in await topics(desk, last.strip(), request)
        if each.value not in head
    ]
