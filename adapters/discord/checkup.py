"""What `doctor` looks at in Discord: the token, and what the bot may in the channels that should have a digest."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Final

from adapters.discord import invite, rights
from adapters.discord.client import Client
from adapters.discord.gateway import login, serve
from adapters.discord.rooms import Rooms
from bot.errors import Refused, TryLater
from bot.models import Kind
from bot.ports.places import Standing
from bot.wording import count, reason

Finding = tuple[bool, str]
"""Whether it is well, and how it is; what to do where it is not."""
_PATIENCE: Final = 30.0
"""Seconds until the gateway has told of all servers."""
_SILENT: Final = "Discord’s gateway does not answer. Check the network, or DISCORD_GATEWAY_URL."


async def look(client: Client, token: str, wanted: Sequence[Standing]) -> Sequence[Finding]:
    """Connect as the bot does, beside one that runs or not; look at the channels of *wanted*, and close *client*."""
    ready, stop = asyncio.Event(), asyncio.Event()

    async def on_ready() -> None:
        ready.set()

    client.event(on_ready)
    try:
        await login(client, token)
        told = await _told(client, token, ready, stop)
    except (Refused, TryLater) as error:
        return [(False, str(error))]
    else:
        return list(_found(client, wanted)) if told else [(False, _SILENT)]
    finally:
        await client.close()


async def _told(client: Client, token: str, ready: asyncio.Event, stop: asyncio.Event) -> bool:
    """Stay connected until the gateway has told of every server; False when it never does."""
    serving, told = asyncio.create_task(serve(client, token, stop)), asyncio.create_task(ready.wait())
    try:
        await asyncio.wait({serving, told}, timeout=_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.set()
        told.cancel()
        await asyncio.gather(told, return_exceptions=True)
        await serving
    return ready.is_set()


def _found(client: Client, wanted: Sequence[Standing]) -> Iterator[Finding]:
    """Look at what the gateway has told."""
    name = client.user.name if client.user else "?"
    link = invite.link(str(client.application_id))
    yield True, f"Discord knows the bot as {name}, in {count(len(client.guilds), 'server')}."
    if not client.guilds:
        yield True, f"Invite it to one: {link}"
    rooms, well = Rooms(client), 0
    for standing in wanted:
        trouble = _trouble(client, rooms, standing, link)
        well += not trouble
        if trouble:
            yield False, trouble
    if well:
        yield True, f"The bot can post in {count(well, 'channel')} that should have a digest."


def _trouble(client: Client, rooms: Rooms, standing: Standing, link: str) -> str:
    """Say what is wrong with a channel; "" when nothing is."""
    channel = standing.channel
    named = f"#{channel.name}" if channel.name else f"the channel {channel.id}"
    server = client.get_guild(int(channel.workspace))
    if server is None:
        return f"The bot is not in the server of {named}, which has a digest. Invite it: {link}"
    place = rooms.find(channel)
    # Of threads Discord tells only the open ones; an archived one is opened by the next post.
    if place is None and channel.kind is not Kind.THREAD:
        return f"Discord finds no {named} of {server.name}, which has a digest: it was deleted. Its settings are kept."
    trouble = rights.trouble(place, standing.preferences) if place else ""
    if standing.retired and not trouble:
        why = reason(standing.retired)
        trouble = f"nothing is posted there any more: {why}. Once that is mended, /papers-setup digest on tries again."
    named = f"#{place.name}" if place else named
    return f"{named} of {server.name}, which has a digest: {trouble}" if trouble else ""
