"""Buttons and string selects, link buttons: the components of an action row and their custom_ids.

Limits: https://docs.discord.com/developers/components/reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.discord.buttons import MAX_CUSTOM_ID_LENGTH, ButtonPayload, encode_payload
from adapters.discord.keys import format_custom_id_suffix
from adapters.discord.text import fit_plain_text, sanitize_url
from bot.cards.models import Action, Link

MAX_LABEL: Final = 80
MAX_OPTIONS: Final = 25
"""Of a select."""
MAX_OPTION_TEXT: Final = 100
"""Characters of a row's label and of its description."""

_MAX_PLACEHOLDER: Final = 150
_BUTTON, _SELECT = 2, 3
_PRIMARY_STYLE, _SECONDARY_STYLE, _LINK_STYLE = 1, 2, 5

Component = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SelectOption:
    """One row of a select."""

    label: str
    payload: ButtonPayload
    description: str = ""


@dataclass(slots=True)
class ComponentBuilder:
    """Draws what can be pressed in one message, and collects in ``stored_data`` what does not ride in it.

    The first thing drawn carries ``part_key``. Discord refuses two that ask for the same; the second is left out.
    """

    part_key: str = ""
    manager: bool = False
    stored_data: dict[str, dict[str, Any]] = field(default_factory=dict)
    _used_values: set[str] = field(default_factory=set)

    def build_payload(self, action: Action) -> ButtonPayload:
        """Return what *action* asks for."""
        return ButtonPayload(action.command, action.arguments, manager=self.manager, channel=action.channel)

    def build_button(self, action: Action, payload: ButtonPayload | None = None) -> Iterator[Component]:
        """Yield a button, unless one that asks for the same is there."""
        value = self._encode_value(
            payload or self.build_payload(action), MAX_CUSTOM_ID_LENGTH - len(format_custom_id_suffix(self.part_key))
        )
        if value not in self._used_values:
            self._used_values.add(value)
            style = _PRIMARY_STYLE if action.style == "main" else _SECONDARY_STYLE
            label = fit_plain_text(action.label, MAX_LABEL)
            yield {"type": _BUTTON, "style": style, "label": label, "custom_id": self._append_part_key(value)}

    def build_select(self, label: str, select_options: Sequence[SelectOption]) -> Component:
        """Return a select whose rows each ask for something; at most 25."""
        options: dict[str, Component] = {}
        for select_option in select_options[:MAX_OPTIONS]:
            options.setdefault(
                self._encode_value(select_option.payload, MAX_CUSTOM_ID_LENGTH), _build_option(select_option)
            )
        value = f"c;{len(self._used_values)}"
        self._used_values.add(value)
        return {
            "type": _SELECT,
            "custom_id": self._append_part_key(value),
            "placeholder": fit_plain_text(label, _MAX_PLACEHOLDER),
            "options": [{**option, "value": value} for value, option in options.items()],
        }

    def _encode_value(self, payload: ButtonPayload, max_length: int) -> str:
        value, stored_data = encode_payload(payload, max_length)
        self.stored_data |= stored_data
        return value

    def _append_part_key(self, value: str) -> str:
        custom_id, self.part_key = value + format_custom_id_suffix(self.part_key), ""
        return custom_id


def build_link_button(link: Link) -> Iterator[Component]:
    """Yield a button that leads outside, where its address may be a link."""
    if address := sanitize_url(link.url):
        yield {"type": _BUTTON, "style": _LINK_STYLE, "label": fit_plain_text(link.label, MAX_LABEL), "url": address}


def _build_option(select_option: SelectOption) -> Component:
    description = (
        {"description": fit_plain_text(select_option.description, MAX_OPTION_TEXT)}
        if select_option.description.strip()
        else {}
    )
    return {"label": fit_plain_text(select_option.label, MAX_OPTION_TEXT), **description}
