"""Buttons and selects: a command with its arguments filled in, pressed in a message."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from adapters.discord import panels, replies, requests, states
from adapters.discord.buttons import Press, open_, unfold
from adapters.discord.kit import Kit
from adapters.discord.requests import Interaction
from adapters.discord.ways import Way
from bot.cards import Card
from bot.errors import Malformed
from bot.ports.commands import Answer, Request

_OLD: Final = Answer(Card(text="This button is too old. Nothing was changed; ask again.", tone="mistake"))
_FOREIGN: Final = Answer(
    Card(text="This belongs to somebody else; ask for your own with the same command.", tone="mistake")
)


async def press(kit: Kit, interaction: Interaction) -> None:
    """Answer whoever pressed something, or chose from a list."""
    data: Any = interaction.data
    way = Way(kit, interaction, private=requests.private(interaction))
    if not _theirs(interaction):
        return await replies.tell(kit, way, _FOREIGN, _nothing(kit, interaction))
    if states.part(data["custom_id"]):
        return await panels.changed(kit, way, interaction)
    wanted = await _wanted(kit, (data.get("values") or [data["custom_id"]])[0])
    if wanted is None:
        return await replies.tell(kit, way, _OLD, _nothing(kit, interaction))
    asked = requests.request(
        interaction, kit.clock(), wanted.command, wanted.arguments, setup=wanted.manager, share=wanted.share
    )
    if wanted.channel:
        asked = replace(asked, channel=kit.rooms.elsewhere(asked.channel, wanted.channel))
    return await replies.reply(kit, way, asked, setup=wanted.manager)


def _theirs(interaction: Interaction) -> bool:
    """Tell whether a message is everybody's, or the answer to whoever presses now."""
    message = interaction.message
    asked = message.interaction_metadata if message else None
    return asked is None or asked.user.id == interaction.user.id


async def _wanted(kit: Kit, value: str) -> Press | None:
    """Return what is asked for, or None when that is not kept any more."""
    try:
        wanted = open_(value)
        if isinstance(wanted, Press):
            return wanted
        kept = await kit.actions.get(wanted)
        return unfold(kept) if kept else None
    except Malformed:
        return None


def _nothing(kit: Kit, interaction: Interaction) -> Request:
    return requests.request(interaction, kit.clock(), "help", {}, dry=True)
