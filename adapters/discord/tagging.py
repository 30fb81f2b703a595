"""A forum that wants tags: whoever sets a digest up there is asked at once for what it would be refused for at nine."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import discord

from adapters.discord import forums, repairs
from adapters.discord.kit import Kit
from bot.cards import Action, Card
from bot.language import gettext, joined, phrase, quoted
from bot.models import Channel, Kind
from bot.ports.commands import Answer, Request

_STARTING: Final = frozenset({"digest on", "digest now", "settings", "digest set"})
_UNTAGGED: Final = phrase(
    "{forum} takes no post without a tag, and none of its tags fits every paper: Discord would refuse the posts. "
    "Choose the tag for them, or make one named “Papers” in the forum’s settings."
)
_MOST: Final = 20
"""Tags that a forum has: https://docs.discord.com/developers/resources/channel#channel-object."""


async def warned(kit: Kit, asked: Request, answer: Answer) -> Answer:
    """Return the answer to whoever starts a digest, with what its forum lacks and its tags to choose from."""
    card = answer.body
    if asked.command not in _STARTING or not isinstance(card, Card) or card.tone == "mistake":
        return answer
    tags = await _lacking(kit, asked.channel)
    if tags is None:
        return answer
    text = gettext(_UNTAGGED, forum=quoted(asked.channel.name) if asked.channel.name else gettext("This forum"))
    choices = tuple(Action(gettext("Use “{tag}”", tag=tag), "settings", {"tag": tag}) for tag in tags[:_MOST])
    # Where they would be too many for the rows of a message, those of the digest's papers give way.
    body = replace(card, text=joined(card.text, text), actions=(*card.actions, *choices))
    return replace(answer, body=body)


async def _lacking(kit: Kit, channel: Channel) -> list[str] | None:
    """Return the tags of a forum that requires one where none fits every paper; None where nothing is lacking.

    One that had fallen silent for want of the tag that is chosen now goes on.
    """
    forum = kit.rooms.find(channel) if channel.kind is Kind.FORUM else None
    if not isinstance(forum, discord.ForumChannel):
        return None
    known = await kit.channels.get(channel)
    if forums.takes(forum, known.preferences.tag if known else ""):
        await repairs.here(kit, forum)
        return None
    return [tag.name for tag in forum.available_tags]
