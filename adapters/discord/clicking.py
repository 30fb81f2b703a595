"""Commands that can be clicked: Discord puts one into its reader's input where a message mentions it by its id.

https://docs.discord.com/developers/reference#message-formatting
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from adapters.discord.items import Entry
from adapters.discord.layout import CONTENT, Native, Part
from adapters.discord.text import escape, size
from bot.ports.commands import Request

Mention = Callable[[str], str]
"""Writes a command by our name for it so that it can be clicked; "" where that can't be."""

_HELP: Final = "help"


def unknown(_: str) -> str:
    """Return "": Discord's ids of the commands are not known."""
    return ""


def clickable(part: Part, request: Request, native: Native, mention: Mention) -> Part:
    """Return *part* with the commands that the help tells of to be clicked; as it is, where there is no room for that.

    *request* is what is answered: of the help on one command, that one is clicked in the heading.
    """
    asked = request.arguments.get("command", "") if request.command == _HELP else ""
    heading, said = f"### {escape(native(asked))}", mention(asked) if asked else ""
    head = part.head.replace(heading, f"### {said}", 1) if said and part.head.startswith(f"{heading}\n") else part.head
    shown = replace(part, head=head, entries=tuple(_entry(each, native, mention) for each in part.entries))
    return shown if size(shown.text) <= CONTENT else part


def _entry(each: Entry, native: Native, mention: Mention) -> Entry:
    """Write the command that an entry tells of. What it does tells that it is ours: a title could be anybody's."""
    told = (action.arguments.get("command", "") for action in each.item.actions if action.command == _HELP)
    name = next(told, "")
    said = mention(name) if name and each.item.title == native(name) else ""
    return replace(each, text=each.text.replace(escape(each.item.title), said, 1)) if said else each
