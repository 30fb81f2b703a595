"""What is said as Discord would show it, for those who look from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from adapters.discord.around import Around
from adapters.discord.drawing import Component, draw
from adapters.discord.layout import Native
from adapters.discord.look import STYLE
from adapters.discord.panel import is_blank, panel, windows
from adapters.discord.render import command, messages, private
from adapters.discord.states import State
from adapters.discord.tree import MANAGERS
from bot.cards import Card, Form
from bot.ports.drawings import Aside, Drawing
from bot.ports.places import Post

_NOTHING: Final = Around()


def see(said: Card | Aside | Post, *, pictures: bool = False, native: Native = command) -> Drawing:
    """Return the drawing of *said* with the body of its request, or of each where it takes several.

    https://docs.discord.com/developers/resources/message#create-message; a delivery adds its nonce and its key. A form
    is drawn with the modals that its buttons open.
    """
    if isinstance(said, Aside):
        return _aside(said, native)
    card, around = (said, Around()) if isinstance(said, Card) else (said.card, Around(said.at, bool(said.edited)))
    return _drawing([each.payload for each in messages(card, pictures=pictures, native=native)], around=around)


def _aside(said: Aside, native: Native) -> Drawing:
    """Return what one person alone is told, below the command that they used."""
    asked, used = said.request, native(said.request.command)
    manager = used.split()[0] == f"/{MANAGERS}"
    around = Around(asked.now, person=asked.person.name, used=used)
    if isinstance(said.answer.body, Form):
        return _form(said.answer.body, State(said.answer.body.command, manager=manager), around)
    shown = private(said.answer, asked, manager=manager, native=native)
    return _drawing([shown.payload], around=replace(around, file=shown.file))


def _form(form: Form, state: State, around: Around) -> Drawing:
    """Return a panel with its modals, or the modal with which a form begins that has something to be typed first."""
    opened = windows(form, state)
    if is_blank(form):
        return _drawing([], opened[:1])
    return _drawing([panel(form, state).payload], opened, around)


def _drawing(payloads: Sequence[Component], modals: Sequence[Component] = (), around: Around = _NOTHING) -> Drawing:
    sent = [*payloads, *modals]
    source = sent[0] if len(sent) == 1 else sent
    return Drawing(draw(payloads, modals, around), json.dumps(source, indent=2, ensure_ascii=False), STYLE)
