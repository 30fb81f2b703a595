"""App Home: the view (type “home”) of a person’s follows, channels and saved papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.slack.blocks import Block, build_divider, build_section, measure_weight
from adapters.slack.buttons import VIEW_VALUE_BUDGET, ComponentBuilder
from adapters.slack.layout import MAX_VIEW_BLOCKS, MAX_VIEW_WEIGHT, lay_out_card
from adapters.slack.render import DEFAULT_COMMAND
from bot.cards.models import Page


def render_home_view(page: Page, *, command: str = DEFAULT_COMMAND) -> tuple[Block, Mapping[str, Mapping[str, Any]]]:
    """Return the home's view, and what its buttons need kept. A long part leaves the others their share of the room."""
    pad, blocks = ComponentBuilder(available=VIEW_VALUE_BUDGET), list[Block]()
    for number, card in enumerate(page.sections):
        parts = len(page.sections) - number
        most = (MAX_VIEW_BLOCKS - len(blocks)) // parts - 1
        heaviest = (MAX_VIEW_WEIGHT - measure_weight(blocks)) // parts
        drawn = lay_out_card(card, pad, max_blocks=most, max_weight=heaviest, command=command)
        if drawn and len(drawn) <= most:
            blocks += [build_divider(), *drawn] if blocks else drawn
    return {
        "type": "home",
        "callback_id": "home",
        "blocks": blocks or [build_section("Nothing is here yet.")],
    }, pad.stored_data
