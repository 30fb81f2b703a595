"""Cards as Slack shows them: messages for everybody, private answers, windows, unfurled links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from adapters.slack.blocks import Block, section
from adapters.slack.buttons import VIEW_ROOM, Pad
from adapters.slack.layout import CODE, VIEW, VIEW_WEIGHT, lay
from adapters.slack.presses import Press
from adapters.slack.text import clean, inert, plain
from bot import wording
from bot.cards import Action, Card
from bot.language import speaking
from bot.models import Kind
from bot.ports.commands import Answer, Request

COMMAND: Final = "/papers"
"""What people type before a command's name, unless the workspace chose another."""

_FALLBACK: Final = 3000
_FALLBACK_BYTES: Final = 3900
"""An edit counts a text's bytes, up to 4,000: https://docs.slack.dev/reference/methods/chat.update."""
_WINDOW_TITLE: Final = 24


@dataclass(frozen=True, slots=True)
class Message:
    """What Slack is given: ``text`` is the notification, ``kept`` what the buttons need kept before it is sent."""

    text: str
    blocks: list[Block]
    kept: Mapping[str, Mapping[str, Any]]


def message(card: Card, *, pictures: bool = False, command: str = COMMAND) -> Message:
    """Return *card* for everybody. *command* is what people type before a command's name."""
    pad = Pad()
    blocks = lay(card, pad, pictures=pictures, command=command)
    return Message(fallback(card), blocks, pad.kept)


def private(answer: Answer, request: Request, *, pictures: bool = False, command: str = COMMAND) -> Message:
    """Return the card of an answer for its asker, with a button that shares it where others could see it."""
    card = answer.body
    if not isinstance(card, Card):
        raise TypeError("A form is a window of its own; see adapters.slack.forms.")
    pad = Pad()
    extra = [_whole(request, pad)] if len(card.code) > CODE else []
    if answer.shareable and request.channel.kind is not Kind.DIRECT:
        extra.append(_share(request, pad))
    return Message(fallback(card), lay(card, pad, extra=extra, pictures=pictures, command=command), pad.kept)


def modal(card: Card, title: str = "", *, command: str = COMMAND) -> tuple[Block, Mapping[str, Mapping[str, Any]]]:
    """Return *card* as a window with whole texts, and what its buttons need kept. *title* stands in the bar."""
    pad = Pad(modal=True, room=VIEW_ROOM)
    named = clean(title or card.title) or "Broadsheet"
    inside = card if title or len(named) > _WINDOW_TITLE else replace(card, title="")
    blocks = lay(inside, pad, most=VIEW, heaviest=VIEW_WEIGHT, whole=True, command=command)
    view = {
        "type": "modal",
        "callback_id": "card",
        "title": plain(named, _WINDOW_TITLE),
        "close": plain("Close", _WINDOW_TITLE),
        "blocks": blocks or [section("Nothing to show.")],
    }
    return view, pad.kept


def unfurl(card: Card) -> list[Block]:
    """Return *card* below somebody's link: to be read only."""
    items = tuple(replace(item, actions=(), abstract="") for item in card.items)
    return lay(replace(card, items=items, actions=()), Pad(), command=COMMAND)


def fallback(card: Card) -> str:
    """Return what a notification shows."""
    said = card.fallback or card.title or card.text or " · ".join(card.folio)
    said = said or ", ".join(item.title for item in card.items[:3]) or "Broadsheet"
    with speaking(card.language):
        sign = wording.sign(card)
    longest = _FALLBACK
    while len((text := inert(f"{sign} {said}", longest)).encode()) > _FALLBACK_BYTES:
        longest = longest * 3 // 4
    return text or "Broadsheet"


def _share(request: Request, pad: Pad) -> Block:
    place = request.channel.name or request.channel.id
    return pad.button(Action(f"Share in #{place}", ""), Press(request.command, request.arguments, share=True))


def _whole(request: Request, pad: Pad) -> Block:
    return pad.button(Action("Show all of it", ""), Press(request.command, request.arguments, modal=True))
