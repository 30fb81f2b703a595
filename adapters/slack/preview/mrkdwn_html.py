"""mrkdwn to HTML: bold, italics, links, mentions, emoji and quotes of a text object."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from markupsafe import Markup

from adapters.common.html import escape_text, render_matches, render_tag

_INLINE: Final = re.compile(
    r"<(?P<sign>[@#!])?(?P<url>[^<>|\s]+)(?:\|(?P<label>[^<>]*))?>"
    r"|`(?P<code>[^`\n]+)`"
    r"|\*(?P<b>[^*\n]+)\*"
    r"|(?<![A-Za-z0-9])_(?P<i>[^_\n]+)_(?![A-Za-z0-9])"
    r"|~(?P<s>[^~\n]+)~"
    r"|:(?P<emoji>[a-z0-9_+'-]+):"
)


def render_inline(text: str) -> Markup:
    """Return mrkdwn as HTML, by the loosest reading of its signs."""
    return render_matches(_INLINE.finditer(text), text, _render_match, _unescape_text)


def _render_match(match: re.Match[str]) -> Markup:
    if match["sign"]:
        return render_tag("span", _unescape_text(match[0]), class_="sk-mention")
    if match["url"]:
        label = render_inline(match["label"]) if match["label"] else _unescape_text(match["url"])
        return render_tag("a", label, href=_unescape_text(match["url"]), rel="noopener noreferrer", target="_blank")
    if match["emoji"]:
        return render_tag("span", _unescape_text(match[0]), class_="sk-emoji")
    if match["code"]:
        return render_tag("code", _unescape_text(match["code"]))
    name = next(name for name in ("b", "i", "s") if match[name])
    return render_tag(name, render_inline(match[name]))


def _unescape_text(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def render_text_object(text: Mapping[str, Any]) -> Markup:
    """Return a text object."""
    if text["type"] == "plain_text":
        return escape_text(text["text"])
    lines = text["text"].split("\n")
    quoted = (
        render_tag("blockquote", render_inline(line[4:])) if line.startswith("&gt;") else render_inline(line)
        for line in lines
    )
    return Markup("<br>").join(quoted)
