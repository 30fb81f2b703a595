"""Components V2: papers as sections with a thumbnail accessory and text displays.

Embeds would be the older way, but their pictures can't be told in words, and some people switch them off; a thumbnail
of a section has a description: https://docs.discord.com/developers/components/reference#thumbnail.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from adapters.common.text import sanitize_url
from adapters.discord.rendering import message_keys
from adapters.discord.rendering.buttons_and_selects import Component, ComponentBuilder, build_action_rows
from adapters.discord.rendering.items import Entry
from adapters.discord.rendering.layout import MessageLimits, MessagePart
from adapters.discord.rendering.markdown import MAX_URL_LENGTH, fit_plain_text
from bot.cards.models import Action, Item
from bot.i18n.translation import gettext

LIMITS: Final = MessageLimits(max_characters=4000, max_entries=9)
"""Characters of all texts together; of the 40 components an entry takes three, what stands around them up to ten."""
IS_V2: Final = 1 << 15
"""Can't be taken from a message: https://docs.discord.com/developers/resources/message#message-object-message-flags."""

_SECTION, _TEXT, _THUMBNAIL = 9, 10, 11
_MAX_ALT_TEXT: Final = 200
_MAX_TITLE: Final = 300
_MAX_ROWS: Final = 2


def is_components_v2(message: Mapping[str, Any]) -> bool:
    """Tell whether a message, as Discord sends it, is one with pictures: it stays one, as one without stays without."""
    return bool(message.get("flags", 0) & IS_V2)


def render_components_message(
    part: MessagePart, actions: Sequence[Action], builder: ComponentBuilder
) -> dict[str, Any]:
    """Return a part of a card as a message with pictures."""
    below = build_action_rows(part.items, actions, builder, max_rows=_MAX_ROWS)
    foot = "\n".join(
        line for line in (part.foot, message_keys.format_key_line(builder.part_key) if builder.part_key else "") if line
    )
    components = [
        *_build_text_display(part.head),
        *(component for entry in part.entries for component in _build_section(entry)),
        *_build_text_display(foot),
        *below,
    ]
    return {"components": components or list(_build_text_display("Broadsheet")), "flags": IS_V2}


def _build_section(entry: Entry) -> list[Component]:
    text = _build_text_display(entry.append_to(""))
    address = sanitize_url(entry.item.thumbnail, MAX_URL_LENGTH)
    if not address:
        return text
    thumbnail = {"type": _THUMBNAIL, "media": {"url": address}, "description": _describe_thumbnail(entry.item)}
    return [{"type": _SECTION, "components": text, "accessory": thumbnail}]


def _build_text_display(text: str) -> list[Component]:
    return [{"type": _TEXT, "content": text}] if text else []


def _describe_thumbnail(item: Item) -> str:
    """Tell a picture for those who can't see it."""
    about = next((action.about for action in item.actions if action.about), "")
    named = about or re.split(r":\s", item.title[:_MAX_TITLE], maxsplit=1)[0]
    return fit_plain_text(gettext("First page or figure of {name}", name=named), _MAX_ALT_TEXT)
