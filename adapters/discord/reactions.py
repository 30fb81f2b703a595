"""Reactions to a digest: a number's emoji stands for the paper with that number."""

from __future__ import annotations

import logging
from typing import Any, Final

import discord

from adapters.discord import rooms
from adapters.discord.kit import Kit
from adapters.discord.places import MESSAGE
from bot.errors import BroadsheetError

_KEYCAP: Final = "\ufe0f\u20e3"
_NUMBERS: Final = {**{f"{n}{_KEYCAP}": n for n in range(1, 10)}, "\U0001f51f": 10}
"""1️⃣ to 9️⃣, and 🔟."""
_MOST: Final = 100
"""People that Discord names at once, and the most that can be asked for."""

log = logging.getLogger(__name__)


def listen(kit: Kit) -> None:
    """Take reactions."""

    async def on_raw_reaction_add(reaction: discord.RawReactionActionEvent) -> None:
        kit.client.note()
        try:
            await _added(kit, reaction)
        except BroadsheetError as error:
            log.warning("A reaction was not counted: %s", error)

    kit.client.event(on_raw_reaction_add)


async def _added(kit: Kit, reaction: discord.RawReactionActionEvent) -> None:
    """Count the people behind a reaction, as they are now, where that may lift a paper."""
    number = _NUMBERS.get(reaction.emoji.name)
    server = kit.client.get_guild(reaction.guild_id) if reaction.guild_id else None
    place = server.get_channel_or_thread(reaction.channel_id) if server else None
    if number is None or place is None:
        return
    channel = rooms.channel(place)
    if not await kit.crowd.needed(channel):
        return
    people: list[dict[str, Any]] = await kit.rest.call(
        "GET",
        f"{MESSAGE}/reactions/{{emoji}}",
        params={"limit": _MOST},
        channel_id=reaction.channel_id,
        message_id=reaction.message_id,
        emoji=reaction.emoji.name,
    )
    readers = {person["id"] for person in people if not person.get("bot")}
    await kit.crowd.reacted(channel, str(reaction.message_id), number, len(readers), kit.clock())
