"""What Discord tells of its places: joined, left, deleted, renamed, repaired; subscriptions stay true."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine
from typing import Any

import discord

from adapters.discord import repairs, rooms, servers
from adapters.discord.kit import Kit
from adapters.discord.requests import kind
from adapters.discord.rights import Place
from bot.models import Channel
from bot.wording import DELETED

log = logging.getLogger(__name__)


def listen(kit: Kit) -> None:
    """Take the events: https://docs.discord.com/developers/events/gateway-events; the names are discord.py's."""
    turn = asyncio.Lock()
    for event, happens in {
        "shard_ready": servers.reconcile,
        "guild_join": servers.arrived,
        "guild_available": servers.arrived,
        "guild_remove": servers.left,
        "guild_update": _now(servers.renamed),
        "guild_channel_create": _changed,  # also of one that the bot may see again
        "guild_channel_delete": _deleted,
        "guild_channel_update": _channel_changed,
        "raw_thread_delete": _thread_deleted,
        "thread_update": _now(_changed),
        "thread_join": _changed,
        "guild_role_update": _role_changed,
        "guild_role_delete": _role_deleted,
        "member_update": _now(_member_changed),
    }.items():
        kit.client.event(_listener(event, happens, kit, turn))


def _listener(event: str, happens: Any, kit: Kit, turn: asyncio.Lock) -> Callable[..., Coroutine[Any, Any, None]]:
    """Return what discord.py calls; whatever goes wrong is a line in the log, with a reference.

    What happens is written down one after the other, in its order: a beginning tells of thousands of servers at once,
    and people don't wait for them.
    """

    async def told(*given: Any) -> None:
        kit.client.note()
        try:
            async with turn:
                await happens(kit, *given)
        except Exception:
            log.exception("A listener failed, reference %s", secrets.token_hex(3))

    told.__name__ = f"on_{event}"
    return told


def _now(happens: Any) -> Callable[..., Coroutine[Any, Any, None]]:
    """Return what hears of a change: how things were, which does not count, and how they are."""

    async def heard(kit: Kit, _: Any, now: Any) -> None:
        await happens(kit, now)

    return heard


async def _deleted(kit: Kit, place: Place) -> None:
    await kit.presence.gone(rooms.channel(place), DELETED, kit.clock())


async def _thread_deleted(kit: Kit, thread: discord.RawThreadDeleteEvent) -> None:
    there = Channel("discord", str(thread.guild_id), str(thread.thread_id), kind(thread.thread_type.value))
    await kit.presence.gone(there, DELETED, kit.clock())


async def _role_changed(kit: Kit, before: discord.Role, role: discord.Role) -> None:
    """Look anew at what the bot may; some roles change their colour every few seconds."""
    if before.permissions != role.permissions:
        await repairs.everywhere(kit, role.guild)


async def _role_deleted(kit: Kit, role: discord.Role) -> None:
    await kit.presence.unnamed("discord", str(role.guild.id), str(role.id), kit.clock())
    await repairs.everywhere(kit, role.guild)


async def _member_changed(kit: Kit, member: discord.Member) -> None:
    """Look anew at what the bot may when its own roles change; others' don't count."""
    if member.id == member.guild.me.id:
        await repairs.everywhere(kit, member.guild)


async def _channel_changed(kit: Kit, before: discord.abc.GuildChannel, place: discord.abc.GuildChannel) -> None:
    """Look anew at a channel, and where other things are allowed there also at its threads, which it allows them to."""
    await _changed(kit, place)
    if before.overwrites != place.overwrites:
        await repairs.everywhere(kit, place.guild, asking=True)


async def _changed(kit: Kit, place: Place) -> None:
    """Keep a channel's name, and go on where posting had stopped and is possible again.

    A thread that is not among the open ones comes as one that the bot joins, whatever changed in it.
    """
    await kit.presence.renamed(rooms.channel(place), kit.clock())
    await repairs.here(kit, place)
