"""What a panel has been told so far, and what its components' custom_ids mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from adapters.discord import fields, modal
from adapters.discord.buttons import tokened
from bot.cards import Form
from bot.errors import Malformed

_SIGN: Final = "f"
_TELLING: Final = frozenset({"topics", "days"})
"""Kinds whose empty answer says something; elsewhere it means that nothing was said."""


@dataclass(frozen=True, slots=True)
class Part:
    """One component of a panel. ``what`` is pick, ticks, type, typed, page, save or cancel; ``which`` says of what."""

    what: str
    which: str
    token: str

    def pack(self) -> str:
        """Return the custom_id."""
        return f"{_SIGN};{self.what}.{self.which};{self.token}"


def part(custom_id: str) -> Part | None:
    """Return what a custom_id means, None when it is no panel's."""
    match custom_id.split(";"):
        case [sign, said, token] if sign == _SIGN:
            what, _, which = said.partition(".")
            return Part(what, which, token)
        case _:
            return None


@dataclass(frozen=True, slots=True)
class State:
    """Everything that saving needs. ``arguments`` are as somebody would type them, ``kinds`` the kinds of the fields.

    ``ticks`` are the flags that stand in a list together, for each list of the page.
    ``manager`` tells that the panel was opened from a manager's command, ``channel`` which channel it is about where
    that is another one. ``turn`` counts the changes.
    """

    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    ticks: tuple[tuple[str, ...], ...] = ()
    page: int = 0
    manager: bool = False
    channel: str = ""
    turn: int = 0

    @property
    def token(self) -> str:
        """What it is kept under: the same state, the same token."""
        return tokened(self.pack())

    def of(self, form: Form) -> State:
        """Return the state in which everything is as *form* shows it; so what is seen is what is saved."""
        said = {each.name: each.value for each in form.fields if each.value or each.kind in _TELLING}
        kinds = {each.name: each.kind for each in form.fields}
        return replace(self, command=form.command, arguments={**form.arguments, **said}, kinds=kinds)

    def after(self, part: Part, data: Mapping[str, Any]) -> State:
        """Return the state after something was chosen, ticked, typed or turned; *data* is the interaction's."""
        values = [str(each) for each in data.get("values") or ()]
        if part.what == "pick":
            return self._told({part.which: fields.picked(part.which, self.kinds.get(part.which, ""), values)})
        if part.what == "ticks":
            return self._told({name: "yes" if name in values else "no" for name in self._group(part.which)})
        if part.what == "typed":
            return self._told(modal.arguments(data))
        return replace(self, page=int(part.which)) if part.what == "page" and part.which.isdecimal() else self

    def _told(self, given: Mapping[str, str]) -> State:
        """Return the state with new answers; what was emptied is as if it had never been answered."""
        told = {**self.arguments, **given}
        kept = {name: text for name, text in told.items() if text or self.kinds.get(name) in _TELLING}
        return replace(self, arguments=kept)

    def _group(self, which: str) -> Sequence[str]:
        """Return the names of the flags in one list."""
        return next((group for number, group in enumerate(self.ticks) if str(number) == which), ())

    def pack(self) -> dict[str, Any]:
        """Return the state as JSON data."""
        return {
            "form": self.command,
            "a": dict(self.arguments),
            "k": dict(self.kinds),
            "t": [list(group) for group in self.ticks],
            "p": self.page,
            "m": self.manager,
            "h": self.channel,
            **({"n": self.turn} if self.turn else {}),
        }


def unpack(data: Mapping[str, Any]) -> State:
    """Return the state that was packed. Raises `bot.errors.Malformed`."""
    try:
        given = {str(name): str(text) for name, text in data["a"].items()}
        kinds = {str(name): str(kind) for name, kind in data["k"].items()}
        ticks = tuple(tuple(map(str, group)) for group in data["t"])
        manager, channel, turn = bool(data["m"]), str(data["h"]), int(data.get("n", 0))
        return State(str(data["form"]), given, kinds, ticks, int(data["p"]), manager, channel, turn)
    except (KeyError, AttributeError, TypeError, ValueError) as error:
        raise Malformed(f"This is not a panel of ours: {error}.") from error
