"""A card as Slack would show it, for those who look from elsewhere."""

from __future__ import annotations

import json

from adapters.slack.drawing import draw
from adapters.slack.look import STYLE
from adapters.slack.render import COMMAND, message
from bot.cards import Card
from bot.ports.drawings import Drawing


def see(card: Card, *, command: str = COMMAND) -> Drawing:
    """Return the drawing of *card* with its blocks as https://app.slack.com/block-kit-builder takes them."""
    shown = message(card, command=command)
    return Drawing(draw(shown), json.dumps({"blocks": shown.blocks}, indent=2, ensure_ascii=False), STYLE)
