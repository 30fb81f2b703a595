"""What is stored about the asker: told, exported, deleted."""

from __future__ import annotations

import json
from functools import partial
from typing import Any, Final

from bot import wording
from bot.cards import Action, Card
from bot.commands import parameters
from bot.commands.desk import Desk, direct
from bot.commands.replies import say
from bot.ports.commands import Answer, Command, Request

_NOUNS: Final = {
    "follows": ("topic followed for yourself", "topics followed for yourself"),
    "follows added to channels": ("follow added to channels", "follows added to channels"),
    "saves": ("paper on your reading list", "papers on your reading list"),
    "seen": ("paper you were shown", "papers you were shown"),
    "mutes": ("mute of your own", "mutes of your own"),
    "mutes added to channels": ("mute added to channels", "mutes added to channels"),
    "messages": ("direct message", "direct messages"),
    "posts": ("message in this workspace", "messages in this workspace"),
    "changes": ("line in the log of changes", "lines in the log of changes"),
}
"""What the store calls a part, and how one and several of it are called."""


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
    text = f"Stored about you: {wording.listing(counts)}." if counts else "Nothing is stored about you."
    return say(
        text,
        Action("Export", "me export"),
        Action("Forget me", "me forget"),
        footer=("What you search for is neither stored nor logged. The log of changes is kept for 180 days.",),
    )


def _counts(about: dict[str, Any]) -> list[str]:
    return [wording.count(len(about[name]), *nouns) for name, nouns in _NOUNS.items() if about.get(name)]


async def export(desk: Desk, request: Request) -> Answer:
    """Give everything that is stored."""
    about = await desk.stores.privacy.about(direct(request))
    title = "Everything stored about you"
    return Answer(Card(title, code=json.dumps(about, ensure_ascii=False, indent=1, default=str), fallback=title))


async def forget(desk: Desk, request: Request, *, confirm: bool = False) -> Answer:
    """Delete it, after asking once."""
    if not confirm or request.dry:
        counts = _counts(await desk.stores.privacy.about(direct(request)))
        what = f": {wording.listing(counts)}" if counts else "; nothing is stored now"
        text = (
            f"This deletes what is yours and can’t be taken back{what}. "
            "What you added to channels stays there, without your name."
        )
        return say(text, Action("Forget me", "me forget", {"confirm": "yes"}), Action("Keep everything", "me"))
    deleted = await desk.stores.privacy.forget(direct(request))
    total = sum(deleted.values())
    return say(f"Forgotten: {wording.count(total, 'entry', 'entries')} deleted or stripped of your name.")
