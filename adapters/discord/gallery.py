"""Papers with a thumbnail beside each, as Components V2.

Embeds would be the older way, but their pictures can't be told in words, and some people switch them off; a thumbnail
of a section has a description: https://docs.discord.com/developers/components/reference#thumbnail.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from adapters.discord import keys
from adapters.discord.items import Entry
from adapters.discord.layout import Limits, Part
from adapters.discord.pad import Component, Pad
from adapters.discord.rows import rows
from adapters.discord.text import plain, safe
from bot.cards import Action, Item
from bot.language import gettext

LIMITS: Final = Limits(size=4000, entries=9)
"""Characters of all texts together; of the 40 components an entry takes three, what stands around them up to ten."""
IS_V2: Final = 1 << 15
"""Can't be taken from a message: https://docs.discord.com/developers/resources/message#message-object-message-flags."""

_SECTION, _TEXT, _THUMBNAIL = 9, 10, 11
_ALT: Final = 200
_NAMED: Final = 300
_ROWS: Final = 2


def shown(message: Mapping[str, Any]) -> bool:
    """Tell whether a message, as Discord sends it, is one with pictures: it stays one, as one without stays without."""
    return bool(message.get("flags", 0) & IS_V2)


def payload(part: Part, actions: Sequence[Action], pad: Pad) -> dict[str, Any]:
    """Return a part of a card as a message with pictures."""
    below = rows(part.items, actions, pad, most=_ROWS)
    foot = "\n".join(line for line in (part.foot, keys.line(pad.mark) if pad.mark else "") if line)
    inside = [
        *_text(part.head),
        *(each for one in part.entries for each in _entry(one)),
        *_text(foot),
        *below,
    ]
    return {"components": inside or list(_text("Broadsheet")), "flags": IS_V2}


def _entry(entry: Entry) -> list[Component]:
    text = _text(entry.after(""))
    address = safe(entry.item.thumbnail)
    if not address:
        return text
    thumbnail = {"type": _THUMBNAIL, "media": {"url": address}, "description": _told(entry.item)}
    return [{"type": _SECTION, "components": text, "accessory": thumbnail}]


def _text(text: str) -> list[Component]:
    return [{"type": _TEXT, "content": text}] if text else []


def _told(item: Item) -> str:
    """Tell a picture for those who can't see it."""
    about = next((action.about for action in item.actions if action.about), "")
    named = about or re.split(r":\s", item.title[:_NAMED], maxsplit=1)[0]
    return plain(gettext("First page or figure of {name}", name=named), _ALT)
