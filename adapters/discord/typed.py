"""Commands: those that are typed, and the one on a message."""

from __future__ import annotations

from typing import Any, Final

from adapters.discord import replies, requests, tree
from adapters.discord.kit import Kit
from adapters.discord.ways import Way
from bot.cards import Card
from bot.language import gettext, phrase
from bot.ports.commands import Answer, Request

_ON_MESSAGE: Final = 3
_LONGEST: Final = 2000
_STALE: Final = phrase(
    "This command is from an older version; Discord shows the new ones in a moment. Nothing was changed."
)


async def command(kit: Kit, way: Way) -> None:
    """Answer a command."""
    interaction = way.interaction
    data: Any = interaction.data
    if data.get("type") == _ON_MESSAGE:
        return await replies.reply(kit, way, _within(kit, way))
    path = tree.words(data)
    found = kit.tree.commands.get(path)
    if found is None:
        return await way.tell(Answer(Card(text=gettext(_STALE), tone="mistake")))
    setup = path[0] == tree.MANAGERS
    given = tree.arguments(data, found)
    asked = requests.request(interaction, kit.clock(), found.name, given, here=way.here, setup=setup)
    chosen = tree.elsewhere(data, found)
    if chosen:
        asked = requests.there(asked, interaction, chosen)
    return await replies.reply(kit, way, asked, setup=setup)


def _within(kit: Kit, way: Way) -> Request:
    """Ask for the papers of a message: Discord hands over the one on which somebody used the command."""
    data: Any = way.interaction.data
    message = data["resolved"]["messages"][data["target_id"]]
    linked = [str(each.get("url") or "") for each in message.get("embeds") or ()]
    text = " ".join([str(message.get("content") or ""), *linked])
    return requests.request(way.interaction, kit.clock(), "within", {"text": text[:_LONGEST]}, here=way.here)
