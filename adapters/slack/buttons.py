"""Buttons and menus, drawn: `adapters.slack.presses` has what they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.slack.blocks import Block
from adapters.slack.presses import BUTTON, OPTION, Press, seal
from adapters.slack.text import plain
from bot.cards import Action

LABEL: Final = 75
MOST_OPTIONS: Final = 5
"""Of an overflow menu: https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element."""
ROOM: Final = 2_000
"""What a message's buttons may hold together beyond `_FREE` each: their values count against its size."""
VIEW_ROOM: Final = 20_000
"""The same for a window or a home, which may be larger."""

_FREE: Final = 300
"""Characters of a value for which there is always room."""
_MOST_ROWS: Final = 100
_MODAL: Final = frozenset({"show", "why"})
"""Commands that tell of one thing only: a window over the page suits them better than one more message."""


@dataclass(slots=True)
class Pad:
    """Draws the buttons of one message or view: numbers them, and collects in ``kept`` what doesn't ride in them.

    ``room`` is what is left for long values; the first buttons have it.
    """

    modal: bool = False
    room: int = ROOM
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    _drawn: int = 0

    def press(self, action: Action) -> Press:
        """Return what *action* asks for; in a window everything stays in it."""
        modal = self.modal or action.command in _MODAL
        return Press(action.command, action.arguments, modal=modal, channel=action.channel)

    def button(self, action: Action, press: Press | None = None) -> Block:
        """Return a button, named for what it acts on."""
        block: Block = {
            "type": "button",
            "action_id": self._id("press"),
            "text": plain(action.label, LABEL),
            "value": self._roomy(press or self.press(action)),
        }
        if action.about:
            block["accessibility_label"] = plain(f"{action.label}: {action.about}", LABEL)["text"]
        return {**block, "style": "primary"} if action.style == "main" else block

    def menu(self, rows: Sequence[tuple[str, Press]]) -> Block:
        """Return the ⋯ of an entry, with at most five rows."""
        return {"type": "overflow", "action_id": self._id("menu"), "options": self._options(rows, MOST_OPTIONS)}

    def choice(self, label: str, rows: Sequence[tuple[str, Press]]) -> Block:
        """Return a list to choose from, whose rows ask for something like those of a `menu`; at most 100."""
        return {
            "type": "static_select",
            "action_id": self._id("menu"),
            "placeholder": plain(label, LABEL),
            "options": self._options(rows, _MOST_ROWS),
        }

    def _options(self, rows: Sequence[tuple[str, Press]], most: int) -> list[Block]:
        """Return the rows of a menu; Slack refuses two that ask for the same."""
        labels: dict[str, str] = {}
        for label, press in rows[:most]:
            labels.setdefault(self._value(press, OPTION), label)
        return [{"text": plain(label, LABEL), "value": value} for value, label in labels.items()]

    def _roomy(self, press: Press) -> str:
        """Return a button's value, and count what it takes of the room."""
        value = self._value(press, min(BUTTON, _FREE + self.room))
        self.room -= max(0, len(value) - _FREE)
        return value

    def _value(self, press: Press, longest: int) -> str:
        value, kept = seal(press, longest)
        self.kept |= kept
        return value

    def _id(self, kind: str) -> str:
        self._drawn += 1
        return f"{kind}:{self._drawn}"
