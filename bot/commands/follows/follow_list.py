"""The follows command: lists followed and muted topics, here or in every visible channel."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.cards.models import Action, Card, Item
from bot.commands import pagination
from bot.commands.context import CommandContext, format_channel, format_channel_heading, get_direct_channel
from bot.domain.channels import Channel, ChannelKind
from bot.domain.follows import Follow
from bot.domain.topics.parser import parse_topic
from bot.errors import SendError
from bot.i18n import formatting
from bot.i18n.translation import gettext
from bot.ports.commands import Answer, Request
from bot.reasons.reason import format_reason

_PAGE_SIZE = 20


async def show_follows(context: CommandContext, request: Request, *, where: str = "here", page: int = 1) -> Answer:
    """List follows and mutes; ``workspace`` groups those of every channel that the asker sees."""
    if where == "all":
        return await _show_all_follows(context, request, page)
    direct_channel = get_direct_channel(request)
    channels = (
        [direct_channel]
        if where == "me" or direct_channel.key == request.channel.key
        else [request.channel, direct_channel]
    )
    items = [item for channel in channels for item in await build_follow_items(context, request, channel)]
    text = (
        ""
        if items
        else gettext(
            "Nothing is followed for {places} yet.",
            places=formatting.format_list([format_channel(c) for c in channels], "or"),
        )
    )
    result_page = pagination.paginate(items, page, _PAGE_SIZE)
    return Answer(
        Card(
            title=gettext("Follows"),
            text=text,
            folio=tuple(part for part in (result_page.span,) if part),
            items=result_page.entries,
            actions=(
                *result_page.build_page_buttons("follows", {"where": where}),
                Action(gettext("Follow a topic"), "follow"),
                Action(gettext("All channels"), "follows", {"where": "all"}),
            ),
            fallback=text or gettext("What is followed"),
        ),
        pagination.choose_placement(request.arguments),
    )


async def build_follow_items(context: CommandContext, request: Request, channel: Channel) -> list[Item]:
    """Return the rows of one channel: its follows, then its mutes."""
    follows = await context.stores.follows.list_for_channel(channel)
    channel_state = await context.stores.channels.get(channel)
    if channel_state is None:
        return []
    mutes = (await context.stores.mutes_and_saves.list_mutes([channel_state.channel_id])).get(
        channel_state.channel_id, ()
    )
    muted = {value for kind, value in mutes if kind == "topic"}
    rows = [_build_follow_item(follow, request, muted=follow.topic in muted) for follow in follows]
    return rows + await _build_mute_items(
        context, channel, [row for row in mutes if row[1] not in {f.topic for f in follows}]
    )


def _build_follow_item(follow: Follow, request: Request, *, muted: bool) -> Item:
    topic = parse_topic(follow.topic)
    where = "me" if follow.channel.kind is ChannelKind.DIRECT else "here"
    fixed = {"topic": follow.topic, "where": where}
    mute = Action(gettext("Unmute"), "unmute", _build_mute_arguments(follow.topic, where), topic.label)
    if not muted:
        mute = Action(gettext("Mute"), "mute", _build_mute_arguments(follow.topic, where), topic.label)
    return Item(
        title=topic.label,
        notes=(*_format_origin(follow, request), *((gettext("muted"),) if muted else ())),
        section=_format_section(follow.channel),
        actions=(
            Action(gettext("Unfollow"), "unfollow", fixed, topic.label),
            mute,
            Action(gettext("Preview"), "preview", {"topic": follow.topic}),
        ),
    )


def _build_mute_arguments(value: str, where: str) -> dict[str, str]:
    return {"what": value, "where": where}


async def _build_mute_items(context: CommandContext, channel: Channel, mutes: Sequence[tuple[str, str]]) -> list[Item]:
    """Return what is muted besides followed topics."""
    papers = await context.stores.papers.get([value for kind, value in mutes if kind == "paper"])
    where = "me" if channel.kind is ChannelKind.DIRECT else "here"
    return [
        Item(
            title=papers[value].title if value in papers else value,
            notes=(gettext("muted"),),
            section=gettext("Muted for you")
            if where == "me"
            else gettext("Muted in {place}", place=format_channel(channel)),
            actions=(Action(gettext("Unmute"), "unmute", _build_mute_arguments(value, where), value),),
        )
        for kind, value in mutes
    ]


def _format_section(channel: Channel) -> str:
    return gettext("Yours") if channel.kind is ChannelKind.DIRECT else format_channel_heading(channel)


def _format_origin(follow: Follow, request: Request) -> tuple[str, ...]:
    by = gettext("by {who}", who=follow.added_by.name or gettext("somebody"))
    if follow.added_by.id == request.person.id:
        by = gettext("by you")
    since = formatting.format_short_day(follow.followed_since.date(), request.now.date())
    how = gettext("at once") if follow.alerts else gettext("in the digest")
    return (by, gettext("since {since}", since=since), how)


async def _show_all_follows(context: CommandContext, request: Request, page: int) -> Answer:
    """List the asker's own follows and those of the channels they see; what others follow for themselves is counted."""
    direct_channel = get_direct_channel(request)
    every = await context.stores.follows.list_all(request.channel.platform, request.channel.workspace)
    visible_ids, notice = await _find_visible_channels(context, request)
    theirs = [
        f
        for f in every
        if f.channel.kind is not ChannelKind.DIRECT and (visible_ids is None or f.channel.id in visible_ids)
    ]
    mine = await context.stores.follows.list_for_channel(direct_channel)
    rows = [*mine, *sorted(theirs, key=lambda follow: (follow.channel.name, follow.followed_since))]
    people = len(
        {follow.channel.key for follow in every if follow.channel.kind is ChannelKind.DIRECT} - {direct_channel.key}
    )
    private = (
        gettext(
            "Personal follows of {persons} are not shown.", persons=formatting.format_count(people, "person", "people")
        )
        if people
        else ""
    )
    result_page = pagination.paginate(rows, page, _PAGE_SIZE)
    channels = len({follow.channel.key for follow in theirs})
    text = gettext(
        "{follows} in {channels}.",
        follows=formatting.format_count(len(theirs), "follow"),
        channels=formatting.format_count(channels, "channel"),
    )
    return Answer(  # not to be shared: what one may see, others may not
        Card(
            title=gettext("Follows of all channels"),
            text=text,
            folio=tuple(part for part in (result_page.span,) if part),
            items=tuple(
                Item(
                    title=parse_topic(follow.topic).label,
                    notes=_format_origin(follow, request),
                    section=_format_section(follow.channel),
                )
                for follow in result_page.entries
            ),
            actions=(
                *result_page.build_page_buttons("follows", {"where": "all"}),
                Action(gettext("Here and mine"), "follows"),
            ),
            footer=tuple(line for line in (notice, private) if line),
            fallback=text,
        ),
        pagination.choose_placement(request.arguments),
    )


async def _find_visible_channels(context: CommandContext, request: Request) -> tuple[Collection[str] | None, str]:
    """Return the ids of the channels of which the asker may hear, None for all, and a sentence about the others.

    Which channels are public is not known here: those count that the asker is in, and the one in which they ask.
    """
    directory = context.directories.get(request.channel.platform)
    if directory is None:
        return None, ""
    try:
        shared = await directory.list_shared_channels(request.channel.workspace, request.person.id)
    except SendError as error:
        return {request.channel.id}, gettext(
            "The other channels can’t be read now: {error}.", error=format_reason(error.reason).rstrip(".。")
        )
    ids = {request.channel.id, *(channel_info.channel.id for channel_info in shared)}
    return ids, gettext("Only channels that Broadsheet and you are both in are shown.")
