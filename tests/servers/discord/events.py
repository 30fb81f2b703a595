"""What happens on Discord that an app is told of: https://docs.discord.com/developers/events/gateway-events."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tests.servers.discord import payloads, people
from tests.servers.discord.gateway import Gateway
from tests.servers.discord.things import Guild, Place, Role, Shown


class Events(Gateway):
    """Each method changes the world and then tells the app, as Discord would."""

    async def join(self, guild: str, **about: Any) -> Guild:
        """Bring the bot into a server, made now unless it is there already; *about* as `World.guild` takes it."""
        if guild not in self.guilds or about:
            self.guild(guild, **about)
        one = self.guilds[guild]
        one.present = True
        arriving = payloads.arriving(self, one)
        # Only a server that comes back after an outage says whether it is available.
        del arriving["unavailable"]
        self.tell("GUILD_CREATE", arriving, guild)
        self.changed()
        return one

    async def leave(self, guild: str) -> None:
        """Take the bot out of a server."""
        self.guilds[guild].present = False
        self.tell("GUILD_DELETE", {"id": guild}, guild)
        self.changed()

    async def outage(self, guild: str, *, over: bool = False) -> None:
        """Let a server be out of reach, or (*over*) come back."""
        one = self.guilds[guild]
        one.available = over
        if over:
            self.tell("GUILD_CREATE", payloads.arriving(self, one), guild)
        else:
            self.tell("GUILD_DELETE", {"id": guild, "unavailable": True}, guild)

    async def transfer(self, guild: str, *, owner: str = "", system: str | None = None, name: str = "") -> None:
        """Change a server's owner, system channel or name."""
        one = self.guilds[guild]
        one.owner, one.name = owner or one.owner, name or one.name
        one.system = one.system if system is None else system
        self.tell("GUILD_UPDATE", payloads.guild(self, one), guild)

    async def create_channel(self, id: str, **about: Any) -> Place:  # noqa: A002  # Discord's word
        """Make a channel; *about* as `World.channel` takes it."""
        place = self.channel(id, **about)
        self.tell("CHANNEL_CREATE", payloads.channel(self, place), place.guild)
        return place

    async def drop_channel(self, channel: str) -> None:
        """Delete a channel or a thread."""
        self.forget(self.places[channel])

    async def rename(self, channel: str, name: str) -> None:
        """Rename a channel or a thread."""
        self.places[channel].name = name
        self.names[f"<#{channel}>"] = f"#{name}"
        self._updated(self.places[channel])

    async def allow(self, channel: str, permissions: int | None = None) -> None:
        """Change the bot's permissions in a channel; None gives it all."""
        self.places[channel].permissions = permissions
        self._updated(self.places[channel])

    async def retag(self, channel: str, tags: Collection[tuple[str, str]], *, requires_tag: bool | None = None) -> None:
        """Change the tags of a forum."""
        place = self.places[channel]
        place.offered = tuple(tags)
        place.requires_tag = place.requires_tag if requires_tag is None else requires_tag
        self._updated(place)

    async def archive_thread(self, thread: str, *, archived: bool = True, locked: bool = False) -> None:
        """Archive a thread, or bring it back; *locked* lets only moderators do so."""
        place = self.places[thread]
        place.archived, place.locked = archived, locked
        place.archived_at = self.clock.now()
        self._updated(place)

    async def create_role(self, id: str, **about: Any) -> Role:  # noqa: A002  # Discord's word
        """Make a role; *about* as `World.role` takes it."""
        role = self.role(id, **about)
        self.tell("GUILD_ROLE_CREATE", {"guild_id": role.guild, "role": people.role(role)}, role.guild)
        return role

    async def change_role(self, role: str, *, permissions: int) -> None:
        """Change what a role may do in its server."""
        one = self.roles[role]
        one.permissions = permissions
        self.tell("GUILD_ROLE_UPDATE", {"guild_id": one.guild, "role": people.role(one)}, one.guild)

    async def delete_role(self, role: str) -> None:
        """Delete a role."""
        one = self.roles.pop(role)
        self.tell("GUILD_ROLE_DELETE", {"guild_id": one.guild, "role_id": role}, one.guild)
        self.changed()

    async def delete_message(self, message: Shown) -> None:
        """Delete a message; the app is told when it asked for messages."""
        place = self.places[message.channel]
        self.drop(message)
        data = {"id": message.id, "channel_id": place.id} | ({"guild_id": place.guild} if place.guild else {})
        self.tell("MESSAGE_DELETE", data, place.guild, 1 << 9 if place.guild else 1 << 12)

    def _updated(self, place: Place) -> None:
        event = "THREAD_UPDATE" if place.parent else "CHANNEL_UPDATE"
        self.tell(event, payloads.channel(self, place), place.guild)
        self.changed()
