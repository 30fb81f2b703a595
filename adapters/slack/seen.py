"""What is said as Slack would show it, for those who look from elsewhere."""

from __future__ import annotations

import json
from typing import Any

from adapters.slack.drawing import draw, window
from adapters.slack.forms import view
from adapters.slack.look import STYLE
from adapters.slack.origins import Origin
from adapters.slack.render import COMMAND, Message, message, private
from bot.cards import Card, Form
from bot.ports.drawings import Aside, Drawing
from bot.ports.places import Post


def see(said: Card | Aside | Post, *, command: str = COMMAND) -> Drawing:
    """Return the drawing of *said* with its blocks as https://app.slack.com/block-kit-builder takes them.

    A form is a modal there.
    """
    if not isinstance(said, Aside):
        return _message(message(said if isinstance(said, Card) else said.card, command=command))
    if isinstance(said.answer.body, Form):
        shown = view(said.answer.body, Origin(said.request.channel))
        return _drawing(window(shown), shown)
    return _message(private(said.answer, said.request, command=command), hidden=True)


def _message(shown: Message, *, hidden: bool = False) -> Drawing:
    return _drawing(draw(shown, hidden=hidden), {"blocks": shown.blocks})


def _drawing(html: str, source: Any) -> Drawing:
    return Drawing(html, json.dumps(source, indent=2, ensure_ascii=False), STYLE)
