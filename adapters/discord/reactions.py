"""Reactions to a digest: a number's emoji stands for the paper with that number.

The people behind a reaction are counted as they are now, so that a count may be made again at any time:
https://docs.discord.com/developers/resources/message#get-reactions.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import discord

from adapters.discord import history, keys, rooms
from adapters.discord.history import Held
from adapters.discord.kit import Kit
from adapters.discord.places import MESSAGE
from bot.errors import BroadsheetError, StoreError, TryLater
from bot.models import Channel

_KEYCAP: Final = "\ufe0f\u20e3"
_NUMBERS: Final = {**{f"{n}{_KEYCAP}": n for n in range(1, 10)}, "\U0001f51f": 10}
"""1️⃣ to 9️⃣, and 🔟."""
_PAGE: Final = 100
_PAGES: Final = 5
_NORMAL, _SUPER = 0, 1
_PAUSES: Final = (5.0, 30.0, 120.0)
"""Seconds until a count that failed is made again; after the last, the next reaction or connection makes it."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Digest:
    """A digest below which is counted: the id of its *first* message, and how many people are *needed*."""

    channel: Channel
    first: str
    needed: int


def listen(kit: Kit) -> None:
    """Take reactions, and those that came while nobody listened."""

    async def on_raw_reaction_add(reaction: discord.RawReactionActionEvent) -> None:
        kit.client.note()
        if reaction.emoji.name in _NUMBERS:
            await _patiently(partial(_added, kit, reaction))

    async def on_shard_ready(shard: int) -> None:
        kit.client.note()
        await _patiently(partial(_recount, kit, shard))

    kit.client.event(on_raw_reaction_add)
    kit.client.event(on_shard_ready)


async def _patiently(count: Callable[[], Awaitable[None]]) -> None:
    """Count, and do so again later where that can't be done now."""
    for pause in (*_PAUSES, 0.0):
        try:
            return await count()
        except BroadsheetError as error:
            if not (pause and isinstance(error, TryLater | StoreError)):
                return log.warning("Reactions were not counted: %s", error)
        await asyncio.sleep(pause)
    return None


async def _added(kit: Kit, reaction: discord.RawReactionActionEvent) -> None:
    """Count the people behind a reaction where that may lift a paper."""
    server = kit.client.get_guild(reaction.guild_id) if reaction.guild_id else None
    place = server.get_channel_or_thread(reaction.channel_id) if server else None
    channel = rooms.channel(place) if place else None
    needed = await kit.crowd.needed(channel) if channel else 0
    if channel and needed:
        held = await kit.rest.call("GET", MESSAGE, channel_id=reaction.channel_id, message_id=reaction.message_id)
        if first := await _first(kit, held):
            await _weigh(kit, _Digest(channel, first, needed), held, {reaction.emoji.name})


async def _recount(kit: Kit, shard: int) -> None:
    """Count below the latest digests of the servers of a *shard*: whom nobody was there to see has reacted too."""
    for channel, first in await kit.crowd.watched("discord", kit.clock()):
        server = kit.client.get_guild(int(channel.workspace))
        if server is None or server.shard_id != shard:
            continue
        try:
            _, there = await history.following(kit.rest, channel.id, first)
            needed = await kit.crowd.needed(channel) if there else 0
            for held in there.values() if needed else ():
                await _weigh(kit, _Digest(channel, first, needed), held, _NUMBERS.keys())
        except (TryLater, StoreError):
            raise
        except BroadsheetError as error:
            log.warning("Reactions in %s were not counted: %s", channel.key, error)


async def _first(kit: Kit, held: Held) -> str:
    """Return the first message of the digest that a message is a part of, by which the ledger knows it; "" if none."""
    read = keys.read(held) if held["author"]["id"] == kit.rest.me else None
    if read is None or read[1] == 0:
        return str(held["id"]) if read else ""
    return await history.first(kit.rest, held["channel_id"], read[0], held["id"])


async def _weigh(kit: Kit, digest: _Digest, held: Held, emojis: Collection[str]) -> None:
    """Count the people behind those of a message's reactions that are enough."""
    for reaction in held.get("reactions") or ():
        name = reaction["emoji"]["name"]
        if name in _NUMBERS and name in emojis and reaction["count"] >= digest.needed:
            people = await _people(kit, digest.channel, held, reaction)
            await kit.crowd.reacted(digest.channel, digest.first, _NUMBERS[name], len(people), kit.clock())


async def _people(kit: Kit, channel: Channel, held: Held, reaction: Held) -> set[str]:
    """Return the ids of those who react, by a super reaction too; neither bots nor whom the managers keep out."""
    burst = (reaction.get("count_details") or {}).get("burst", 0)
    found = {
        person["id"]
        for kind in ((_NORMAL, _SUPER) if burst else (_NORMAL,))
        for person in await _named(kit, held, reaction["emoji"]["name"], kind)
        if not person.get("bot")
    }
    workspace = await kit.workspaces.get(channel.platform, channel.workspace)
    return found - set(workspace.blocked if workspace else ())


async def _named(kit: Kit, held: Held, emoji: str, kind: int) -> list[dict[str, Any]]:
    """Return those whom Discord names behind an emoji, in order of their ids."""
    found: list[dict[str, Any]] = []
    for _ in range(_PAGES):
        page = await kit.rest.call(
            "GET",
            f"{MESSAGE}/reactions/{{emoji}}",
            params={"limit": _PAGE, "type": kind, **({"after": found[-1]["id"]} if found else {})},
            channel_id=held["channel_id"],
            message_id=held["id"],
            emoji=emoji,
        )
        found += page
        if len(page) < _PAGE:
            break
    return found
