"""Discord, joined: one token, one gateway, every server that took the bot in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final

import typer

from adapters.discord import events, forums, gateway, invite, reactions, syncing
from adapters.discord.chat import DiscordChat, Taste
from adapters.discord.client import Client
from adapters.discord.kit import Kit
from adapters.discord.listening import Flights
from adapters.discord.pace import Pace
from adapters.discord.rest import Rest
from adapters.discord.rooms import Rooms
from adapters.discord.tree import tree
from bot.app.lines import Line, Open
from bot.crowds import Crowds
from bot.house import House, clock
from bot.models import Channel, Kind
from bot.ports.commands import Commands
from bot.presence import Attendance

_GRACE: Final = 10.0


def line(home: House) -> Line:
    """Return the line to Discord that the settings describe."""
    chosen, stores = home.settings, home.stores
    pace = Pace(time.monotonic)
    client = Client(chosen.discord_api_url, chosen.discord_gateway_url, pace.trace())
    rest, rooms = Rest(client, pace), Rooms(client)

    async def tastes(channel: Channel) -> Taste:
        wanted = (await stores.channels.open(channel, clock())).preferences
        tags = forums.tags(rooms.find(channel)) if channel.kind is Kind.FORUM else ()
        return Taste(wanted.pictures, wanted.mention, tags, wanted.tag)

    def connect(commands: Commands) -> Open:
        return _connect(home, commands, client, rest, rooms)

    return Line(DiscordChat(rest, stores.actions, tastes=tastes), rooms, connect)


def _connect(home: House, commands: Commands, client: Client, rest: Rest, rooms: Rooms) -> Open:
    """Build what takes people's commands."""
    stores = home.stores
    kit = Kit(
        commands=commands,
        tree=tree(commands),
        actions=stores.actions,
        channels=stores.channels,
        follows=stores.follows,
        workspaces=stores.workspaces,
        marks=stores.marks,
        presence=Attendance(stores, {"discord": rooms}),
        crowd=Crowds(stores),
        client=client,
        rest=rest,
        rooms=rooms,
        clock=clock,
    )
    client.event(_welcoming(client))
    flights = Flights(kit)
    flights.listen()
    events.listen(kit)
    reactions.listen(kit)

    async def serve(stop: asyncio.Event) -> None:
        synced = asyncio.create_task(syncing.keep(kit, stop))
        try:
            await gateway.serve(client, home.settings.discord_token, stop)
        finally:
            synced.cancel()
            await asyncio.gather(synced, return_exceptions=True)
        await flights.land(_GRACE)

    return Open(serve)


def _welcoming(client: Client) -> Callable[[], Coroutine[Any, Any, None]]:
    """Return what prints the invite link while the bot is in no server, for whoever has just started it."""

    async def on_ready() -> None:
        if link := invite.wanted(client):
            typer.echo(f"The bot is in no Discord server yet. Invite it: {link}")

    return on_ready
