"""Autocomplete of topics: suggests followed topics, then keywords of the newest papers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from bot.commands.context import CommandContext, format_channel, get_direct_channel
from bot.domain.channels import Channel, ChannelKind
from bot.domain.topics.parser import parse_topic
from bot.errors import Mistake, SendError
from bot.i18n.translation import gettext
from bot.ports.commands import Request, Suggestion

MAX_SUGGESTIONS: Final = 25


async def suggest_followed_topics(context: CommandContext, prefix: str, request: Request) -> Sequence[Suggestion]:
    """Offer the topics that this channel or the asker follows."""
    offered: dict[str, str] = {}
    for channel, whose in list_follow_channels(request):
        for follow in await context.stores.follows.list_for_channel(channel):
            offered.setdefault(follow.topic, whose)
    return [Suggestion(topic, whose) for topic, whose in offered.items() if prefix.casefold() in topic.casefold()][
        :MAX_SUGGESTIONS
    ]


async def suggest_topics(context: CommandContext, prefix: str, request: Request) -> Sequence[Suggestion]:
    """Offer what channels that the asker sees follow, then what the newest papers are about."""
    typed = prefix.casefold().strip()
    offered: dict[str, str] = {}
    for topic, origin in await _find_channel_topics(context, typed, request):
        offered.setdefault(topic, origin)
    offered_labels = {parse_topic(topic).label.casefold() for topic in offered}
    offered |= {
        word: gettext("in the newest papers")
        for word in await _find_keywords(context, typed)
        if word.casefold() not in offered_labels
    }
    return [Suggestion(topic, origin) for topic, origin in offered.items()][:MAX_SUGGESTIONS]


async def _find_channel_topics(context: CommandContext, typed: str, request: Request) -> list[tuple[str, str]]:
    """Return topics with those who follow them: here first, then in channels that the asker is in."""
    channel = request.channel
    every = await context.stores.follows.list_all(channel.platform, channel.workspace)
    fitting = [each for each in every if each.channel.kind is not ChannelKind.DIRECT and typed in each.topic.casefold()]
    visible_ids = {channel.id}
    directory = context.directories.get(channel.platform)
    # The platform is asked only where there is something to be seen.
    if directory and any(each.channel.id != channel.id for each in fitting):
        with suppress(SendError):
            visible_ids |= {
                channel_info.channel.id
                for channel_info in await directory.list_shared_channels(channel.workspace, request.person.id)
            }
    near = sorted(fitting, key=lambda each: each.channel.id != channel.id)
    return [
        (each.topic, gettext("followed in {place}", place=format_channel(each.channel)))
        for each in near
        if each.channel.id in visible_ids
    ]


async def _find_keywords(context: CommandContext, typed: str) -> list[str]:
    """Return the keywords of the newest list's papers that are topics, those of most papers first."""
    newest = await context.stores.feed_days.get_newest()
    papers = (await context.stores.papers.get(newest.papers)).values() if newest else ()
    said = Counter(word.casefold() for paper in papers for word in paper.keywords if typed in word.casefold())
    return [word for word, _ in said.most_common() if _is_topic(word)]


def _is_topic(word: str) -> bool:
    try:
        return bool(parse_topic(word))
    except Mistake:
        return False


def list_follow_channels(request: Request) -> list[tuple[Channel, str]]:
    """Return the channels whose follows are the asker's to see here, each with who follows there."""
    own = get_direct_channel(request)
    if own.key == request.channel.key:
        return [(own, gettext("followed by you"))]
    return [(request.channel, gettext("followed here")), (own, gettext("followed by you"))]


async def suggest_topic_list(context: CommandContext, prefix: str, request: Request) -> Sequence[Suggestion]:
    """Offer topics for the last of several that ";" separates; what stands before it stays."""
    before, separator, last = prefix.rpartition(";")
    head = f"{before}{separator} " if separator else ""
    return [
        Suggestion(f"{head}{each.value}", each.label)
        for each in await suggest_topics(context, last.strip(), request)
        if each.value not in head
    ]
