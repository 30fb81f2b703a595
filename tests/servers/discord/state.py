"""What there is on Discord now, and what follows from it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any, Final

from tests.servers.discord import rights
from tests.servers.discord.clock import Clock
from tests.servers.discord.faults import Fault
from tests.servers.discord.limits import Limits
from tests.servers.discord.things import Bot, Call, Guild, Impossible, Json, Person, Place, Refusal, Role, Shown


class State:
    """Servers, people, channels and messages.

    ``reactions`` and ``bursts``, the super reactions, are by message and emoji.
    ``violations`` says what real Discord would have refused of the app, one sentence each. ``calls`` are all requests,
    oldest first. ``commands`` is what is synced, ``syncs`` how often. ``invalid`` counts answers 401, 403 and 429 that
    count towards a ban. ``old_edits`` is how often messages older than an hour may be edited per channel (None: ever),
    and ``old_wait`` how many seconds are to be waited then.
    """

    def __init__(self) -> None:
        self.clock: Final = Clock()
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.commands: list[Json] = []
        self.syncs = 0
        self.invalid = 0
        self.nonce_seconds: float = 120
        self.old_edits: int | None = None
        self.old_wait: float = 1
        self.bots: dict[str, Bot] = {}
        self.guilds: dict[str, Guild] = {}
        self.roles: dict[str, Role] = {}
        self.people: dict[str, Person] = {}
        self.places: dict[str, Place] = {}
        self.whispers: dict[str, Shown] = {}
        self.reactions: dict[str, dict[str, list[str]]] = {}
        self.bursts: dict[str, dict[str, list[str]]] = {}
        self.nonces: dict[tuple[str, str], tuple[float, str, str]] = {}
        self.aged: dict[str, int] = {}
        self.permitted: set[tuple[str, str]] = set()
        self.faults: list[Fault] = []
        self.rates: Final = Limits()
        self.names: dict[str, str] = {"@everyone": "@everyone", "@here": "@here"}
        self._changed = asyncio.Event()

    async def wait(self, condition: Callable[[], Any], seconds: float = 20) -> Any:
        """Return what *condition* returns as soon as that is true; it is asked again after each change."""
        end = time.monotonic() + seconds
        while not (met := condition()):
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"This did not become true within {seconds:g} s.")
            try:
                # What changes outside of the server is noticed a little later.
                await asyncio.wait_for(self._changed.wait(), min(left, 0.05))
            except TimeoutError:
                continue
        return met

    @property
    def app(self) -> Bot:
        """The bot that was added last."""
        if not self.bots:
            raise Impossible("There is no bot yet.")
        return next(reversed(self.bots.values()))

    @property
    def has_app(self) -> bool:
        """Whether there is a bot."""
        return bool(self.bots)

    def changed(self) -> None:
        """Wake those who wait."""
        self._changed.set()
        self._changed = asyncio.Event()

    def put(self, shown: Shown) -> Shown:
        """Keep a message, new or changed."""
        if shown.to:
            self.whispers[shown.id] = shown
        else:
            self.places[shown.channel].posts[shown.id] = shown
        self.changed()
        return shown

    def drop(self, shown: Shown) -> None:
        """Remove a message."""
        self.whispers.pop(shown.id, None)
        if shown.channel in self.places:
            self.places[shown.channel].posts.pop(shown.id, None)
        self.changed()

    def now(self, shown: Shown) -> Shown:
        """Return a message as it stands now."""
        place = self.places.get(shown.channel)
        found = self.whispers.get(shown.id) or (place.posts.get(shown.id) if place else None)
        if found is None:
            raise Impossible("The message is no longer there.")
        return found

    def change(self, shown: Shown, **parts: Any) -> Shown:
        """Keep a message with other parts."""
        return self.put(replace(shown, **parts))

    def conversation(self, user: str) -> Place:
        """Return the bot's conversation with somebody, opened if need be."""
        found = [place for place in self.places.values() if place.recipient == user]
        if found:
            return found[0]
        if user not in self.people:
            raise Refusal(50033)
        place = Place(self.clock.snowflake(), kind="direct", recipient=user)
        self.places[place.id] = place
        return place

    def roles_of(self, user: str, guild: Guild) -> tuple[str, ...]:
        """Return the roles of a member besides everyone's."""
        mine = self.people[user].roles if user in self.people else ()
        return tuple(one for one in mine if one in self.roles and self.roles[one].guild == guild.id)

    def overwrites(self, place: Place) -> list[rights.Overwrite]:
        """Return the exceptions that a channel makes, the bot's own included."""
        if not self.bots:
            return place.overwrites
        allow = rights.ALL if place.permissions is None else place.permissions
        mine = rights.overwrite(self.app.user, member=True, allow=allow, deny=rights.ALL & ~allow)
        return [*place.overwrites, mine]

    def permissions(self, user: str, place: Place) -> int:
        """Return what a member may do in a channel; a thread is as its channel."""
        if place.kind == "direct":
            return rights.ALL
        home, guild = self.places.get(place.parent, place), self.guilds[place.guild]
        if user == guild.owner:
            return rights.ALL | rights.ADMINISTRATOR
        roles = self.roles_of(user, guild)
        basis = self.roles[guild.id].permissions
        for one in roles:
            basis |= self.roles[one].permissions
        return rights.resolve(basis, guild.id, roles, user, self.overwrites(home))

    def violation(self, where: str, found: Collection[str]) -> None:
        """Record what Discord would refuse."""
        self.violations += [f"{where}: {text}" for text in found]
