r"""Discord markdown to HTML, parsed as Discord's clients parse it; everything else in it is escaped.

https://support.discord.com/hc/en-us/articles/210298617 and
https://docs.discord.com/developers/reference#message-formatting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Final

from markupsafe import Markup

from adapters.common.html import escape_text, join_html, render_matches, render_tag

_FENCE: Final = re.compile(r"(?<!\\)```(?:[a-z0-9_+\-.#]*\n)?([\s\S]+?)\n?```\n?", re.IGNORECASE)
_LINE: Final = re.compile(r"(?:(?P<mark>#{1,3}|-#|>)[ \t]+|[ ]*(?:[-*+•]|(?P<number>\d+)\.)[ ]+)(?P<rest>\S.*)")
_INLINE: Final = re.compile(
    r"""
      \\(?P<escaped>[^0-9A-Za-z\s])
    | (?P<ticks>`+)(?P<code>[\s\S]*?[^`])(?P=ticks)(?!`)
    | \[(?P<label>(?:\\.|\[(?:\\.|[^\[\]\\])*\]|[^\[\]\\])+)\]\(<?(?P<address>https?://[^\s()<>]+)>?\)
    | <(?P<auto>https?://[^\s<>]+)>
    | <t:(?P<seconds>-?\d{1,17})(?::(?P<style>[tTdDfFR]))?>
    | </(?P<command>[\w -]+):\d+>
    | (?P<mention><(?:@[!&]?|\#)\d+>|@everyone|@here)
    | (?P<bare>https?://[^\s<>]*[^\s<>.,:;"')\]])
    | \*\*(?P<b>(?:\\[\s\S]|[^\\])+?)\*\*(?!\*)
    | __(?P<u>(?:\\[\s\S]|[^\\])+?)__(?!_)
    | \*(?=\S)(?P<i>(?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)
    | _(?P<em>(?:__|\\[\s\S]|[^\\_])+?)_(?![0-9A-Za-z])
    | ~~(?P<s>[\s\S]+?)~~(?!_)
    | \|\|(?P<spoiler>[\s\S]+?)\|\|
    """,
    re.VERBOSE,
)
_LINE_ELEMENTS: Final = {"#": "h1", "##": "h2", "###": "h3", "-#": "small", ">": "blockquote"}
_LINE_BREAK: Final = render_tag("br")
_MENTION_LABELS: Final = {"<@&": "@role", "<#": "#channel", "<@": "@member"}


def render_markdown(text: str) -> Markup:
    """Return the content of a message, or of a text display."""
    parts: list[str] = []
    at = 0
    for fence in _FENCE.finditer(text):
        parts += [*_render_blocks(text[at : fence.start()].removesuffix("\n")), render_tag("pre", fence[1])]
        at = fence.end()
    return join_html(*parts, *_render_blocks(text[at:]))


def render_inline(text: str) -> Markup:
    """Return what stands within lines."""
    return render_matches(_INLINE.finditer(text), text, lambda match: _INLINE_RENDERERS[str(match.lastgroup)](match))


def _render_blocks(text: str) -> Iterator[Markup]:
    """Yield runs of lines of one kind; a mark at the start of a line makes it another kind."""
    for kind, run in groupby(map(_parse_line, text.split("\n") if text else ()), key=itemgetter(0)):
        rests = [rest for _, rest in run]
        if kind in {"ul", "ol"}:
            yield render_tag(kind, *(render_tag("li", render_inline(rest)) for rest in rests))
        elif kind == "blockquote":
            yield render_tag(kind, *_render_blocks("\n".join(rests)))
        elif kind:
            yield from (render_tag(kind, render_inline(rest)) for rest in rests)
        else:
            yield render_tag(
                "p", render_inline("\n".join(rests)).replace("\n", _LINE_BREAK), None if rests[-1] else _LINE_BREAK
            )


def _parse_line(line: str) -> tuple[str, str]:
    """Return the element that a line makes, "" for none of its own, and what stands in it."""
    match = _LINE.fullmatch(line)
    if match is None:
        return "", line
    return _LINE_ELEMENTS.get(match["mark"]) or ("ol" if match["number"] else "ul"), match["rest"]


def _render_link(address: str, label: str) -> Markup:
    return render_tag("a", label, href=address, rel="noopener noreferrer", target="_blank")


def _render_mention(match: re.Match[str]) -> Markup:
    shown = next((name for sign, name in _MENTION_LABELS.items() if match[0].startswith(sign)), match[0])
    return render_tag("span", shown, class_="dc-mention")


def _render_timestamp(match: re.Match[str]) -> Markup:
    """Return a moment in UTC, with what a script needs to show it in the reader's own zone."""
    try:
        at = datetime.fromtimestamp(int(match["seconds"]), UTC)
    except (ValueError, OverflowError, OSError):
        return Markup("Invalid date")
    shown = f"{at.day} {at:%B %Y %H:%M} UTC"
    return render_tag("time", shown, datetime=f"{at:%Y-%m-%dT%H:%M:%SZ}", data_style=match["style"] or "f")


_INLINE_RENDERERS: Final[Mapping[str, Callable[[re.Match[str]], Markup]]] = {
    "escaped": lambda match: escape_text(match["escaped"]),
    "code": lambda match: render_tag("code", match["code"]),
    "address": lambda match: _render_link(match["address"], render_inline(match["label"])),
    "auto": lambda match: _render_link(match["auto"], match["auto"]),
    "seconds": _render_timestamp,
    "style": _render_timestamp,
    "command": lambda match: render_tag("span", f"/{match['command']}", class_="dc-mention"),
    "mention": _render_mention,
    "bare": lambda match: _render_link(match["bare"], match["bare"]),
    "b": lambda match: render_tag("b", render_inline(match["b"])),
    "u": lambda match: render_tag("u", render_inline(match["u"])),
    "i": lambda match: render_tag("i", render_inline(match["i"])),
    "em": lambda match: render_tag("i", render_inline(match["em"])),
    "s": lambda match: render_tag("s", render_inline(match["s"])),
    "spoiler": lambda match: render_tag("span", render_inline(match["spoiler"]), class_="dc-spoiler"),
}
