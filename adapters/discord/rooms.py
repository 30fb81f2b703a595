"""The directory: the channels that the bot and a person are both in, from what the gateway told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import discord

from adapters.discord import rights
from adapters.discord.requests import direct, kind
from adapters.discord.rights import Place, posts
from bot.errors import TryLater, Unsendable
from bot.language import phrase
from bot.models import Channel
from bot.ports.places import Room, Standing, Workspace

_AGAIN = 5.0


@dataclass(frozen=True, slots=True)
class Rooms:
    """What Discord knows of channels. Implements `bot.ports.places.Directory`."""

    client: discord.Client

    async def shared(self, workspace: str, person: str) -> Sequence[Room]:
        """Return the channels in which the bot can post and which the person sees, by name."""
        server = self.client.get_guild(int(workspace)) if workspace.isdecimal() else None
        if server is None:
            return ()
        member = await self._member(server, int(person))
        seen = [place for place in places(server) if place.permissions_for(member).view_channel]
        rooms = [Room(channel(place), getattr(place, "topic", None) or "") for place in seen if _open(place)]
        return sorted(rooms, key=lambda room: room.channel.name)

    def reach(self, workspace: Workspace) -> Sequence[Channel]:
        """Return the direct messages of those who manage a server, then where everybody there hears it."""
        server = self.client.get_guild(int(workspace.id)) if workspace.id.isdecimal() else None
        place = lobby(server) if server else None
        return [*map(direct, workspace.managers), *([channel(place)] if place else [])]

    def called(self, channel: Channel, identity: str) -> str:
        """Return the name of a role or of a channel."""
        server = self.client.get_guild(int(channel.workspace)) if channel.workspace.isdecimal() else None
        if server is None or not identity.isdecimal():
            return ""
        role, place = server.get_role(int(identity)), server.get_channel(int(identity))
        return f"@{role.name}" if role else f"#{place.name}" if place else ""

    async def trouble(self, standing: Standing) -> str:
        """Say what the bot lacks in a channel, by the names of Discord's own settings."""
        place = self.find(standing.channel)
        return rights.trouble(place, standing.preferences) if place else ""

    @staticmethod
    async def _member(server: discord.Guild, person: int) -> discord.Member:
        try:
            return await server.fetch_member(person)
        except discord.NotFound as error:
            raise Unsendable(phrase("This person is not in the server")) from error
        except (discord.HTTPException, OSError, TimeoutError) as error:
            raise TryLater(phrase("Discord can’t be asked who sees which channel"), _AGAIN) from error

    def elsewhere(self, here: Channel, identity: str) -> Channel:
        """Return another channel of the same server."""
        there = replace(here, id=identity, name="")
        place = self.find(there)
        return channel(place) if place else there

    def forums(self, here: Channel) -> Sequence[Channel]:
        """Return the forums of a channel's server."""
        server = self.client.get_guild(int(here.workspace)) if here.workspace.isdecimal() else None
        return [channel(forum) for forum in server.forums] if server else ()

    def find(self, there: Channel) -> Place | None:
        """Return a channel as the gateway told of it."""
        server = self.client.get_guild(int(there.workspace)) if there.workspace.isdecimal() else None
        return server.get_channel_or_thread(int(there.id)) if server else None


def places(server: discord.Guild) -> Iterator[Place]:
    """Yield the channels of a server in which a digest makes sense."""
    yield from server.text_channels
    yield from server.forums


def lobby(server: discord.Guild) -> Place | None:
    """Return where a server is spoken to: its system channel, else the first that can be written to, if any can."""
    wanted = [*filter(None, (server.system_channel,)), *server.text_channels]
    return next((place for place in wanted if _open(place)), None)


def channel(place: Place) -> Channel:
    """Return a channel as the core knows it."""
    return Channel("discord", str(place.guild.id), str(place.id), kind(place.type.value), place.name)


def _open(place: Place) -> bool:
    return posts(place, kind(place.type.value))
