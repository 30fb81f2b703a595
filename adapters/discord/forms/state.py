"""Form state: the answers of a panel so far, kept under a token in its custom_ids (f;<action>;<token>)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from adapters.discord.forms import fields, modal
from adapters.discord.rendering.custom_id import compute_token
from bot.cards.models import Form
from bot.errors import Malformed

_PREFIX: Final = "f"
_CLEARABLE_KINDS: Final = frozenset({"topics", "days"})
"""Kinds whose empty answer says something; elsewhere it means that nothing was said."""


@dataclass(frozen=True, slots=True)
class FormCustomId:
    """One component of a panel.

    ``action`` is pick, ticks, type, typed, page, save or cancel; ``target`` says of what.
    """

    action: str
    target: str
    token: str

    def pack(self) -> str:
        """Return the custom_id."""
        return f"{_PREFIX};{self.action}.{self.target};{self.token}"


def parse_custom_id(custom_id: str) -> FormCustomId | None:
    """Return what a custom_id means, None when it is no panel's."""
    match custom_id.split(";"):
        case [prefix, description, token] if prefix == _PREFIX:
            action, _, target = description.partition(".")
            return FormCustomId(action, target, token)
        case _:
            return None


@dataclass(frozen=True, slots=True)
class FormState:
    """Everything that saving needs. ``arguments`` are as somebody would type them, ``kinds`` the kinds of the fields.

    ``flag_groups`` are the flags that stand in a list together, for each list of the page.
    ``manager`` tells that the panel was opened from a manager's command, ``channel`` which channel it is about where
    that is another one. ``revision`` counts the changes.
    """

    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    flag_groups: tuple[tuple[str, ...], ...] = ()
    page: int = 0
    manager: bool = False
    channel: str = ""
    revision: int = 0

    @property
    def token(self) -> str:
        """What it is kept under: the same state, the same token."""
        return compute_token(self.pack())

    def fill_from_form(self, form: Form) -> FormState:
        """Return the state in which everything is as *form* shows it; so what is seen is what is saved."""
        answers = {each.name: each.value for each in form.fields if each.value or each.kind in _CLEARABLE_KINDS}
        kinds = {each.name: each.kind for each in form.fields}
        return replace(self, command=form.command, arguments={**form.arguments, **answers}, kinds=kinds)

    def apply_input(self, custom_id: FormCustomId, data: Mapping[str, Any]) -> FormState:
        """Return the state after something was chosen, ticked, typed or turned; *data* is the interaction's."""
        values = [str(each) for each in data.get("values") or ()]
        if custom_id.action == "pick":
            kind, component_type = self.kinds.get(custom_id.target, ""), int(data.get("component_type") or 0)
            return self._update_arguments({custom_id.target: fields.read_selection(kind, component_type, values)})
        if custom_id.action == "ticks":
            return self._update_arguments(
                {name: "yes" if name in values else "no" for name in self._get_flag_group(custom_id.target)}
            )
        if custom_id.action == "typed":
            return self._update_arguments(modal.read_arguments(data))
        return (
            replace(self, page=int(custom_id.target))
            if custom_id.action == "page" and custom_id.target.isdecimal()
            else self
        )

    def _update_arguments(self, answers: Mapping[str, str]) -> FormState:
        """Return the state with new answers; what was emptied is as if it had never been answered."""
        merged = {**self.arguments, **answers}
        kept = {name: text for name, text in merged.items() if text or self.kinds.get(name) in _CLEARABLE_KINDS}
        return replace(self, arguments=kept)

    def _get_flag_group(self, target: str) -> Sequence[str]:
        """Return the names of the flags in one list."""
        return next((group for number, group in enumerate(self.flag_groups) if str(number) == target), ())

    def pack(self) -> dict[str, Any]:
        """Return the state as JSON data."""
        return {
            "form": self.command,
            "a": dict(self.arguments),
            "k": dict(self.kinds),
            "t": [list(group) for group in self.flag_groups],
            "p": self.page,
            "m": self.manager,
            "h": self.channel,
            **({"n": self.revision} if self.revision else {}),
        }


def unpack_state(data: Mapping[str, Any]) -> FormState:
    """Return the state that was packed. Raises `bot.errors.Malformed`."""
    try:
        arguments = {str(name): str(text) for name, text in data["a"].items()}
        kinds = {str(name): str(kind) for name, kind in data["k"].items()}
        flag_groups = tuple(tuple(map(str, group)) for group in data["t"])
        manager, channel, revision = bool(data["m"]), str(data["h"]), int(data.get("n", 0))
        return FormState(str(data["form"]), arguments, kinds, flag_groups, int(data["p"]), manager, channel, revision)
    except (KeyError, AttributeError, TypeError, ValueError) as error:
        raise Malformed(f"This is not a panel of ours: {error}.") from error
