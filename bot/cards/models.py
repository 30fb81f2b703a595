"""Card, Item, Action, Form and Field: platform-neutral messages and modals, and their versioned JSON.

Every string is plain, inert text: renderers escape and shorten, nothing else does. Builders for the sentences that more
than one flow says live in `bot.cards.messages`.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any, Final, Literal

from bot.errors import Malformed
from bot.i18n.translation import ENGLISH, collect_moments, get_current_language, gettext, use_language
from bot.reasons.reason import Reason, dump_reason, load_reason

VERSION: Final = 1
_TRUE_WORDS: Final = frozenset({"yes", "on", "true", "1"})


@dataclass(frozen=True, slots=True)
class Action:
    """A button: a command with its arguments filled in.

    ``about`` names what it acts on for those who can't see it stand there ("DreamID-Omni"). ``style`` "main" marks the
    one thing that most people want next. ``channel`` is the id of the channel that it is for, where that is not the
    one in which it stands.
    """

    label: str
    command: str
    arguments: dict[str, str] = field(default_factory=dict)
    about: str = ""
    style: Literal["", "main"] = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A place outside to go to. ``url`` is https and made by us or checked by a source."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: mostly a paper, sometimes a follow, a command or a change.

    ``number`` stays for ever, people write "#3 is great". ``text`` is the one line of sense, ``notes`` the small print
    in order ("ByteDance", "Xu Guo +9"), ``because`` the words of topics that matched. ``section`` is a heading; it is
    shown where it differs from the item before. ``actions`` beyond the first may be folded into a menu. ``command`` is
    the name of the command that the title writes, if it does.
    """

    title: str
    url: str = ""
    number: int | None = None
    text: str = ""
    votes: int | None = None
    notes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    because: tuple[str, ...] = ()
    abstract: str = ""
    thumbnail: str = ""
    section: str = ""
    paper: str = ""
    actions: tuple[Action, ...] = ()
    command: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One message. ``folio`` is the line at its head ("Tue 24 Nov", "top 5 of 17", "votes of Mon 23 Nov").

    ``marks`` are words to be highlighted in titles and texts. ``code`` is text to be copied whole, such as JSON, shown
    letter by letter. ``fallback`` is what a notification shows. ``tone`` says what it is to people: a digest, an alert,
    an answer, a mistake or a failure. ``language`` is the code of the one that it was written in. ``moments`` are those
    that its texts name, in Unix seconds by how they are written: readers may be shown them in their own time.
    ``notice`` is what an admin notice says, so that it can be said to somebody else in their language. ``example`` is a
    command that shows how it is done, bare, below the footer. ``command`` is as in `Item`.
    """

    title: str = ""
    text: str = ""
    folio: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    actions: tuple[Action, ...] = ()
    footer: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    fallback: str = ""
    tone: Literal["digest", "alert", "answer", "mistake", "failure"] = "answer"
    code: str = ""
    language: str = field(default_factory=get_current_language)
    moments: dict[str, int] = field(default_factory=collect_moments)
    notice: Reason | None = None
    example: str = ""
    command: str = ""


FieldKind = Literal["text", "number", "time", "days", "choice", "zone", "flag", "topics"]
Entity = Literal["", "role", "forum", "tag"]
"""What a platform has a list of its own of."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form. ``value`` is text as a person would type it; ``mistake`` is what is wrong with it.

    ``choices`` are (value, label). ``advanced`` fields are folded away. ``entity`` is what the answer names where that
    is something of the platform's: a role or a forum by its id, a tag by its name; "none" names none.
    """

    name: str
    label: str
    kind: FieldKind = "text"
    value: str = ""
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    required: bool = False
    advanced: bool = False
    mistake: str = ""
    entity: Entity = ""

    @property
    def is_checked(self) -> bool:
        """Whether the value of a flag says yes."""
        return self.value.casefold() in _TRUE_WORDS


@dataclass(frozen=True, slots=True)
class Form:
    """Questions whose answers become the arguments of ``command``.

    ``preview`` says what saving would do ("Next: Wed 25 Nov 09:00, …"); asking the same command dry gives a fresh one.
    ``arguments`` go along unchanged; ``moments`` are as in `Card`.
    """

    title: str
    command: str
    fields: tuple[Field, ...]
    arguments: dict[str, str] = field(default_factory=dict)
    preview: tuple[str, ...] = ()
    submit: str = field(default_factory=lambda: gettext("Save changes"))
    note: str = field(default_factory=lambda: gettext("Nothing changes until you save."))
    moments: dict[str, int] = field(default_factory=collect_moments)


@dataclass(frozen=True, slots=True)
class Page:
    """A person's home screen: cards one below the other, each under its title."""

    sections: tuple[Card, ...]


def dump_card(card: Card) -> dict[str, Any]:
    """Return *card* as JSON data; parts that are as by default are left out."""
    return {"v": VERSION, **_dump_value(card)}


def load_card(data: dict[str, Any]) -> Card:
    """Return the card that `dump_card` wrote.

    Raises `bot.errors.Malformed` when *data* is of another version or not a card.
    """
    if data.get("v") != VERSION:
        raise Malformed(f"This card is of version {data.get('v')}; version {VERSION} was expected.")
    try:
        parts = {key: value for key, value in data.items() if key != "v"}
        parts["items"] = tuple(_load_item(item) for item in parts.get("items", ()))
        parts["actions"] = tuple(Action(**action) for action in parts.get("actions", ()))
        parts["notice"] = load_reason(parts["notice"]) if "notice" in parts else None
        return Card(**{"language": ENGLISH, "moments": {}, **_restore_tuples(parts, "folio", "footer", "marks")})
    except (TypeError, ValueError, AttributeError) as error:
        raise Malformed(f"This is not a card: {error}.") from error


def _load_item(data: dict[str, Any]) -> Item:
    parts = dict(data)
    parts["actions"] = tuple(Action(**action) for action in parts.get("actions", ()))
    parts["links"] = tuple(Link(**link) for link in parts.get("links", ()))
    return Item(**_restore_tuples(parts, "notes", "because"))


def _restore_tuples(parts: dict[str, Any], *names: str) -> dict[str, Any]:
    return parts | {name: tuple(parts.get(name, ())) for name in names}


def _dump_value(value: Any) -> Any:
    """Return *value* as JSON data, a dataclass without the fields that are as if nobody had set them."""
    if isinstance(value, Reason):
        return dump_reason(value)
    if is_dataclass(value) and not isinstance(value, type):
        named_parts = [(name, getattr(value, name), default) for name, default in _list_defaults(type(value))]
        return {name: _dump_value(part) for name, part, default in named_parts if part != default}
    return [_dump_value(part) for part in value] if isinstance(value, tuple) else value


@cache
def _list_defaults(kind: type[Any]) -> tuple[tuple[str, Any], ...]:
    """Return the names of a dataclass's fields with what they are when nobody sets them."""
    with use_language(ENGLISH):
        return tuple(
            (part.name, part.default if part.default_factory is MISSING else part.default_factory())
            for part in fields(kind)
        )
