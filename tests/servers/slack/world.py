"""What there is in Slack, how a test sets it up, and what people see."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Collection
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Final

from tests.servers.slack.clock import Clock
from tests.servers.slack.faults import Fault
from tests.servers.slack.rules import ALL
from tests.servers.slack.things import Bot, Call, Group, Json, Person, Place, Refusal, Shown, Team

APP: Final = "A1BROADSHEET"


@dataclass(slots=True)
class Trigger:
    """The right to open one modal for a person; ``at`` is the server's seconds."""

    user: str
    team: str
    at: float
    used: bool = False


class World:
    """Workspaces, installations, people and channels.

    ``violations`` says what real Slack would have refused of the app, one line each. ``calls`` are all calls of the Web
    API, oldest first. ``limits`` switches the real rate limits on, ``restricted`` those of an app that is distributed
    outside of the Marketplace.
    """

    def __init__(self) -> None:
        self.clock: Final = Clock()
        self.limits = False
        self.restricted = False
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.unfurled: list[tuple[str, str, Json]] = []
        self.teams: dict[str, Team] = {}
        self.bots: dict[str, Bot] = {}
        self.app_tokens: set[str] = set()
        self.people: dict[str, Person] = {}
        self.places: dict[str, Place] = {}
        self.groups: dict[str, Group] = {}
        self.faults: list[Fault] = []
        self.triggers: dict[str, Trigger] = {}
        self.stacks: dict[str, list[Json]] = {}
        self.homes: dict[str, Json] = {}
        self._numbers = itertools.count(1)
        self._changed = asyncio.Event()

    # Setting up.

    def team(self, id: str, name: str = "Acme", enterprise: str = "") -> Team:  # noqa: A002  # Slack's word
        """Add a workspace."""
        self.teams[id] = Team(id, name, enterprise)
        return self.teams[id]

    def bot(
        self,
        team: str,
        token: str = "",
        user: str = "UBOT",
        bot: str = "B1",
        scopes: Collection[str] | None = None,
        *,
        expires: float | None = None,
    ) -> Bot:
        """Add an installation: into a workspace, or with an organisation's id ("E…") into all of its workspaces.

        *scopes* None means every one. *expires* is in seconds; such a token has a refresh token too.
        """
        token = token or self.secret("xoxb")
        org = team not in self.teams
        enterprise = team if org else self.teams[team].enterprise
        one = Bot(token, "" if org else team, user, bot, ALL if scopes is None else frozenset(scopes), enterprise)
        if expires is not None:
            one.expires, one.refresh = self.clock.now() + expires, self.secret("xoxe-1")
        self.people.setdefault(user, Person(user, "broadsheet", team, bot=True))
        self.bots[token] = one
        return one

    def app_token(self, token: str) -> None:
        """Add an app-level token with connections:write."""
        self.app_tokens.add(token)

    def person(
        self,
        id: str,  # noqa: A002  # Slack's word
        name: str = "Ana",
        team: str = "T1",
        tz: str = "Europe/Berlin",
        *,
        admin: bool = False,
        runs_all: bool = False,
    ) -> Person:
        """Add somebody."""
        self.people[id] = Person(id, name, team, tz, admin, runs_all=runs_all)
        return self.people[id]

    def channel(
        self,
        id: str,  # noqa: A002  # Slack's word
        name: str = "papers",
        team: str = "T1",
        members: Collection[str] = ("U1", "UBOT"),
        *,
        private: bool = False,
        archived: bool = False,
        purpose: str = "",
        shared: Collection[str] = (),
    ) -> Place:
        """Add a channel; *shared* are the other workspaces that take part in it."""
        self.places[id] = Place(id, name, team, set(members), private, archived, purpose, tuple(shared))
        return self.places[id]

    def group(self, id: str, handle: str = "leads", members: Collection[str] = (), team: str = "T1") -> Group:  # noqa: A002
        """Add a user group."""
        self.groups[id] = Group(id, handle, team, tuple(members))
        return self.groups[id]

    def say(self, text: str, channel: str, user: str, thread: str = "") -> Shown:
        """Let somebody write a message; the app is not told."""
        return self.put(Shown(self.place(channel).id, self.clock.ts(), user, text, thread=thread))

    def revoke(self, token: str, error: str = "token_revoked") -> None:
        """Let every later call with *token* fail so."""
        self.bots[token].dead = error

    def later(self, seconds: float) -> None:
        """Let time pass for triggers, response_urls, codes, tokens and rate limits."""
        self.clock.later(seconds)

    def fail(self, method: str, **how: Any) -> Fault:
        """Let calls go wrong; *how* are the fields of `Fault`."""
        self.faults.append(Fault(method, **how))
        return self.faults[-1]

    # What people see.

    def shown(self, channel: str) -> list[Shown]:
        """Return the messages of a channel (or of the conversation with a person), oldest first."""
        place = self.places.get(channel) or self.places.get(f"D{channel}")
        return [place.posts[ts] for ts in sorted(place.posts)] if place else []

    def whispers(self, channel: str, user: str) -> list[Shown]:
        """Return what only *user* sees in a channel, oldest first."""
        place = self.places.get(channel) or self.places.get(f"D{channel}")
        return [one for one in place.whispers if one.to == user] if place else []

    def views(self, user: str) -> list[Json]:
        """Return the person's open modals, top last; ``state`` is what stands in their fields."""
        return deepcopy(self.stacks.get(user, []))

    def home(self, user: str) -> Json | None:
        """Return the person's published home view."""
        return deepcopy(self.homes.get(user))

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

    # For the other parts of the server.

    def changed(self) -> None:
        """Wake those who wait."""
        self._changed.set()
        self._changed = asyncio.Event()

    def place(self, channel: str) -> Place:
        """Return a channel; a person's id stands for the conversation with them."""
        place = self.places.get(channel) or self.places.get(f"D{channel}")
        if place is None:
            raise Refusal("channel_not_found")
        return place

    def direct(self, user: str, bot: Bot) -> Place:
        """Return the conversation of a bot with a person, opened if need be."""
        person = self.people.get(user)
        if person is None or person.bot:
            raise Refusal("user_not_found")
        fresh = Place(f"D{user}", "", person.team, {user, bot.user}, direct=user)
        return self.places.setdefault(fresh.id, fresh)

    def put(self, shown: Shown) -> Shown:
        """Keep a message, new or changed."""
        place = self.places[shown.channel]
        if shown.to:
            place.whispers = [*(one for one in place.whispers if one.ts != shown.ts), shown]
            place.whispers.sort(key=lambda one: one.ts)
        else:
            place.posts[shown.ts] = shown
        self.changed()
        return shown

    def drop(self, shown: Shown) -> None:
        """Remove a message."""
        place = self.places[shown.channel]
        place.posts.pop(shown.ts, None)
        place.whispers = [one for one in place.whispers if one.ts != shown.ts]
        self.changed()

    def change(self, shown: Shown, **parts: Any) -> Shown:
        """Keep a message with other parts."""
        return self.put(replace(shown, **parts))

    def violation(self, where: str, found: Collection[str]) -> None:
        """Record what Slack would refuse."""
        self.violations += [f"{where}: {text}" for text in found]

    def trigger(self, user: str, team: str) -> str:
        """Return a fresh trigger_id."""
        name = self.secret("trigger")
        self.triggers[name] = Trigger(user, team, self.clock.now())
        return name

    def installed(self, team: str) -> Bot | None:
        """Return the living installation that serves a workspace, the newest first."""
        enterprise = self.teams[team].enterprise if team in self.teams else ""
        living = [bot for bot in self.bots.values() if not bot.dead]
        own = [bot for bot in living if bot.team == team]
        wide = [bot for bot in living if bot.org and enterprise and bot.enterprise == enterprise]
        return next(reversed([*wide, *own]), None)

    def secret(self, prefix: str) -> str:
        """Return a name that nobody had before."""
        return f"{prefix}-{next(self._numbers):06}"
