"""A forum that wants tags: whoever starts a digest there hears at once what it would be refused for at nine."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import discord

from adapters.discord import forums
from adapters.discord.kit import Kit
from bot.cards import Card
from bot.models import Channel, Kind
from bot.ports.commands import Answer, Request

_STARTING: Final = frozenset({"digest on", "digest now"})
_UNTAGGED: Final = (
    "{} takes no post without a tag, and none of its tags fits every paper: Discord would refuse the posts. "
    "Make a tag named “Papers” in the forum’s settings."
)


def warned(kit: Kit, asked: Request, answer: Answer) -> Answer:
    """Return the answer to whoever starts a digest, with what its forum lacks."""
    card = answer.body
    if asked.command not in _STARTING or not isinstance(card, Card) or card.tone == "mistake":
        return answer
    if not _lacks(kit, asked.channel):
        return answer
    name = asked.channel.name or "This forum"
    text = " ".join(part for part in (card.text, _UNTAGGED.format(f"“{name}”")) if part)
    return replace(answer, body=replace(card, text=text))


def _lacks(kit: Kit, channel: Channel) -> bool:
    """Tell whether a channel is a forum that requires a tag where no tag fits every paper."""
    forum = kit.rooms.find(channel) if channel.kind is Kind.FORUM else None
    if not isinstance(forum, discord.ForumChannel) or not forum.flags.require_tag:
        return False
    return not forums.fitting([{"id": tag.id, "name": tag.name} for tag in forum.available_tags], Card())
