"""The signs of Slack's texts read back, and HTML to write them in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any, Final

_INLINE: Final = re.compile(
    r"<(?P<sign>[@#!])?(?P<url>[^<>|\s]+)(?:\|(?P<label>[^<>]*))?>"
    r"|`(?P<code>[^`\n]+)`"
    r"|\*(?P<b>[^*\n]+)\*"
    r"|(?<![A-Za-z0-9])_(?P<i>[^_\n]+)_(?![A-Za-z0-9])"
    r"|~(?P<s>[^~\n]+)~"
    r"|:(?P<emoji>[a-z0-9_+'-]+):"
)


def inline(text: str) -> str:
    """Return mrkdwn as HTML, by the loosest reading of its signs."""
    parts, at = [], 0
    for match in _INLINE.finditer(text):
        parts += [_plain(text[at : match.start()]), _piece(match)]
        at = match.end()
    return "".join([*parts, _plain(text[at:])])


def tag(name: str, *inside: str, class_: str = "", **attributes: str) -> str:
    """Return an element around HTML; empty attributes are left out."""
    given = {"class": class_, **attributes}
    written = "".join(f' {key}="{escape(value)}"' for key, value in given.items() if value)
    return f"<{name}{written}>{''.join(inside)}</{name}>"


def _piece(match: re.Match[str]) -> str:
    if match["sign"]:
        return tag("span", _plain(match[0]), class_="sk-mention")
    if match["url"]:
        shown = inline(match["label"]) if match["label"] else _plain(match["url"])
        return tag("a", shown, href=_decoded(match["url"]), rel="noopener noreferrer", target="_blank")
    if match["emoji"]:
        return tag("span", _plain(match[0]), class_="sk-emoji")
    if match["code"]:
        return tag("code", _plain(match["code"]))
    name = next(name for name in ("b", "i", "s") if match[name])
    return tag(name, inline(match[name]))


def _decoded(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _plain(text: str) -> str:
    return escape(_decoded(text))


def words(text: Mapping[str, Any]) -> str:
    """Return a text object."""
    if text["type"] == "plain_text":
        return escape(text["text"])
    lines = text["text"].split("\n")
    quoted = (tag("blockquote", inline(line[4:])) if line.startswith("&gt;") else inline(line) for line in lines)
    return "<br>".join(quoted)
