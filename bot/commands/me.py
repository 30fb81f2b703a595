"""What is stored about the asker: told, exported, deleted."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from bot import wording
from bot.cards import Action, Card
from bot.commands import parameters
from bot.commands.desk import Desk, direct
from bot.commands.replies import say
from bot.language import gettext, joined
from bot.ports.commands import Answer, Command, Request

_NOUNS: Final[Mapping[str, Callable[[int], str]]] = {
    "follows": lambda number: wording.count(number, "topic followed for yourself", "topics followed for yourself"),
    "follows added to channels": lambda number: wording.count(
        number, "follow added to channels", "follows added to channels"
    ),
    "saves": lambda number: wording.count(number, "paper on your reading list", "papers on your reading list"),
    "seen": lambda number: wording.count(number, "paper you were shown", "papers you were shown"),
    "mutes": lambda number: wording.count(number, "mute of your own", "mutes of your own"),
    "mutes added to channels": lambda number: wording.count(
        number, "mute added to channels", "mutes added to channels"
    ),
    "messages": lambda number: wording.count(number, "direct message", "direct messages"),
    "posts": lambda number: wording.count(number, "message in this workspace", "messages in this workspace"),
    "changes": lambda number: wording.count(number, "line in the log of changes", "lines in the log of changes"),
}
"""What the store calls a part, and how so many of it are called."""


def commands(desk: Desk) -> tuple[Command, ...]:
    """Return the commands of this file."""
    confirm = parameters.of_flag("confirm", "Say yes to delete")
    return (
        Command("me", "What is stored about you", partial(me, desk), example="me"),
        Command("me export", "The same, complete, as JSON", partial(export, desk), example="me export"),
        Command("me forget", "Delete what is stored about you", partial(forget, desk), (confirm,), example="me forget"),
    )


async def me(desk: Desk, request: Request) -> Answer:
    """Count what is stored."""
    about = await desk.stores.privacy.about(direct(request))
    counts = _counts(about)
    text = (
        gettext("Stored about you: {counts}.", counts=wording.listing(counts))
        if counts
        else gettext("Nothing is stored about you.")
    )
    return say(
        text,
        Action(gettext("Export"), "me export"),
        Action(gettext("Forget me"), "me forget"),
        footer=(gettext("What you search for is neither stored nor logged. The log of changes is kept for 180 days."),),
    )


def _counts(about: dict[str, Any]) -> list[str]:
    return [counted(len(about[name])) for name, counted in _NOUNS.items() if about.get(name)]


async def export(desk: Desk, request: Request) -> Answer:
    """Give everything that is stored."""
    about = await desk.stores.privacy.about(direct(request))
    title = gettext("Everything stored about you")
    return Answer(Card(title, code=json.dumps(about, ensure_ascii=False, indent=1, default=str), fallback=title))


async def forget(desk: Desk, request: Request, *, confirm: bool = False) -> Answer:
    """Delete it, after asking once."""
    if not confirm or request.dry:
        counts = _counts(await desk.stores.privacy.about(direct(request)))
        text = gettext("This deletes what is yours and can’t be taken back; nothing is stored now.")
        if counts:
            listed = wording.listing(counts)
            text = gettext("This deletes what is yours and can’t be taken back: {counts}.", counts=listed)
        text = joined(text, gettext("What you added to channels stays there, without your name."))
        return say(
            text,
            Action(gettext("Forget me"), "me forget", {"confirm": "yes"}),
            Action(gettext("Keep everything"), "me"),
        )
    deleted = await desk.stores.privacy.forget(direct(request))
    total = sum(deleted.values())
    return say(
        gettext(
            "Forgotten: {entries} deleted or stripped of your name.", entries=wording.count(total, "entry", "entries")
        )
    )
