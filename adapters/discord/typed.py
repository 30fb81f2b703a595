"""Commands: those that are typed, and the one on a message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from adapters.discord import replies, requests, tree
from adapters.discord.kit import Kit
from adapters.discord.ways import Way
from bot.cards import Card
from bot.identifiers import arxiv_ids
from bot.language import gettext, phrase
from bot.ports.commands import Answer, Request

_ON_MESSAGE: Final = 3
_MOST: Final = 100
"""Papers that are looked for in one message; so many ids fit into a command."""
_TEXTS: Final = frozenset({"content", "title", "description", "text", "name", "value", "label", "url"})
"""Where words and links stand in a message and its parts."""
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
    given = {**tree.arguments(data, found), **kit.tree.fixed.get(path, {})}
    asked = requests.request(interaction, kit.clock(), found.name, given, here=way.here, setup=setup)
    chosen = tree.elsewhere(data, found)
    if chosen:
        asked = requests.there(asked, interaction, chosen, setup=setup)
        setup = setup and asked.person.manager
    return await replies.reply(kit, way, asked, setup=setup)


def _within(kit: Kit, way: Way) -> Request:
    """Ask for the papers of a message, of which nothing but their ids is passed on."""
    data: Any = way.interaction.data
    message = data["resolved"]["messages"][data["target_id"]]
    named = arxiv_ids(" ".join(_said(message)))[:_MOST]
    return requests.request(way.interaction, kit.clock(), "within", {"text": " ".join(named)}, here=way.here)


def _said(part: Any, name: str = "") -> Iterator[str]:
    """Yield what a message says, wherever Discord keeps it: in itself, its embeds, its components, what it forwards.

    https://docs.discord.com/developers/resources/message#message-object
    """
    if isinstance(part, str):
        yield from (part,) * (name in _TEXTS)
    elif isinstance(part, list):
        for each in part:
            yield from _said(each, name)
    elif isinstance(part, dict):
        for key, each in part.items():
            yield from _said(each, str(key))
