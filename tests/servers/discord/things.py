"""What there is on Discord, as values, and the two ways in which it says no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.servers.discord import reading
from tests.servers.discord.codes import CODES

Json = dict[str, Any]

EPHEMERAL = 1 << 6
LOADING = 1 << 7
KINDS = {"text": 0, "direct": 1, "announcement": 5, "thread": 11, "forum": 15}


class Refusal(Exception):
    """Discord's answer ``{"code": …, "message": …}``; *more* joins it, *errors* name fields of a 50035."""

    def __init__(self, code: int, errors: Json | None = None, **more: Any) -> None:
        self.status, message = CODES.get(code, (400, "Something is wrong"))
        super().__init__(f"{code} {message}")
        self.body: Json = {"message": message, "code": code} | ({"errors": errors} if errors else {}) | more


class Impossible(AssertionError):
    """A test asks for what no person could do: press a button that is not there, skip a required field."""


@dataclass(slots=True)
class Bot:
    """The app: its token, its user, its application. ``privileged`` are the intents that it is allowed."""

    token: str
    user: str
    application: str
    name: str
    privileged: int = 0


@dataclass(slots=True)
class Guild:
    """A server; ``present`` tells whether the bot is in it, ``available`` whether Discord can reach it."""

    id: str
    name: str
    owner: str
    system: str = ""
    locale: str = "en-US"
    present: bool = True
    available: bool = True


@dataclass(slots=True)
class Role:
    """A role of a server; the one that has the server's own id is everyone's."""

    id: str
    guild: str
    name: str
    permissions: int = 0
    mentionable: bool = False


@dataclass(slots=True)
class Person:
    """Somebody; ``dms`` tells whether they take direct messages."""

    id: str
    name: str
    guilds: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    dms: bool = True
    locale: str = "en-US"
    installed: bool = False


@dataclass(slots=True)
class Place:
    """A channel, a thread (``parent``) or a conversation between the bot and a person (``recipient``).

    ``permissions`` are the bot's there (None: all), ``overwrites`` what the channel lets others do. ``offered``
    are the tags of a forum, ``moderated`` the ids of those that only moderators use, ``tags`` the ids of those that a
    post carries.
    """

    id: str
    name: str = ""
    kind: str = "text"
    guild: str = ""
    parent: str = ""
    topic: str = ""
    recipient: str = ""
    owner: str = ""
    permissions: int | None = None
    overwrites: list[Json] = field(default_factory=list)
    offered: tuple[tuple[str, str], ...] = ()
    moderated: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    requires_tag: bool = False
    archived: bool = False
    locked: bool = False
    archived_at: float = 0
    posts: dict[str, Shown] = field(default_factory=dict)

    @property
    def starter(self) -> str:
        """The id of a thread's first message, which is the thread's own."""
        return self.id

    @property
    def type(self) -> int:
        """The number of its kind."""
        return KINDS[self.kind]

    @property
    def last(self) -> str | None:
        """The id of its newest message."""
        return max(self.posts, key=int, default=None)


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it stands now; ``to`` is the one person who sees it, or empty.

    ``components`` and ``embeds`` are as they were sent. ``pings`` are whom it notified: user ids, "&" and a role's id,
    "everyone", "here". ``replaced`` tells that it took the place of something else that stood there. ``forwarded`` are
    messages that stood elsewhere.
    """

    id: str
    channel: str
    author: str
    content: str = ""
    components: list[Json] = field(default_factory=list)
    embeds: list[Json] = field(default_factory=list)
    flags: int = 0
    nonce: str = ""
    edited: bool = False
    to: str = ""
    replaced: bool = False
    pings: tuple[str, ...] = ()
    command: str = ""
    names: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    forwarded: list[Json] = field(default_factory=list)

    @property
    def plain(self) -> str:
        """What a person reads."""
        return self._parts.plain

    @property
    def links(self) -> list[tuple[str, str]]:
        """What can be clicked in the text: (address, text)."""
        return self._parts.links

    @property
    def formats(self) -> list[tuple[str, str]]:
        """What is formatted: ("**", "bold text"), ("*", …), ("_", …), ("__", …), ("#", …), (">", …), ("<t", …)…."""
        return self._parts.formats

    @property
    def mentions(self) -> list[str]:
        """What is drawn as a mention, whether it notifies or not: "<@1>", "<@&1>", "<#1>", "@everyone"."""
        return self._parts.mentions

    @property
    def loading(self) -> bool:
        """Whether it still says that the bot is thinking."""
        return bool(self.flags & LOADING)

    @property
    def _parts(self) -> reading.Parts:
        return reading.read(self.content, self.embeds, self.components, self.names)


@dataclass(slots=True)
class Call:
    """One request; ``at`` is monotonic seconds, ``status`` that of the answer (0 while there is none).

    ``files`` are the texts that came beside a message, by file name.
    """

    method: str
    route: str
    path: str
    json: Any
    at: float
    status: int = 0
    query: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
