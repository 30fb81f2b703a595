"""Forum tags (REQUIRE_TAG): warns when a forum takes no post without a tag, and offers its tags as buttons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import discord

from adapters.discord.context import DiscordContext
from adapters.discord.delivery import forum_posts
from adapters.discord.events import channel_recovery
from bot.cards.models import Action, Card
from bot.domain.channels import Channel, ChannelKind
from bot.domain.preferences import Preferences
from bot.i18n.formatting import join_sentences, quote_name
from bot.i18n.translation import gettext, phrase
from bot.ports.commands import Answer, Command, ParameterType, Request, find_command

_TAG_REQUIRED: Final = phrase(
    "{forum} takes no post without a tag, and none of its tags fits every paper: Discord would refuse the posts. "
    "Choose the tag for them, or make one named “Papers” in the forum’s settings."
)
_MAX_TAGS: Final = 20
"""Tags that a forum has: https://docs.discord.com/developers/resources/channel#channel-object."""


async def add_tag_warning(context: DiscordContext, request: Request, answer: Answer) -> Answer:
    """Return the answer to whoever lets posts come, with what their forum lacks and its tags to choose from."""
    card = answer.body
    if not isinstance(card, Card) or card.tone == "mistake":
        return answer
    looked = [
        (forum, await _check_required_tag(context, forum)) for forum in await _find_target_forums(context, request)
    ]
    started = [(forum, tags) for forum, tags in looked if tags is not None]
    if not started:
        return answer
    text = join_sentences(card.text, *(gettext(_TAG_REQUIRED, forum=_format_forum_name(forum)) for forum, _ in started))
    commands = context.commands.list_commands()
    choices = tuple(
        button
        for forum, tags in started
        for tag in tags
        for button in _build_tag_buttons(commands, forum, tag, request, name_forum=len(started) > 1)
    )
    # Where they would be too many for the rows of a message, those of the digest's papers give way.
    return replace(answer, body=replace(card, text=text, actions=(*card.actions, *choices[:_MAX_TAGS])))


async def _find_target_forums(context: DiscordContext, request: Request) -> Sequence[Channel]:
    """Return the forums in which a request starts posts: a digest's, or those of papers that readers lift."""
    command = find_command(context.commands.list_commands(), request.command)
    if command is None or not command.starts_posts or not command.is_confirmed(request.arguments):
        return []
    if not command.spans_channels:
        return (
            [request.channel]
            if request.channel.kind is ChannelKind.FORUM
            else await _find_promotion_forums(context, request.channel)
        )
    only = command.get_argument(ParameterType.CHANNEL, request.arguments)
    forums = [forum for forum in context.directory.list_forums(request.channel) if only in {"", forum.id}]
    return [
        forum
        for forum in forums
        if (channel_state := await context.channels.get(forum)) and channel_state.preferences.on
    ]


async def _find_promotion_forums(context: DiscordContext, channel: Channel) -> Sequence[Channel]:
    """Return the forum into which the papers of a channel's digest are lifted, if they are."""
    known = await context.channels.get(channel)
    wanted = known.preferences if known else Preferences()
    return [context.directory.find_channel(channel, wanted.into)] if wanted.lift and wanted.into else []


def _format_forum_name(forum: Channel) -> str:
    return quote_name(forum.name) if forum.name else gettext("This forum")


def _build_tag_buttons(
    commands: Sequence[Command], forum: Channel, tag: str, request: Request, *, name_forum: bool
) -> Iterator[Action]:
    """Yield the button that chooses a tag, by the first command that takes one; it names the forum among others."""
    label = gettext("Use “{tag}”", tag=tag)
    if name_forum:
        label = gettext("Use “{tag}” in {place}", tag=tag, place=forum.name)
    channel = "" if forum.id == request.channel.id else forum.id
    for command in commands:
        if parameter := command.find_parameter(ParameterType.TAG):
            yield Action(label, command.name, {parameter.name: tag}, channel=channel)
            return


async def _check_required_tag(context: DiscordContext, channel: Channel) -> list[str] | None:
    """Return the usable tags of a forum that requires one where none fits every paper; None where nothing is lacking.

    One that had fallen silent for want of the tag that is chosen now goes on.
    """
    forum = context.directory.find_discord_channel(channel)
    if not isinstance(forum, discord.ForumChannel):
        return None
    channel_state = await context.channels.get(channel)
    if forum_posts.accepts_papers(forum, channel_state.preferences.tag if channel_state else ""):
        await channel_recovery.restore_channel(context, forum)
        return None
    return [tag["name"] for tag in forum_posts.list_usable_tags(forum)]
