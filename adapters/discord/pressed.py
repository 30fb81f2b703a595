"""Buttons and selects: a command with its arguments filled in, pressed in a message."""

from __future__ import annotations

from typing import Any, Final

from adapters.discord import panels, replies, requests, states
from adapters.discord.buttons import Press, open_, unfold
from adapters.discord.kit import Kit
from adapters.discord.requests import Interaction
from adapters.discord.turning import turned
from adapters.discord.ways import Way
from bot.cards import Card
from bot.errors import Malformed
from bot.language import gettext, phrase
from bot.ports.commands import Answer

_OLD: Final = phrase("This button is too old. Nothing was changed; ask again.")
_FOREIGN: Final = phrase("This belongs to somebody else; ask for your own with the same command.")


async def press(kit: Kit, way: Way) -> None:
    """Answer whoever pressed something, or chose from a list."""
    interaction = way.interaction
    data: Any = interaction.data
    if not _theirs(interaction):
        return await way.tell(_wrong(_FOREIGN))
    if states.part(data["custom_id"]):
        return await panels.changed(kit, way)
    wanted = await _wanted(kit, (data.get("values") or [data["custom_id"]])[0])
    if wanted is None:
        return await way.tell(_wrong(_OLD))
    # Only what the bot told one person alone can have been opened from a manager's command.
    setup = wanted.manager and way.private
    asked = requests.request(
        interaction, kit.clock(), wanted.command, wanted.arguments, here=way.here, setup=setup, share=wanted.share
    )
    meant = turned(kit, interaction, asked, wanted.channel, setup=setup) if wanted.channel else asked
    if meant is None:
        return await way.tell(_wrong(_OLD))
    return await replies.reply(kit, way, meant, setup=setup)


def _wrong(sentence: str) -> Answer:
    return Answer(Card(text=gettext(sentence), tone="mistake"))


def _theirs(interaction: Interaction) -> bool:
    """Tell whether a message is everybody's, or the answer to whoever presses now."""
    message = interaction.message
    asked = message.interaction_metadata if message else None
    return asked is None or asked.user.id == interaction.user.id


async def _wanted(kit: Kit, value: str) -> Press | None:
    """Return what is asked for, or None when that is not kept any more, or was never ours."""
    try:
        wanted = open_(value)
        if isinstance(wanted, Press):
            return wanted
        kept = await kit.actions.get(wanted)
        return unfold(kept) if kept else None
    except (Malformed, UnicodeError):
        return None
