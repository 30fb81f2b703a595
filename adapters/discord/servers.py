"""The servers that the bot is in: they come, go, come back and change hands; each is known, and greeted once."""

from __future__ import annotations

from typing import Final

import discord

from adapters.discord import repairs, rooms
from adapters.discord.kit import Kit
from adapters.discord.requests import direct
from bot.language import phrase
from bot.models import Channel, Person
from bot.ports.places import Workspace

LEFT: Final = phrase("Broadsheet was removed from the server")


async def reconcile(kit: Kit, shard: int) -> None:
    """Make good for the servers of a shard that took the bot away while nobody listened.

    A session's beginning names all that it is in; those that it is in are told one by one besides, as `arrived`.
    """
    here = {str(server.id) for server in kit.client.guilds}
    for known in await kit.workspaces.of("discord"):
        if known.id not in here and _shard(known.id, kit.client.shard_count or 1) == shard:
            await kit.presence.uninstalled("discord", known.id, LEFT, kit.clock())


async def arrived(kit: Kit, server: discord.Guild) -> None:
    """Keep a server that the bot is in and that can be looked at, go on there, and greet one that is new.

    Whoever throws the bot out and invites it again may have done so to give it what it lacked.
    """
    known = await kit.workspaces.get("discord", str(server.id))
    await renamed(kit, server)
    if (known is None or known.left) and (place := greeted(server)):
        await kit.presence.invited(place, Person(""), kit.clock(), str(server.preferred_locale))
    await repairs.roles(kit, server)
    await repairs.everywhere(kit, server, asking=True)


async def left(kit: Kit, server: discord.Guild) -> None:
    """Stop posting to a server."""
    await kit.presence.uninstalled("discord", str(server.id), LEFT, kit.clock())


async def renamed(kit: Kit, server: discord.Guild) -> None:
    """Keep a server's name, and whose it is."""
    await kit.presence.installed(workspace(server), kit.clock(), owned=True)


def workspace(server: discord.Guild) -> Workspace:
    """Return a server as the core knows it; its owner can repair what is broken."""
    managers = (str(server.owner_id),) if server.owner_id else ()
    return Workspace("discord", str(server.id), server.name, managers=managers)


def greeted(server: discord.Guild) -> Channel | None:
    """Return where to say hello: where the server is spoken to, else to its owner, if that is known."""
    if place := rooms.lobby(server):
        return rooms.channel(place)
    return direct(server.owner_id) if server.owner_id else None


def _shard(server: str, count: int) -> int:
    """Return which of *count* shards tells of a server: https://docs.discord.com/developers/events/gateway#sharding."""
    return (int(server) >> 22) % count if server.isdecimal() else 0
