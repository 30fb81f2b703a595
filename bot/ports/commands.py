"""The Commands port: a Request names a command and its arguments; an Answer is a card or a form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol

from bot.cards.models import Card, Form, Page
from bot.domain.channels import Channel
from bot.domain.people import Person
from bot.ports.features import Feature


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody asks for something.

    ``id`` is the platform's id of the event, for de-duplication. ``arguments`` are texts by parameter name, as typed or
    chosen. ``dry_run`` asks what would happen (forms show it before saving); ``share`` asks to post the answer to the
    channel. ``now`` is aware UTC. ``locale`` is the asker's language, ``channel_locale`` that of the place, as
    platforms tell it ("de", "en-US"). ``thread`` is where they are when that is a thread that serves the channel; it is
    shared there. ``command`` is "" where people are told something without having asked for a command. ``answer_id`` is
    the platform's id of the private message in which they pressed, by which what it shows is shared once.
    """

    id: str
    channel: Channel
    person: Person
    now: datetime
    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    dry_run: bool = False
    share: bool = False
    locale: str = "en"
    channel_locale: str = "en"
    thread: Channel | None = None
    answer_id: str = ""

    def with_command(self, command: str, arguments: Mapping[str, str]) -> Request:
        """Return the same person's request for another command."""
        return replace(self, command=command, arguments=arguments)


class Placement(StrEnum):
    """Where an answer goes."""

    PRIVATE = "private"
    REPLACE = "replace"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command says. ``shareable`` answers get a Share button; REPLACE takes the place of the pressed message.

    ``query`` is what the asker typed, in their words, that an answer to be shared is about: it is shown as theirs, and
    nothing of it stands in the body.
    """

    body: Card | Form
    placement: Placement = Placement.PRIVATE
    shareable: bool = False
    query: str = ""


class Audience(StrEnum):
    """Who may use a command."""

    EVERYONE = "everyone"
    MANAGERS = "managers"
    ADMINS = "admins"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One completion: ``value`` is what is filled in, ``label`` what is shown beside it."""

    value: str
    label: str = ""


class ParameterType(StrEnum):
    """What a parameter holds; platforms make native options, lists and completions from it."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    FLAG = "flag"
    CONFIRMATION = "confirmation"
    """A flag without which a command only proposes."""
    PERSON_OR_CHANNEL = "person or channel"
    """Whether a command is for its asker, `FOR_PERSON`, or for their channel, `FOR_CHANNEL`; there are no others."""
    TIME = "time"
    WEEKDAYS = "days"
    ZONE = "zone"
    TOPICS = "topics"
    PAPERS = "papers"
    """The papers that a message names."""
    LINK = "link"
    MEMBER = "member"
    USER_GROUP = "user group"
    ROLE = "role"
    """The id of a role; "none" for none."""
    CHANNEL = "channel"
    FORUM = "forum"
    TAG = "tag"
    """The name of a tag of the forum that is meant; "none" for none."""


FOR_PERSON: Final = "me"
FOR_CHANNEL: Final = "here"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a command.

    ``parse`` turns a person's text into the value that the command takes and raises `bot.errors.Mistake` with one
    sentence and an example. ``takes_rest`` takes all words that no other parameter claims. ``suggest`` completes a
    prefix. ``labels`` are what choices are called where they are not typed; ``minimum`` and ``maximum`` bound a number.
    ``hidden`` ones are filled in by buttons only. ``feature`` is what a platform must have for it to mean something,
    None for nothing.
    """

    name: str
    summary: str
    parse: Callable[[str], Any]
    type: ParameterType = ParameterType.TEXT
    example: str = ""
    required: bool = False
    takes_rest: bool = False
    choices: tuple[str, ...] = ()
    suggest: Callable[[str, Request], Awaitable[Sequence[Suggestion]]] | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    minimum: int | None = None
    maximum: int | None = None
    hidden: bool = False
    feature: Feature | None = None

    def is_offered(self, features: Collection[Feature]) -> bool:
        """Tell whether people on a platform of these *features* are offered it."""
        return not self.hidden and (self.feature is None or self.feature in features)


