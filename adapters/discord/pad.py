"""Buttons and selects, drawn: `adapters.discord.buttons` has what they ask for.

Limits: https://docs.discord.com/developers/components/reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.discord.buttons import LONGEST, Press, seal
from adapters.discord.keys import ride
from adapters.discord.text import plain, safe
from bot.cards import Action, Link

LABEL: Final = 80
MOST_ROWS: Final = 25
"""Of a select."""
ABOUT: Final = 100
"""Characters of a row's label and of its description."""

_PLACEHOLDER: Final = 150
_BUTTON, _SELECT = 2, 3
_PRIMARY, _SECONDARY, _LINK = 1, 2, 5

Component = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a select."""

    label: str
    press: Press
    about: str = ""


@dataclass(slots=True)
class Pad:
    """Draws what can be pressed in one message, and collects in ``kept`` what does not ride in it.

    The first thing drawn carries ``mark``. Discord refuses two that ask for the same; the second is left out.
    """

    mark: str = ""
    manager: bool = False
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    _drawn: set[str] = field(default_factory=set)

    def press(self, action: Action) -> Press:
        """Return what *action* asks for."""
        return Press(action.command, action.arguments, manager=self.manager, channel=action.channel)

    def button(self, action: Action, press: Press | None = None) -> Iterator[Component]:
        """Yield a button, unless one that asks for the same is there."""
        value = self._value(press or self.press(action), LONGEST - len(ride(self.mark)))
        if value not in self._drawn:
            self._drawn.add(value)
            style = _PRIMARY if action.style == "main" else _SECONDARY
            label = plain(action.label, LABEL)
            yield {"type": _BUTTON, "style": style, "label": label, "custom_id": self._marked(value)}

    def choice(self, label: str, rows: Sequence[Row]) -> Component:
        """Return a select whose rows each ask for something; at most 25."""
        options: dict[str, Component] = {}
        for row in rows[:MOST_ROWS]:
            options.setdefault(self._value(row.press, LONGEST), _option(row))
        value = f"c;{len(self._drawn)}"
        self._drawn.add(value)
        return {
            "type": _SELECT,
            "custom_id": self._marked(value),
            "placeholder": plain(label, _PLACEHOLDER),
            "options": [{**option, "value": value} for value, option in options.items()],
        }

    def _value(self, press: Press, longest: int) -> str:
        value, kept = seal(press, longest)
        self.kept |= kept
        return value

    def _marked(self, value: str) -> str:
        marked, self.mark = value + ride(self.mark), ""
        return marked


def leading(link: Link) -> Iterator[Component]:
    """Yield a button that leads outside, where its address may be a link."""
    if address := safe(link.url):
        yield {"type": _BUTTON, "style": _LINK, "label": plain(link.label, LABEL), "url": address}


def _option(row: Row) -> Component:
    about = {"description": plain(row.about, ABOUT)} if row.about.strip() else {}
    return {"label": plain(row.label, ABOUT), **about}
