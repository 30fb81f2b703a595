"""What is said as Discord would show it, for those who look from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence

from adapters.discord.drawing import Component, draw
from adapters.discord.layout import Native
from adapters.discord.look import STYLE
from adapters.discord.panel import is_blank, panel, windows
from adapters.discord.render import command, messages, private
from adapters.discord.states import State
from bot.cards import Card, Form
from bot.ports.drawings import Aside, Drawing


def see(said: Card | Aside, *, pictures: bool = False, native: Native = command) -> Drawing:
    """Return the drawing of *said* with the body of its request, or of each where it takes several.

    https://docs.discord.com/developers/resources/message#create-message; a delivery adds its nonce and its key. A form
    is drawn with the modals that its buttons open.
    """
    if isinstance(said, Card):
        return _drawing([each.payload for each in messages(said, pictures=pictures, native=native)])
    if isinstance(said.answer.body, Form):
        return _form(said.answer.body, said)
    return _drawing([private(said.answer, said.request, native=native).payload])


def _form(form: Form, said: Aside) -> Drawing:
    """Return a panel, or the modal with which a form begins that has something to be typed first."""
    state = State(form.command)
    shown = panel(form, state, said.request.now).payload
    return _drawing([] if is_blank(form) else [shown], windows(form, state))


def _drawing(payloads: Sequence[Component], modals: Sequence[Component] = ()) -> Drawing:
    sent = [*payloads, *modals]
    source = sent[0] if len(sent) == 1 else sent
    return Drawing(draw(payloads, modals), json.dumps(source, indent=2, ensure_ascii=False), STYLE)
