"""Block Kit buttons, overflow menus and static_select menus, with their action_ids and values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.common.button_payload import ButtonPayload
from adapters.slack.rendering.action_value import MAX_BUTTON_VALUE, MAX_OPTION_VALUE, encode_payload
from adapters.slack.rendering.blocks import Block
from adapters.slack.rendering.mrkdwn import build_plain_text
from bot.cards.models import Action
from bot.ports.commands import Command

MAX_LABEL: Final = 75
MAX_OVERFLOW_OPTIONS: Final = 5
"""Of an overflow menu: https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element."""
MESSAGE_VALUE_BUDGET: Final = 2_000
"""What a message's buttons may hold together beyond `_FREE_VALUE_LENGTH` each: their values count against its size."""
VIEW_VALUE_BUDGET: Final = 20_000
"""The same for a view (a modal or the App Home), which may be larger."""

_FREE_VALUE_LENGTH: Final = 300
"""Characters of a value for which there is always room."""
_MAX_SELECT_OPTIONS: Final = 100


def list_modal_commands(commands: Iterable[Command]) -> frozenset[str]:
    """Return the names of the commands whose buttons open a modal."""
    return frozenset(each.name for each in commands if each.opens_modal)


@dataclass(slots=True)
class ComponentBuilder:
    """Builds the buttons of one message or view; ``stored_data`` is what is too long for their value.

    ``available`` is what is left for long values; the first buttons have it. ``modal_commands`` are the names of the
    commands that suit a modal over the page better than one more message.
    """

    in_modal: bool = False
    available: int = MESSAGE_VALUE_BUDGET
    modal_commands: Collection[str] = ()
    stored_data: dict[str, dict[str, Any]] = field(default_factory=dict)
    _element_count: int = 0

    def build_payload(self, action: Action) -> ButtonPayload:
        """Return what *action* asks for; in a modal everything stays in it."""
        modal = self.in_modal or action.command in self.modal_commands
        return ButtonPayload(action.command, action.arguments, modal=modal, channel=action.channel)

    def build_button(self, action: Action, payload: ButtonPayload | None = None) -> Block:
        """Return a button, named for what it acts on."""
        block: Block = {
            "type": "button",
            "action_id": self._make_action_id("press"),
            "text": build_plain_text(action.label, MAX_LABEL),
            "value": self._encode_button_value(payload or self.build_payload(action)),
        }
        if action.about:
            block["accessibility_label"] = build_plain_text(f"{action.label}: {action.about}", MAX_LABEL)["text"]
        return {**block, "style": "primary"} if action.style == "main" else block

    def build_overflow_menu(self, labelled_payloads: Sequence[tuple[str, ButtonPayload]]) -> Block:
        """Return the ⋯ of an entry, with at most five rows."""
        return {
            "type": "overflow",
            "action_id": self._make_action_id("menu"),
            "options": self._build_options(labelled_payloads, MAX_OVERFLOW_OPTIONS),
        }

    def build_select(self, label: str, labelled_payloads: Sequence[tuple[str, ButtonPayload]]) -> Block:
        """Return a list to choose from, whose rows ask for something like those of a `build_overflow_menu`.

        At most 100.
        """
        return {
            "type": "static_select",
            "action_id": self._make_action_id("menu"),
            "placeholder": build_plain_text(label, MAX_LABEL),
            "options": self._build_options(labelled_payloads, _MAX_SELECT_OPTIONS),
        }

    def _build_options(self, labelled_payloads: Sequence[tuple[str, ButtonPayload]], max_options: int) -> list[Block]:
        """Return the rows of a menu; Slack refuses two that ask for the same."""
        labels: dict[str, str] = {}
        for label, payload in labelled_payloads[:max_options]:
            labels.setdefault(self._encode_value(payload, MAX_OPTION_VALUE), label)
        return [{"text": build_plain_text(label, MAX_LABEL), "value": value} for value, label in labels.items()]

    def _encode_button_value(self, payload: ButtonPayload) -> str:
        """Return a button's value, and count what it takes of the room."""
        value = self._encode_value(payload, min(MAX_BUTTON_VALUE, _FREE_VALUE_LENGTH + self.available))
        self.available -= max(0, len(value) - _FREE_VALUE_LENGTH)
        return value

    def _encode_value(self, payload: ButtonPayload, max_length: int) -> str:
        value, stored_data = encode_payload(payload, max_length)
        self.stored_data |= stored_data
        return value

    def _make_action_id(self, kind: str) -> str:
        self._element_count += 1
        return f"{kind}:{self._element_count}"
