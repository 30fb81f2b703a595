"""How a test sets Discord up, and what people see there."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tests.servers.discord import rights
from tests.servers.discord.faults import Fault, plain
from tests.servers.discord.state import State
from tests.servers.discord.things import Bot, Guild, Person, Place, Role, Shown


class World(State):
    """Servers, people, channels and messages as a test wants them."""

    # Setting up.

    def bot(
        self,
        token: str = "token-1",  # noqa: S107  # opens nothing but this server
        user: str = "1",
        application: str = "2",
        name: str = "Broadsheet",
        *,
        privileged: int = 0,
    ) -> Bot:
        """Add the app; *privileged* are the privileged intents that it is allowed."""
        self.bots[token] = Bot(token, user, application, name, privileged)
        self.names[f"<@{user}>"] = f"@{name}"
        return self.bots[token]

    def guild(
        self,
        id: str,  # noqa: A002  # Discord's word
        name: str = "Lab",
        owner: str = "100",
        system: str = "",
        *,
        locale: str = "en-US",
        present: bool = True,
    ) -> Guild:
        """Add a server; *system* is the channel for its own messages, or empty."""
        self.guilds[id] = Guild(id, name, owner, system, locale, present)
        self.roles.setdefault(id, Role(id, id, "@everyone", rights.EVERYONE))
        return self.guilds[id]

    def person(
        self,
        id: str,  # noqa: A002  # Discord's word
        name: str = "Ana",
        guilds: Collection[str] = ("10",),
        *,
        manages: bool = False,
        admin: bool = False,
        dms: bool = True,
        locale: str = "en-US",
        roles: Collection[str] = (),
        installed: bool = False,
    ) -> Person:
        """Add somebody; *manages* gives Manage Channels in every server, *admin* Manage Server too.

        *installed* tells that they installed the app to themselves.
        """
        given = set(roles)
        for guild in guilds:
            given |= {self._staff(guild, admin=admin)} if manages or admin else set()
        self.people[id] = Person(id, name, tuple(guilds), tuple(sorted(given)), dms, locale, installed)
        self.names[f"<@{id}>"] = f"@{name}"
        return self.people[id]

    def role(
        self,
        id: str,  # noqa: A002  # Discord's word
        guild: str = "10",
        name: str = "readers",
        *,
        mentionable: bool = False,
        permissions: int = 0,
    ) -> Role:
        """Add a role."""
        self.roles[id] = Role(id, guild, name, permissions, mentionable)
        self.names[f"<@&{id}>"] = f"@{name}"
        return self.roles[id]

    def channel(
        self,
        id: str,  # noqa: A002  # Discord's word
        guild: str = "10",
        name: str = "papers",
        kind: str = "text",
        *,
        permissions: int | None = None,
        topic: str = "",
        tags: Collection[tuple[str, str]] = (),
        requires_tag: bool = False,
        readers: Collection[str] | None = None,
    ) -> Place:
        """Add a channel: *kind* is text, announcement or forum; *permissions* are the bot's there (None: all).

        *readers* are the people who see it; None means everybody of the server.
        """
        place = Place(id, name, kind, guild, topic=topic, permissions=permissions)
        place.offered, place.requires_tag = tuple(tags), requires_tag
        if readers is not None:
            seen = [rights.overwrite(one, member=True, allow=rights.VIEW) for one in readers]
            place.overwrites = [rights.overwrite(guild, member=False, deny=rights.VIEW), *seen]
        self.places[id] = place
        self.names[f"<#{id}>"] = f"#{name}"
        return place

    def thread(
        self,
        id: str,  # noqa: A002  # Discord's word
        parent: str,
        name: str = "A thread",
        *,
        archived: bool = False,
        locked: bool = False,
        owner: str = "",
        tags: Collection[str] = (),
    ) -> Place:
        """Add a thread below a channel, or a post in a forum; the bot's own unless *owner* says otherwise."""
        place = Place(id, name, "thread", self.places[parent].guild, parent)
        place.owner = owner or (self.app.user if self.bots else "0")
        place.archived, place.locked, place.tags = archived, locked, tuple(tags)
        place.archived_at = self.clock.now() if archived else 0
        self.places[id] = place
        self.names[f"<#{id}>"] = f"#{name}"
        return place

    def say(self, content: str, channel: str, user: str, **more: Any) -> Shown:
        """Let somebody write a message; the app is not told, for it asks for no intent that would tell it."""
        return self.put(Shown(self.clock.snowflake(), channel, user, content, names=self.names, **more))

    def permit(self, command: str, user: str) -> None:
        """Let somebody use a command, as a server's integration settings can; "" stands for everybody."""
        self.permitted.add((command, user))

    def later(self, seconds: float) -> None:
        """Let time pass for tokens of interactions, nonces and the age of messages."""
        self.clock.later(seconds)

    def fail(self, route: str, **how: Any) -> Fault:
        """Let requests go wrong: *route* is "POST /channels/{channel_id}/messages" or "*"; see `Fault` for *how*."""
        self.faults.append(Fault(route, **how))
        return self.faults[-1]

    def limits(self, route: str, count: int, seconds: float) -> None:
        """Let a route take no more than *count* requests in *seconds*, per channel, server or webhook."""
        self.rates.routes[plain(route)] = (count, seconds)

    @property
    def most_a_second(self) -> int:
        """How many requests a second are taken over all routes; 0, as it is at first, means any number."""
        return self.rates.most_a_second

    @most_a_second.setter
    def most_a_second(self, most: int) -> None:
        self.rates.most_a_second = most

    # What people see.

    def shown(self, channel: str) -> list[Shown]:
        """Return the messages of a channel or a thread, oldest first."""
        place = self.places.get(channel)
        return [place.posts[one] for one in sorted(place.posts, key=int)] if place else []

    def threads(self, channel: str) -> list[Place]:
        """Return the threads of a channel, or the posts of a forum, oldest first."""
        mine = [place for place in self.places.values() if place.parent == channel]
        return sorted(mine, key=lambda place: int(place.id))

    def direct(self, user: str) -> list[Shown]:
        """Return the messages in somebody's conversation with the bot, oldest first."""
        found = [place for place in self.places.values() if place.recipient == user]
        return self.shown(found[0].id) if found else []

    @property
    def private(self) -> list[Shown]:
        """The answers that one person alone sees, in the order in which they came."""
        return [one for one in self.whispers.values() if not one.loading]

    def _staff(self, guild: str, *, admin: bool) -> str:
        """Return the role of those who manage a server, made when the first has it."""
        id_ = f"{guild}90000{int(admin)}"
        more = rights.MANAGE_GUILD if admin else 0
        name = "Admins" if admin else "Managers"
        self.roles.setdefault(id_, Role(id_, guild, name, rights.MANAGE_CHANNELS | more))
        return id_
