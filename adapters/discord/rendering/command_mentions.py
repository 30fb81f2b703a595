"""Slash command mentions (</papers:1>): a command in a message that its reader can click.

https://docs.discord.com/developers/reference#message-formatting
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from adapters.discord.rendering.items import Entry
from adapters.discord.rendering.layout import MAX_CONTENT, CommandFormatter, MessagePart
from adapters.discord.rendering.markdown import count_utf16_units, escape_markdown
from bot.ports.commands import Request

MentionFormatter = Callable[[str], str]
"""Writes a command by our name for it so that it can be clicked; "" where that can't be."""

_HELP_COMMAND: Final = "help"


def omit_mention(_: str) -> str:
    """Return "": Discord's ids of the commands are not known."""
    return ""


def mention_commands(
    part: MessagePart, request: Request, command_formatter: CommandFormatter, mention_formatter: MentionFormatter
) -> MessagePart:
    """Return *part* with the commands that the help tells of to be clicked; as it is, where there is no room for that.

    *request* is what is answered: of the help on one command, that one is clicked in the heading.
    """
    command = request.arguments.get("command", "") if request.command == _HELP_COMMAND else ""
    heading, linked = (
        f"### {escape_markdown(command_formatter(command))}",
        mention_formatter(command) if command else "",
    )
    head = (
        part.head.replace(heading, f"### {linked}", 1) if linked and part.head.startswith(f"{heading}\n") else part.head
    )
    shown = replace(
        part,
        head=head,
        entries=tuple(_mention_entry_command(each, command_formatter, mention_formatter) for each in part.entries),
    )
    return shown if count_utf16_units(shown.text) <= MAX_CONTENT else part


def _mention_entry_command(
    entry: Entry, command_formatter: CommandFormatter, mention_formatter: MentionFormatter
) -> Entry:
    """Write the command that an entry tells of. What it does tells that it is ours: a title could be anybody's."""
    names = (action.arguments.get("command", "") for action in entry.item.actions if action.command == _HELP_COMMAND)
    name = next(names, "")
    linked = mention_formatter(name) if name and entry.item.title == command_formatter(name) else ""
    return replace(entry, text=entry.text.replace(escape_markdown(entry.item.title), linked, 1)) if linked else entry
