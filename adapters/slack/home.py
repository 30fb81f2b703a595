"""A person's home: what they follow, their channels, what they saved, one part below the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.slack.blocks import Block, divider, section, weight
from adapters.slack.buttons import VIEW_ROOM, Pad
from adapters.slack.layout import VIEW, VIEW_WEIGHT, lay
from adapters.slack.render import COMMAND
from bot.cards import Page


def view(page: Page, *, command: str = COMMAND) -> tuple[Block, Mapping[str, Mapping[str, Any]]]:
    """Return the home's view, and what its buttons need kept. A long part leaves the others their share of the room."""
    pad, blocks = Pad(room=VIEW_ROOM), list[Block]()
    for number, card in enumerate(page.sections):
        parts = len(page.sections) - number
        most = (VIEW - len(blocks)) // parts - 1
        heaviest = (VIEW_WEIGHT - weight(blocks)) // parts
        drawn = lay(card, pad, most=most, heaviest=heaviest, command=command)
        if drawn and len(drawn) <= most:
            blocks += [divider(), *drawn] if blocks else drawn
    return {"type": "home", "callback_id": "home", "blocks": blocks or [section("Nothing is here yet.")]}, pad.kept
