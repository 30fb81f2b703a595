r"""Discord's markdown as HTML, read as its clients read it; everything else in it is escaped.

https://support.discord.com/hc/en-us/articles/210298617 and
https://docs.discord.com/developers/reference#message-formatting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from html import escape
from itertools import groupby
from operator import itemgetter
from typing import Final

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
_MARKS: Final = {"#": "h1", "##": "h2", "###": "h3", "-#": "small", ">": "blockquote"}
_NAMES: Final = {"<@&": "@role", "<#": "#channel", "<@": "@member"}


def tag(name: str, *inside: str, class_: str = "", **attributes: str) -> str:
    """Return an element around HTML; empty attributes are left out."""
    given = {"class": class_, **attributes}
    written = "".join(f' {key.replace("_", "-")}="{escape(value)}"' for key, value in given.items() if value)
    return f"<{name}{written}>{''.join(inside)}</{name}>"


def markdown(text: str) -> str:
    """Return the content of a message, or of a text display."""
    parts, at = [], 0
    for fence in _FENCE.finditer(text):
        parts += [*_blocks(text[at : fence.start()].removesuffix("\n")), tag("pre", escape(fence[1]))]
        at = fence.end()
    return "".join([*parts, *_blocks(text[at:])])


def inline(text: str) -> str:
    """Return what stands within lines."""
    parts, at = [], 0
    for match in _INLINE.finditer(text):
        parts += [escape(text[at : match.start()]), _PIECES[str(match.lastgroup)](match)]
        at = match.end()
    return "".join([*parts, escape(text[at:])])


def _blocks(text: str) -> Iterator[str]:
    """Yield runs of lines of one kind; a mark at the start of a line makes it another kind."""
    for kind, run in groupby(map(_line, text.split("\n") if text else ()), key=itemgetter(0)):
        rests = [rest for _, rest in run]
        if kind in {"ul", "ol"}:
            yield tag(kind, *(tag("li", inline(rest)) for rest in rests))
        elif kind == "blockquote":
            yield tag(kind, *_blocks("\n".join(rests)))
        elif kind:
            yield from (tag(kind, inline(rest)) for rest in rests)
        else:
            yield tag("p", inline("\n".join(rests)).replace("\n", "<br>"), "" if rests[-1] else "<br>")


def _line(line: str) -> tuple[str, str]:
    """Return the element that a line makes, "" for none of its own, and what stands in it."""
    match = _LINE.fullmatch(line)
    if match is None:
        return "", line
    return _MARKS.get(match["mark"]) or ("ol" if match["number"] else "ul"), match["rest"]


def _link(address: str, shown: str) -> str:
    return tag("a", shown, href=address, rel="noopener noreferrer", target="_blank")


def _mention(match: re.Match[str]) -> str:
    shown = next((name for sign, name in _NAMES.items() if match[0].startswith(sign)), match[0])
    return tag("span", escape(shown), class_="dc-mention")


def _moment(match: re.Match[str]) -> str:
    """Return a moment in UTC, with what a script needs to show it in the reader's own zone."""
    try:
        at = datetime.fromtimestamp(int(match["seconds"]), UTC)
    except (ValueError, OverflowError, OSError):
        return escape("Invalid date")
    shown = f"{at.day} {at:%B %Y %H:%M} UTC"
    return tag("time", shown, datetime=f"{at:%Y-%m-%dT%H:%M:%SZ}", data_style=match["style"] or "f")


_PIECES: Final[Mapping[str, Callable[[re.Match[str]], str]]] = {
    "escaped": lambda match: escape(match["escaped"]),
    "code": lambda match: tag("code", escape(match["code"])),
    "address": lambda match: _link(match["address"], inline(match["label"])),
    "auto": lambda match: _link(match["auto"], escape(match["auto"])),
    "seconds": _moment,
    "style": _moment,
    "command": lambda match: tag("span", f"/{escape(match['command'])}", class_="dc-mention"),
    "mention": _mention,
    "bare": lambda match: _link(match["bare"], escape(match["bare"])),
    "b": lambda match: tag("b", inline(match["b"])),
    "u": lambda match: tag("u", inline(match["u"])),
    "i": lambda match: tag("i", inline(match["i"])),
    "em": lambda match: tag("i", inline(match["em"])),
    "s": lambda match: tag("s", inline(match["s"])),
    "spoiler": lambda match: tag("span", inline(match["spoiler"]), class_="dc-spoiler"),
}
