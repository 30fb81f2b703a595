"""What is followed: here and by the asker, or in every channel that they see, with who added it and when."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot import wording
from bot.cards import Action, Card, Item
from bot.commands import paging
from bot.commands.desk import Desk, direct, heading, place
from bot.errors import SendError
from bot.language import gettext, retold
from bot.models import Channel, Follow, Kind
from bot.ports.commands import Answer, Request
from bot.topics import parse

_PAGE = 20


async def overview(desk: Desk, request: Request, *, where: str = "here", page: int = 1) -> Answer:
    """List follows and mutes; ``workspace`` groups those of every channel that the asker sees."""
    if where == "all":
        return await _everything(desk, request, page)
    own = direct(request)
    channels = [own] if where == "me" or own.key == request.channel.key else [request.channel, own]
    items = [item for channel in channels for item in await rows(desk, request, channel)]
    text = (
        ""
        if items
        else gettext(
            "Nothing is followed for {places} yet.", places=wording.listing([place(c) for c in channels], "or")
        )
    )
    leaf = paging.leaf(items, page, _PAGE)
    return Answer(
        Card(
            title=gettext("Follows"),
            text=text,
            folio=tuple(part for part in (leaf.span,) if part),
            items=leaf.things,
            actions=(
                *leaf.turns("follows", {"where": where}),
                Action(gettext("Follow a topic"), "follow"),
                Action(gettext("All channels"), "follows", {"where": "all"}),
            ),
            fallback=text or gettext("What is followed"),
        ),
        paging.placement(request.arguments),
    )


async def rows(desk: Desk, request: Request, channel: Channel) -> list[Item]:
    """Return the rows of one channel: its follows, then its mutes."""
    standing = await desk.stores.channels.open(channel, request.now)
    mutes = (await desk.stores.wishes.mutes([standing.key])).get(standing.key, ())
    muted = {value for kind, value in mutes if kind == "topic"}
    follows = await desk.stores.follows.of(channel)
    rows = [_row(follow, request, muted=follow.topic in muted) for follow in follows]
    return rows + await _mutes(desk, channel, [row for row in mutes if row[1] not in {f.topic for f in follows}])


def _row(follow: Follow, request: Request, *, muted: bool) -> Item:
    topic = parse(follow.topic)
    where = "me" if follow.channel.kind is Kind.DIRECT else "here"
    fixed = {"topic": follow.topic, "where": where}
    mute = Action(gettext("Unmute"), "unmute", _what(follow.topic, where), topic.label)
    if not muted:
        mute = Action(gettext("Mute"), "mute", _what(follow.topic, where), topic.label)
    return Item(
        title=topic.label,
        notes=(*_origin(follow, request), *((gettext("muted"),) if muted else ())),
        section=_heading(follow.channel),
        actions=(
            Action(gettext("Unfollow"), "unfollow", fixed, topic.label),
            mute,
            Action(gettext("Preview"), "preview", {"topic": follow.topic}),
        ),
    )


def _what(value: str, where: str) -> dict[str, str]:
    return {"what": value, "where": where}


async def _mutes(desk: Desk, channel: Channel, mutes: Sequence[tuple[str, str]]) -> list[Item]:
    """Return what is muted besides followed topics."""
    papers = await desk.stores.papers.get([value for kind, value in mutes if kind == "paper"])
    where = "me" if channel.kind is Kind.DIRECT else "here"
    return [
        Item(
            title=papers[value].title if value in papers else value,
            notes=(gettext("muted"),),
            section=gettext("Muted for you") if where == "me" else gettext("Muted in {place}", place=place(channel)),
            actions=(Action(gettext("Unmute"), "unmute", _what(value, where), value),),
        )
        for kind, value in mutes
    ]


def _heading(channel: Channel) -> str:
    return gettext("Yours") if channel.kind is Kind.DIRECT else heading(channel)


def _origin(follow: Follow, request: Request) -> tuple[str, ...]:
    by = gettext("by {who}", who=follow.by.name or gettext("somebody"))
    if follow.by.id == request.person.id:
        by = gettext("by you")
    since = wording.short_day(follow.since.date(), request.now.date())
    how = gettext("at once") if follow.alerts else gettext("in the digest")
    return (by, gettext("since {since}", since=since), how)


async def _everything(desk: Desk, request: Request, page: int) -> Answer:
    """List the asker's own follows and those of the channels they see; what others follow for themselves is counted."""
    own = direct(request)
    every = await desk.stores.follows.all(request.channel.platform, request.channel.workspace)
    seen, told = await _sight(desk, request)
    theirs = [f for f in every if f.channel.kind is not Kind.DIRECT and (seen is None or f.channel.id in seen)]
    mine = await desk.stores.follows.of(own)
    rows = [*mine, *sorted(theirs, key=lambda follow: (follow.channel.name, follow.since))]
    people = len({follow.channel.key for follow in every if follow.channel.kind is Kind.DIRECT} - {own.key})
    private = (
        gettext("Personal follows of {persons} are not shown.", persons=wording.count(people, "person", "people"))
        if people
        else ""
    )
    leaf = paging.leaf(rows, page, _PAGE)
    channels = len({follow.channel.key for follow in theirs})
    text = gettext(
        "{follows} in {channels}.",
        follows=wording.count(len(theirs), "follow"),
        channels=wording.count(channels, "channel"),
    )
    return Answer(  # not to be shared: what one may see, others may not
        Card(
            title=gettext("Follows of all channels"),
            text=text,
            folio=tuple(part for part in (leaf.span,) if part),
            items=tuple(
                Item(title=parse(follow.topic).label, notes=_origin(follow, request), section=_heading(follow.channel))
                for follow in leaf.things
            ),
            actions=(*leaf.turns("follows", {"where": "all"}), Action(gettext("Here and mine"), "follows")),
            footer=tuple(line for line in (told, private) if line),
            fallback=text,
        ),
        paging.placement(request.arguments),
    )


async def _sight(desk: Desk, request: Request) -> tuple[Collection[str] | None, str]:
    """Return the ids of the channels of which the asker may hear, None for all, and a sentence about the others.

    Which channels are public is not known here: those count that the asker is in, and the one in which they ask.
    """
    directory = desk.rooms.get(request.channel.platform)
    if directory is None:
        return None, ""
    try:
        shared = await directory.shared(request.channel.workspace, request.person.id)
    except SendError as error:
        return {request.channel.id}, gettext(
            "The other channels can’t be read now: {error}.", error=retold(str(error)).rstrip(".。")
        )
    ids = {request.channel.id, *(room.channel.id for room in shared)}
    return ids, gettext("Only channels that Broadsheet and you are both in are shown.")
