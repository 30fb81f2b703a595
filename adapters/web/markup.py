"""HTML in which nothing can be left unescaped: text becomes `Html` only by way of `tag` and `join`."""

from __future__ import annotations

from html import escape
from typing import Final

_VOID: Final = frozenset({"br", "img", "input", "link", "meta"})


class Html(str):
    """Finished HTML. Every other string is text, and is escaped where it meets this."""

    __slots__ = ()


def tag(name: str, /, *parts: str | None, **attributes: str | int | bool | None) -> Html:
    """Return an element.

    Attribute names are written as Python can: ``class_``, ``aria_label``, ``data_post``. True gives a bare attribute,
    None and False none at all.
    """
    opening = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    return Html(opening) if name in _VOID else Html(f"{opening}{join(*parts)}</{name}>")


def join(*parts: str | None) -> Html:
    """Return the parts one after the other; text is escaped, None is left out."""
    return Html("".join(part if isinstance(part, Html) else _escaped(part) for part in parts if part))


def icon(name: str) -> Html:
    """Return one of the page's symbols, as decoration."""
    return tag("svg", tag("use", href=f"#{name}"), aria_hidden="true")


def _attribute(key: str, value: str | int | bool | None) -> str:  # noqa: FBT001 (an attribute's value, not a switch)
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{_escaped(str(value))}"'


def _escaped(text: str) -> str:
    """Escape *text*; halves of characters, which can't be sent, become question marks."""
    return escape(text).encode(errors="replace").decode()
