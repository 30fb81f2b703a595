"""Buttons and menus: a command with its arguments rides in their value, or under a token when it is too long."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from adapters.slack.blocks import Block
from adapters.slack.text import plain
from bot.cards import Action
from bot.errors import Malformed

BUTTON: Final = 2000
OPTION: Final = 150
LABEL: Final = 75
MOST_OPTIONS: Final = 5
"""Of an overflow menu: https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element."""

_MOST_ROWS: Final = 100
_RIDES: Final = 300
"""Longer values count too much against a message's size."""
_TOKEN: Final = 32
_MODAL: Final = frozenset({"show", "why"})
"""Commands that tell of one thing only: a window over the page suits them better than one more message."""


@dataclass(frozen=True, slots=True)
class Press:
    """What a button asks for. ``modal`` wants the answer in a window, ``share`` in the channel for everybody.

    ``channel`` is the one that it is about, where it stands elsewhere.
    """

    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    modal: bool = False
    share: bool = False
    channel: str = ""


def seal(press: Press, longest: int) -> tuple[str, dict[str, dict[str, Any]]]:
    """Return the value for *press*, and what must be kept so that it can be opened: nothing when it fits."""
    data: dict[str, Any] = {"c": press.command, "a": dict(press.arguments)}
    data |= {"m": 1} if press.modal else {}
    data |= {"s": 1} if press.share else {}
    data |= {"h": press.channel} if press.channel else {}
    written = json.dumps(data, separators=(",", ":"), sort_keys=True)
    if len(written) <= longest:
        return written, {}
    token = sha256(written.encode()).hexdigest()[:_TOKEN]
    return token, {token: data}


def open_(value: str) -> Press | str:
    """Return the press that a value holds, or the token under which it is kept.

    Raises `bot.errors.Malformed` when the value is none of ours.
    """
    if not value.startswith("{"):
        return value
    try:
        return unfold(json.loads(value))
    except ValueError as error:
        raise Malformed(f"This is not a button of ours: {error}.") from error


def unfold(data: Mapping[str, Any]) -> Press:
    """Return the press that was kept as *data*. Raises `bot.errors.Malformed`."""
    try:
        arguments = {str(name): str(text) for name, text in data["a"].items()}
        return Press(
            str(data["c"]),
            arguments,
            modal=bool(data.get("m")),
            share=bool(data.get("s")),
            channel=str(data.get("h", "")),
        )
    except (KeyError, AttributeError, TypeError) as error:
        raise Malformed(f"This is not a button of ours: {error}.") from error


@dataclass(slots=True)
class Pad:
    """Draws the buttons of one message or view: numbers them, and collects in ``kept`` what doesn't ride in them."""

    modal: bool = False
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
            "value": self._value(press or self.press(action), _RIDES),
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

    def _value(self, press: Press, longest: int) -> str:
        value, kept = seal(press, longest)
        self.kept |= kept
        return value

    def _id(self, kind: str) -> str:
        self._drawn += 1
        return f"{kind}:{self._drawn}"
