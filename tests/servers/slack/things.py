"""What there is in a workspace, as values, and the two ways in which Slack says no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.servers.slack import reading

Json = dict[str, Any]


class Refusal(Exception):
    """Slack's answer ``{"ok": false, "error": …}``; *more* joins it."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


class Impossible(AssertionError):
    """A test asks for what no person could do: press a button that is not there, skip a required field."""


@dataclass(frozen=True, slots=True)
class Team:
    """A workspace; ``enterprise`` is the id of the organisation that it belongs to, or empty."""

    id: str
    name: str
    enterprise: str = ""

    @property
    def domain(self) -> str:
        """The first part of its address."""
        return self.name.lower().replace(" ", "-")

    @property
    def organisation(self) -> Json | None:
        """Its organisation, as payloads write it."""
        return {"id": self.enterprise, "name": f"Org {self.enterprise}"} if self.enterprise else None


@dataclass(slots=True)
class Bot:
    """An installation: one token. ``team`` is empty for an org-wide one. ``dead`` is the error that its calls get."""

    token: str
    team: str
    user: str
    bot: str
    scopes: frozenset[str]
    enterprise: str = ""
    expires: float | None = None
    refresh: str = ""
    dead: str = ""

    @property
    def org(self) -> bool:
        """Whether it serves a whole organisation."""
        return not self.team


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody; ``team`` is where they are at home, and what an ``admin`` runs; ``runs_all``: its organisation."""

    id: str
    name: str
    team: str
    tz: str = "Europe/Berlin"
    admin: bool = False
    bot: bool = False
    runs_all: bool = False


@dataclass(slots=True)
class Place:
    """A channel, or (with ``direct``, a person's id) a conversation between them and a bot.

    ``shared`` are other workspaces that take part (Slack Connect).
    """

    id: str
    name: str
    team: str
    members: set[str]
    private: bool = False
    archived: bool = False
    purpose: str = ""
    shared: tuple[str, ...] = ()
    direct: str = ""
    posts: dict[str, Shown] = field(default_factory=dict)
    whispers: list[Shown] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The prefix of the scopes that open it."""
        return "im" if self.direct else "groups" if self.private else "channels"

    @property
    def teams(self) -> tuple[str, ...]:
        """Every workspace that takes part."""
        return (self.team, *self.shared)


@dataclass(frozen=True, slots=True)
class Group:
    """A user group."""

    id: str
    handle: str
    team: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it stands now. ``thread`` is its parent's ts, ``to`` the one person who sees it; both may be empty.

    ``blocks`` are as they were sent. ``unfurl`` tells whether Slack may add previews of links. ``replaced`` tells that
    a response_url put this in the place of something else.
    """

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    thread: str = ""
    metadata: Json = field(default_factory=dict)
    edited: bool = False
    bot: str = ""
    to: str = ""
    unfurl: bool = True
    replaced: bool = False

    @property
    def plain(self) -> str:
        """What a person reads."""
        return reading.read(self.text, self.blocks).plain

    @property
    def mentions(self) -> list[str]:
        """What pings or leads to people and channels: "<!channel>", "<@U1>", "<#C1>"."""
        return self._parts.mentions

    @property
    def links(self) -> list[tuple[str, str]]:
        """What can be clicked: (address, text)."""
        return self._parts.links

    @property
    def formats(self) -> list[tuple[str, str]]:
        """What is formatted: ("*", "bold text"), ("_", …), ("~", …), ("`", …), (">", …)."""
        return self._parts.formats

    @property
    def _parts(self) -> reading.Parts:
        """The live parts of the blocks and of the fallback, which notifications show."""
        fallback = reading.markup(self.text)
        return reading.read("", self.blocks) + fallback if self.blocks else fallback


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Web API (or a POST to a "response_url"); ``at`` is monotonic seconds."""

    method: str
    token: str
    arguments: Mapping[str, Any]
    at: float
