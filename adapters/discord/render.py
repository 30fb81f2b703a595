"""Cards as Discord shows them, exactly as it takes them: messages, private answers, posts of a forum."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from adapters.discord import gallery, keys
from adapters.discord.buttons import Press
from adapters.discord.clicking import Mention, clickable, unknown
from adapters.discord.items import Entry, entry
from adapters.discord.layout import CODE, CONTENT, Limits, Native, Part, lay
from adapters.discord.pad import Pad
from adapters.discord.rows import rows
from adapters.discord.text import clean, plain
from adapters.discord.times import own
from bot.cards import Action, Card, Item
from bot.language import speaking
from bot.models import Kind
from bot.ports.commands import Answer, Request
from bot.wording import untitled

SUPPRESS_EMBEDS: Final = 1 << 2
"""Links get no previews: https://docs.discord.com/developers/resources/message#message-object-message-flags."""
EPHEMERAL: Final = 1 << 6
DISCUSS: Final = "discuss"
"""The command that opens a thread about a paper; it is offered only where there can be threads."""
SHARE: Final = "share"
"""What is no command of its own: an answer for everybody."""

_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class Message:
    """What Discord is given, and what its buttons need kept before it is sent. ``file`` is a text to attach, or ""."""

    payload: dict[str, Any]
    kept: Mapping[str, Mapping[str, Any]]
    file: str = ""


def command(line: str) -> str:
    """Write an example as it is typed in Discord; whoever has the table of commands can do it better."""
    return f"/papers {line}"


def messages(
    card: Card, key: str = "", *, pictures: bool = False, role: str = "", most: int = 0, native: Native = command
) -> tuple[Message, ...]:
    """Return *card* for everybody, in as many messages as it needs, each with its part of *key*.

    *role* is the id of the one that the first may ping. *pictures* puts thumbnails beside the papers. With *most* there
    are no more messages than that, and none at all where something would have to be left out.
    """
    with speaking(card.language):
        ping = f"<@&{role}>" if role.isdecimal() else ""
        limits = gallery.LIMITS if pictures else Limits()
        parts = lay(card, replace(limits, parts=most, whole=True) if most else limits, native, ping=ping)
        if most and sum(len(part.entries) for part in parts) < len(card.items):
            return ()
        every = []
        for number, laid in enumerate(parts):
            part, pad = own(laid, card.moments, limits.size), Pad(keys.mark(key, number))
            actions = card.actions if laid is parts[-1] else ()
            if pictures:
                drawn = gallery.payload(part, actions, pad)
            else:
                drawn = _payload(part.text, rows(part.items, actions, pad), pad.mark)
            allowed = _allowed(role if ping and number == 0 else "")
            every.append(Message({**drawn, "allowed_mentions": allowed}, pad.kept))
        return tuple(every)


def private(
    answer: Answer,
    request: Request,
    *,
    manager: bool = False,
    unable: Collection[str] = (),
    native: Native = command,
    mention: Mention = unknown,
) -> Message:
    """Return the card of an answer in one message for its asker, with a button that shares it where others see it.

    *manager* tells that its buttons may do what those of the managers' commands do. *unable* is what the bot can't do
    there: `SHARE`, `DISCUSS`. *mention* writes a command so that it can be clicked.
    """
    card = answer.body
    if not isinstance(card, Card):
        raise TypeError("A form is a panel; see adapters.discord.panel.")
    card = _possible(card, request, unable)
    pad = Pad(manager=manager)
    press = Press(request.command, request.arguments, share=True, manager=manager)
    shared = answer.shareable and request.channel.kind is not Kind.DIRECT and SHARE not in unable
    share = press if shared else None
    with speaking(card.language):
        (part,) = lay(card, Limits(), native, private=True)
        part = own(clickable(part, request, native, mention), card.moments, CONTENT)
        linked = len(part.items) == 1
        drawn = _payload(part.text, rows(part.items, card.actions, pad, share=share, linked=linked))
    whole = card.code if len(card.code) > CODE else ""
    flags = SUPPRESS_EMBEDS | EPHEMERAL
    return Message({**drawn, "flags": flags, "allowed_mentions": _allowed()}, pad.kept, whole)


def post(
    card: Card, key: str = "", *, pictures: bool = False, role: str = ""
) -> tuple[str, dict[str, Any], Mapping[str, Mapping[str, Any]]]:
    """Return a card of one item as a post of a forum or a thread of its own: its name, its starter, what to keep.

    Only the first item is posted. *pictures* and *role* are as in `messages`.
    """
    with speaking(card.language):
        item = next(iter(card.items), Item(clean(card.title) or untitled(), text=card.text))
        pad, ping = Pad(keys.mark(key, 0)), f"<@&{role}>" if role.isdecimal() else ""
        shown = replace(item, number=None, text=item.abstract or item.text, abstract="")
        text = entry(shown, CONTENT - 50 - len(ping))
        if pictures:
            drawn = gallery.payload(Part(ping, (Entry(shown, text),), ""), card.actions, pad)
        else:
            above = f"{ping}\n{text}" if ping else text
            drawn = _payload(above, rows([shown], card.actions, pad), pad.mark)
        allowed = _allowed(role if ping else "")
        return plain(item.title or untitled(), _NAME), {**drawn, "allowed_mentions": allowed}, pad.kept


def _payload(text: str, components: list[Any], mark: str = "") -> dict[str, Any]:
    """Return a message of plain content; *mark* is what no component carries."""
    lines = [text or ("" if components else "Broadsheet"), keys.line(mark) if mark else ""]
    return {
        "content": "\n".join(line for line in lines if line),
        "components": components,
        "embeds": [],
        "flags": SUPPRESS_EMBEDS,
    }


def _allowed(role: str = "") -> dict[str, Any]:
    """Return who may be notified: nobody, or one role."""
    return {"parse": [], "roles": [role]} if role else {"parse": []}


def _possible(card: Card, request: Request, unable: Collection[str]) -> Card:
    """Return *card* without what can't be done in its channel: only a plain one has threads."""
    if request.channel.kind is Kind.CHANNEL and DISCUSS not in unable:
        return card
    items = tuple(replace(item, actions=_without(item.actions)) for item in card.items)
    return replace(card, items=items, actions=_without(card.actions))


def _without(actions: tuple[Action, ...]) -> tuple[Action, ...]:
    return tuple(action for action in actions if action.command != DISCUSS)
