"""HTML elements on MarkupSafe: every string that is not Markup is text, and is escaped where it meets Markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from markupsafe import Markup, escape

_VOID_ELEMENTS: Final = frozenset({"br", "hr", "img", "input", "link", "meta"})


def render_tag(name: str, /, *parts: str | None, **attributes: str | int | bool | None) -> Markup:
    """Return an element.

    Attribute names are written as Python can: ``class_``, ``aria_label``, ``data_post``. True gives a bare attribute,
    None and False none at all.
    """
    opening = f"<{name}{''.join(_render_attribute(key, value) for key, value in attributes.items())}>"
    rest = "" if name in _VOID_ELEMENTS else f"{join_html(*parts)}</{name}>"
    return Markup(opening + rest)  # noqa: S704 - all of it is escaped


def join_html(*parts: str | None) -> Markup:
    """Return the parts one after the other; text is escaped, None is left out."""
    return Markup("").join(part if isinstance(part, Markup) else escape_text(part) for part in parts if part)


def render_matches(
    matches: Iterable[re.Match[str]],
    text: str,
    render_match: Callable[[re.Match[str]], Markup],
    read_text: Callable[[str], str] = str,
) -> Markup:
    """Return *text* with its *matches* rendered; what stands between them is text, as *read_text* reads it."""
    parts: list[str] = []
    end = 0
    for match in matches:
        parts += [read_text(text[end : match.start()]), render_match(match)]
        end = match.end()
    return join_html(*parts, read_text(text[end:]))


def escape_text(text: str) -> Markup:
    """Return *text* as HTML; halves of characters, which can't be sent, become question marks."""
    escaped = escape(text.encode(errors="replace").decode())
    return Markup(str(escaped).replace("&#34;", "&quot;"))  # noqa: S704 - the name that HTML has for it


def _render_attribute(key: str, value: str | int | bool | None) -> str:  # noqa: FBT001 (an attribute's value, not a switch)
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape_text(str(value))}"'
