"""What Discord tells of its places: joined, left, deleted, renamed, repaired; subscriptions stay true."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Coroutine
from typing import Any, Final

import discord

from adapters.discord import invite, rooms
from adapters.discord.kit import Kit
from adapters.discord.requests import direct, kind
from adapters.discord.rights import Place, posts
from bot.language import phrase
from bot.models import Channel, Person
from bot.ports.places import Workspace

DELETED: Final = phrase("the channel was deleted")
LEFT: Final = phrase("Broadsheet was removed from the server")

log = logging.getLogger(__name__)


def listen(kit: Kit) -> None:
    """Take the events: https://docs.discord.com/developers/events/gateway-events; the names are discord.py's."""
    for event, happens in {
        "ready": reconcile,
        "guild_join": _joined,
        "guild_remove": _left,
        "guild_update": _renamed,
        "guild_channel_delete": _deleted,
        "guild_channel_update": _changed,
        "raw_thread_delete": _thread_deleted,
        "thread_update": _changed,
        "guild_role_update": _role_changed,
        "guild_role_delete": _role_deleted,
        "member_update": _member_changed,
    }.items():
        kit.client.event(_listener(event, happens, kit))


def _listener(event: str, happens: Any, kit: Kit) -> Callable[..., Coroutine[Any, Any, None]]:
    """Return what discord.py calls; whatever goes wrong is a line in the log, with a reference.

    Of a change it tells how things were and how they are; only the latter counts.
    """

    async def told(*given: Any) -> None:
        kit.client.note()
        try:
            await happens(kit, *given[-1:])
        except Exception:
            log.exception("A listener failed, reference %s", secrets.token_hex(3))

    told.__name__ = f"on_{event}"
    return told


async def reconcile(kit: Kit) -> None:
    """Make good for what happened while nobody listened: servers joined and left. A second time changes nothing."""
    here = {str(server.id): server for server in kit.client.guilds}
    if not here:
        log.info("The bot is in no server yet. Invite it: %s", invite.link(str(kit.client.application_id)))
    known = {each.id for each in await kit.workspaces.of("discord")}
    for gone in known - set(here):
        await kit.presence.uninstalled("discord", gone, LEFT, kit.clock())
    for identity, server in here.items():
        if identity not in known:
            await _joined(kit, server)
        else:
            await _repaired(kit, server)


def workspace(server: discord.Guild) -> Workspace:
    """Return a server as the core knows it; its owner can repair what is broken."""
    return Workspace("discord", str(server.id), server.name, managers=(str(server.owner_id),))


async def _joined(kit: Kit, server: discord.Guild) -> None:
    """Keep the server, and greet it once."""
    now = kit.clock()
    await kit.presence.installed(workspace(server), now)
    await kit.presence.invited(greeted(server), Person(""), now)


def greeted(server: discord.Guild) -> Channel:
    """Return where to say hello: the system channel, else the first that can be written to, else its owner."""
    wanted = [*filter(None, (server.system_channel,)), *server.text_channels]
    place = next((each for each in wanted if posts(each, kind(each.type.value))), None)
    return rooms.channel(place) if place else direct(str(server.owner_id))


async def _left(kit: Kit, server: discord.Guild) -> None:
    await kit.presence.uninstalled("discord", str(server.id), LEFT, kit.clock())


async def _renamed(kit: Kit, server: discord.Guild) -> None:
    await kit.presence.installed(workspace(server), kit.clock())


async def _deleted(kit: Kit, place: Place) -> None:
    await kit.presence.gone(rooms.channel(place), DELETED, kit.clock())


async def _thread_deleted(kit: Kit, thread: discord.RawThreadDeleteEvent) -> None:
    there = Channel("discord", str(thread.guild_id), str(thread.thread_id), kind(thread.thread_type.value))
    await kit.presence.gone(there, DELETED, kit.clock())


async def _role_changed(kit: Kit, role: discord.Role) -> None:
    await _repaired(kit, role.guild)


async def _role_deleted(kit: Kit, role: discord.Role) -> None:
    await kit.presence.unnamed("discord", str(role.guild.id), str(role.id), kit.clock())
    await _repaired(kit, role.guild)


async def _member_changed(kit: Kit, member: discord.Member) -> None:
    """Look anew at what the bot may when its own roles change; others' don't count."""
    if member.id == member.guild.me.id:
        await _repaired(kit, member.guild)


async def _changed(kit: Kit, place: Place) -> None:
    """Keep a channel's name, and go on where posting had stopped and is possible again."""
    there = rooms.channel(place)
    await kit.presence.renamed(there, kit.clock())
    if _writable(place):
        await kit.presence.back(there, kit.clock())


async def _repaired(kit: Kit, server: discord.Guild) -> None:
    """Go on in every channel of a server that had gone and can be posted to again."""
    for standing in await kit.channels.of("discord", str(server.id)):
        place = kit.rooms.find(standing.channel) if standing.retired else None
        if place and _writable(place):
            await kit.presence.back(standing.channel, kit.clock())


def _writable(place: Place) -> bool:
    locked = isinstance(place, discord.Thread) and place.locked
    return not locked and posts(place, kind(place.type.value))