@dataclass(frozen=True, slots=True)
class MessageShortcut:
    """An entry in the menu of a message: the papers that the message names are the command's argument of type PAPERS.

    ``id`` is what a platform calls it that wants an id; ``feature`` is as in `Parameter`.
    """

    id: str
    title: str
    feature: Feature | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that people can ask for; ``name`` may be nested once ("digest now").

    ``answer`` gets the request and the values of its parameters by name; parameters that were not given are absent.
    ``hidden`` commands exist for buttons only; ``feature`` is as in `Parameter`.
    ``group_summary`` says what the commands are for whose names begin with the same word; the first that has one says
    it for all. ``opens_modal`` suits an answer that tells of one thing: its buttons open a modal where there are any.
    ``opens_thread`` posts to the channel, with a thread below. ``starts_posts`` decides how the channel is posted to.
    ``reads_only`` is answered also where nothing can be written: twice at worst, when the platform tells of it twice.
    ``spans_channels`` changes other channels than the one in which it is given. ``unfurl_domains`` are those below
    whose links its card is shown; the link is the argument of type LINK.
    """

    name: str
    summary: str
    answer: Callable[..., Awaitable[Answer]]
    parameters: tuple[Parameter, ...] = ()
    audience: Audience = Audience.EVERYONE
    example: str = ""
    detail: str = ""
    hidden: bool = False
    feature: Feature | None = None
    group_summary: str = ""
    opens_modal: bool = False
    opens_thread: bool = False
    starts_posts: bool = False
    reads_only: bool = False
    spans_channels: bool = False
    shortcut: MessageShortcut | None = None
    unfurl_domains: tuple[str, ...] = ()

    def is_offered(self, features: Collection[Feature]) -> bool:
        """Tell whether people on a platform of these *features* are offered it."""
        return not self.hidden and (self.feature is None or self.feature in features)

    def find_parameter(self, kind: ParameterType) -> Parameter | None:
        """Return its first parameter of a type, None when it has none."""
        return next((each for each in self.parameters if each.type is kind), None)

    def get_argument(self, kind: ParameterType, arguments: Mapping[str, str]) -> str:
        """Return what *arguments* hold for its parameter of a type, "" when that is nothing."""
        parameter = self.find_parameter(kind)
        return arguments.get(parameter.name, "") if parameter else ""

    def is_confirmed(self, arguments: Mapping[str, str]) -> bool:
        """Tell whether *arguments* let it be done, where it only proposes otherwise."""
        confirmation = self.find_parameter(ParameterType.CONFIRMATION)
        return confirmation is None or arguments.get(confirmation.name) == "yes"

    @property
    def depends_on_manager(self) -> bool:
        """Whether it matters who manages the channel: it is not for everyone, or may be for the channel."""
        return self.audience is not Audience.EVERYONE or bool(self.find_parameter(ParameterType.PERSON_OR_CHANNEL))

    @property
    def usage(self) -> str:
        """The name with its parameters: ``follow <topic> [alerts]``."""
        words = [f"<{p.name}>" if p.required else f"[{p.name}]" for p in self.parameters if not p.hidden]
        return " ".join([self.name, *words])


def find_command(commands: Iterable[Command], name: str) -> Command | None:
    """Return the command of a name, None when there is none (any more)."""
    return next((each for each in commands if each.name == name), None)


def list_shortcuts(
    commands: Iterable[Command], features: Collection[Feature]
) -> Sequence[tuple[MessageShortcut, Command]]:
    """Return what the menu of a message offers on a platform of these *features*, each with its command."""
    return [
        (each.shortcut, each)
        for each in commands
        if each.shortcut and (each.shortcut.feature is None or each.shortcut.feature in features)
    ]


@dataclass(frozen=True, slots=True)
class Completion:
    """One row under the input: ``text`` replaces the line; ``usage``, ``summary``, ``details`` explain it."""

    text: str
    usage: str
    summary: str
    details: tuple[tuple[str, str], ...] = ()


class Commands(Protocol):
    """The table, as adapters see it."""

    def list_commands(self) -> Sequence[Command]:
        """Return every command, in the order of the help."""
        ...

    def parse_line(self, line: str) -> tuple[str, dict[str, str]]:
        """Split a typed line into a command's name and its arguments; forgiving of quotes, dashes and case.

        Raises `bot.errors.Mistake`, with a did-you-mean where one is near.
        """
        ...

    async def answer(self, request: Request) -> Answer:
        """Answer *request*. Never raises: mistakes and failures come back as private cards."""
        ...

    async def build_home(self, request: Request, channels: Collection[str]) -> Page:
        """Return the asker's home screen; of the workspace's channels it shows those of these ids. Never raises."""
        ...

    async def complete_line(self, line: str, request: Request) -> Sequence[Completion]:
        """Return the completions of a line that is being typed, best first."""
        ...
