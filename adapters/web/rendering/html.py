"""HTML escaping: the Html type, made only by elements and joins that escape every other string."""

from __future__ import annotations

from html import escape
from typing import Final

_VOID_ELEMENTS: Final = frozenset({"br", "img", "input", "link", "meta"})


class Html(str):
    """Finished HTML. Every other string is text, and is escaped where it meets this."""

    __slots__ = ()


def render_tag(name: str, /, *parts: str | None, **attributes: str | int | bool | None) -> Html:
    """Return an element.

    Attribute names are written as Python can: ``class_``, ``aria_label``, ``data_post``. True gives a bare attribute,
    None and False none at all.
    """
    opening = f"<{name}{''.join(_render_attribute(key, value) for key, value in attributes.items())}>"
    return Html(opening) if name in _VOID_ELEMENTS else Html(f"{opening}{join_html(*parts)}</{name}>")


def join_html(*parts: str | None) -> Html:
    """Return the parts one after the other; text is escaped, None is left out."""
    return Html("".join(part if isinstance(part, Html) else _escape_text(part) for part in parts if part))


def render_icon(name: str) -> Html:
    """Return one of the page's symbols, as decoration."""
    return render_tag("svg", render_tag("use", href=f"#{name}"), aria_hidden="true")


def _render_attribute(key: str, value: str | int | bool | None) -> str:  # noqa: FBT001 (an attribute's value, not a switch)
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{_escape_text(str(value))}"'


def _escape_text(text: str) -> str:
    """Escape *text*; halves of characters, which can't be sent, become question marks."""
    return escape(text).encode(errors="replace").decode()
