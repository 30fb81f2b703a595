"""A forum that wants tags: whoever lets papers come is asked at once for what they would be refused for at nine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import discord

from adapters.discord import forums, repairs
from adapters.discord.kit import Kit
from bot.cards import Action, Card
from bot.language import gettext, joined, phrase, quoted
from bot.models import Channel, Kind, Preferences
from bot.ports.commands import Answer, Request

_STARTING: Final = frozenset({"digest on", "digest now", "settings", "digest set"})
_UNTAGGED: Final = phrase(
    "{forum} takes no post without a tag, and none of its tags fits every paper: Discord would refuse the posts. "
    "Choose the tag for them, or make one named “Papers” in the forum’s settings."
)
_MOST: Final = 20
"""Tags that a forum has: https://docs.discord.com/developers/resources/channel#channel-object."""


async def warned(kit: Kit, asked: Request, answer: Answer) -> Answer:
    """Return the answer to whoever lets posts come, with what their forum lacks and its tags to choose from."""
    card = answer.body
    if not isinstance(card, Card) or card.tone == "mistake":
        return answer
    looked = [(forum, await _lacking(kit, forum)) for forum in await _started(kit, asked)]
    started = [(forum, tags) for forum, tags in looked if tags is not None]
    if not started:
        return answer
    text = joined(card.text, *(gettext(_UNTAGGED, forum=_named(forum)) for forum, _ in started))
    choices = tuple(_choice(forum, tag, asked, several=len(started) > 1) for forum, tags in started for tag in tags)
    # Where they would be too many for the rows of a message, those of the digest's papers give way.
    return replace(answer, body=replace(card, text=text, actions=(*card.actions, *choices[:_MOST])))


async def _started(kit: Kit, asked: Request) -> Sequence[Channel]:
    """Return the forums in which a request starts posts: a digest's, or those of papers that readers lift."""
    if asked.command in _STARTING:
        return [asked.channel] if asked.channel.kind is Kind.FORUM else await _lifting(kit, asked.channel)
    if asked.command != "setup" or asked.arguments.get("confirm") != "yes":
        return []
    only = asked.arguments.get("channel", "")
    forums = [forum for forum in kit.rooms.forums(asked.channel) if only in {"", forum.id}]
    return [forum for forum in forums if (known := await kit.channels.get(forum)) and known.preferences.on]


async def _lifting(kit: Kit, channel: Channel) -> Sequence[Channel]:
    """Return the forum into which the papers of a channel's digest are lifted, if they are."""
    known = await kit.channels.get(channel)
    wanted = known.preferences if known else Preferences()
    return [kit.rooms.elsewhere(channel, wanted.into)] if wanted.lift and wanted.into else []


def _named(forum: Channel) -> str:
    return quoted(forum.name) if forum.name else gettext("This forum")


def _choice(forum: Channel, tag: str, asked: Request, *, several: bool) -> Action:
    """Return the button that chooses a tag; it names the forum where there are others."""
    label = gettext("Use “{tag}”", tag=tag)
    if several:
        label = gettext("Use “{tag}” in {place}", tag=tag, place=forum.name)
    return Action(label, "settings", {"tag": tag}, channel="" if forum.id == asked.channel.id else forum.id)


async def _lacking(kit: Kit, channel: Channel) -> list[str] | None:
    """Return the usable tags of a forum that requires one where none fits every paper; None where nothing is lacking.

    One that had fallen silent for want of the tag that is chosen now goes on.
    """
    forum = kit.rooms.find(channel)
    if not isinstance(forum, discord.ForumChannel):
        return None
    known = await kit.channels.get(channel)
    if forums.takes(forum, known.preferences.tag if known else ""):
        await repairs.here(kit, forum)
        return None
    return [tag["name"] for tag in forums.tags(forum)]
