"""mrkdwn to HTML: bold, italics, links, mentions, emoji and quotes of a text object."""

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


def render_inline(text: str) -> str:
    """Return mrkdwn as HTML, by the loosest reading of its signs."""
    parts, at = [], 0
    for match in _INLINE.finditer(text):
        parts += [_escape_html(text[at : match.start()]), _render_match(match)]
        at = match.end()
    return "".join([*parts, _escape_html(text[at:])])


def render_tag(name: str, *children: str, class_: str = "", **attributes: str) -> str:
    """Return an element around HTML; empty attributes are left out."""
    given = {"class": class_, **attributes}
    written = "".join(f' {key}="{escape(value)}"' for key, value in given.items() if value)
    return f"<{name}{written}>{''.join(children)}</{name}>"


def _render_match(match: re.Match[str]) -> str:
    if match["sign"]:
        return render_tag("span", _escape_html(match[0]), class_="sk-mention")
    if match["url"]:
        shown = render_inline(match["label"]) if match["label"] else _escape_html(match["url"])
        return render_tag("a", shown, href=_unescape_text(match["url"]), rel="noopener noreferrer", target="_blank")
    if match["emoji"]:
        return render_tag("span", _escape_html(match[0]), class_="sk-emoji")
    if match["code"]:
        return render_tag("code", _escape_html(match["code"]))
    name = next(name for name in ("b", "i", "s") if match[name])
    return render_tag(name, render_inline(match[name]))


def _unescape_text(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _escape_html(text: str) -> str:
    return escape(_unescape_text(text))


def render_text_object(text: Mapping[str, Any]) -> str:
    """Return a text object."""
    if text["type"] == "plain_text":
        return escape(text["text"])
    lines = text["text"].split("\n")
    quoted = (
        render_tag("blockquote", render_inline(line[4:])) if line.startswith("&gt;") else render_inline(line)
        for line in lines
    )
    return "<br>".join(quoted)
