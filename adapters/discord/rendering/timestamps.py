"""Discord timestamps (<t:…>): moments of a card shown in each reader's own time zone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from adapters.common.text import count_utf16_units
from adapters.discord.rendering.layout import MessagePart
from adapters.discord.rendering.markdown import format_timestamp


def localize_part(part: MessagePart, moments: Mapping[str, int], max_length: int) -> MessagePart:
    """Return *part* with its *moments* as each reader's own; one that would grow too long by it stays as it is."""
    entries = tuple(
        replace(each, title=localize_moments(each.title, moments), text=localize_moments(each.text, moments))
        for each in part.entries
    )
    shown = MessagePart(localize_moments(part.head, moments), entries, localize_moments(part.foot, moments))
    return shown if count_utf16_units(shown.text) <= max_length else part


def localize_moments(text: str, moments: Mapping[str, int]) -> str:
    """Return *text* with its *moments*, as in `bot.cards.models.Card`, as Discord's."""
    if not moments:
        return text
    # The longest first: one may be written like the beginning of another.
    written = re.compile("|".join(map(re.escape, sorted(moments, key=len, reverse=True))))
    return written.sub(lambda found: format_timestamp(datetime.fromtimestamp(moments[found[0]], UTC)), text)
