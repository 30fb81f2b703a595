"""Slash command mentions (</papers:1>): a command in a message that its reader can click.

https://docs.discord.com/developers/reference#message-formatting
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from adapters.common.text import count_utf16_units
from adapters.discord.rendering.items import Entry
from adapters.discord.rendering.layout import MAX_CONTENT, MessagePart
from adapters.discord.rendering.markdown import escape_markdown
from bot.ports.commands import Request

MentionFormatter = Callable[[str, Mapping[str, str]], tuple[str, str]]
"""Writes the command that a command's arguments name: as it is typed, and to be clicked; "" where that can't be."""


def omit_mention(_: str, __: Mapping[str, str]) -> tuple[str, str]:
    """Return ("", ""): Discord's ids of the commands are not known."""
    return "", ""


def mention_commands(part: MessagePart, request: Request, mention_formatter: MentionFormatter) -> MessagePart:
    """Return *part* with the commands that the help tells of to be clicked; as it is, where there is no room for that.

    *request* is what is answered: of the help on one command, that one is clicked in the heading.
    """
    typed, linked = mention_formatter(request.command, request.arguments)
    heading = f"### {escape_markdown(typed)}"
    head = (
        part.head.replace(heading, f"### {linked}", 1) if linked and part.head.startswith(f"{heading}\n") else part.head
    )
    linked_part = replace(
        part,
        head=head,
        entries=tuple(_mention_entry_command(each, mention_formatter) for each in part.entries),
    )
    return linked_part if count_utf16_units(linked_part.text) <= MAX_CONTENT else part


def _mention_entry_command(entry: Entry, mention_formatter: MentionFormatter) -> Entry:
    """Write the command that an entry tells of. What it does tells that it is ours: a title could be anybody's."""
    named = [mention_formatter(action.command, action.arguments) for action in entry.item.actions]
    linked = next((mention for typed, mention in named if typed and typed == entry.item.title), "")
    return replace(entry, text=entry.text.replace(escape_markdown(entry.item.title), linked, 1)) if linked else entry
