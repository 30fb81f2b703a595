"""Slash command mentions (</papers:1>): a command in a message that its reader can click.

https://docs.discord.com/developers/reference#message-formatting
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from adapters.common.text import count_utf16_units
from adapters.discord.rendering.items import Entry, format_line_title
from adapters.discord.rendering.layout import MAX_CONTENT, MessagePart, render_head
from bot.cards.models import Card

MentionFormatter = Callable[[str], str]
"""Writes the command of a name so that it can be clicked; "" where that can't be."""


def omit_mention(_: str) -> str:
    """Return "": Discord's ids of the commands are not known."""
    return ""


def mention_commands(part: MessagePart, card: Card, mention_formatter: MentionFormatter) -> MessagePart:
    """Return *part*, the only one of a *card*, with the commands in its titles to be clicked.

    It is as it was where there is no room for that.
    """
    mention = mention_formatter(card.command) if card.command else ""
    clickable_part = replace(
        part,
        head=render_head(card, title=mention) if mention else part.head,
        entries=tuple(_mention_entry_command(each, mention_formatter) for each in part.entries),
    )
    return clickable_part if count_utf16_units(clickable_part.text) <= MAX_CONTENT else part


def _mention_entry_command(entry: Entry, mention_formatter: MentionFormatter) -> Entry:
    mention = mention_formatter(entry.item.command) if entry.item.command and entry.title else ""
    return replace(entry, title=format_line_title(mention)) if mention else entry
