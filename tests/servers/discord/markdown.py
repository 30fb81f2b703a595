"""Discord's markdown, read as its clients read it; what they treat in different ways counts as formatted.

The parser of the clients is a fork of https://github.com/ariabuckles/simple-markdown: rules are tried in order at each
place. What they are is said at https://support.discord.com/hc/en-us/articles/210298617 and
https://docs.discord.com/developers/reference#message-formatting.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

_BLOCK: Final = re.compile(r"```(?:[a-z0-9_+\-.#]*\n)?([\s\S]+?)```", re.IGNORECASE)
_LINE: Final = re.compile(r"(?P<mark>#{1,3}|-#|>>>|>|[ ]*[-*+•](?=[ ])|[ ]*\d+\.)[ \t]+(?P<rest>\S.*)")
_BARE: Final = r"https?://(?:\([^\s<()]*\)|[^\s<()])*(?:\([^\s<()]*\)|[^<.,:;\"'\]\s()])"

_RULES: Final = {
    "escape": r"\\([^0-9A-Za-z\s])",
    "code": r"(`+)([\s\S]*?[^`])\1(?!`)",
    "masked": r"\[((?:\\.|\[(?:\\.|[^\[\]\\])*\]|[^\[\]\\]|\](?=[^\[(]*\]\())+)\]"
    r"\(\s*(?:<([^<>\s]+)>|((?:\([^()\s]*\)|[^\s()])+))(?:\s+['\"][^'\"]*['\"])?\s*\)",
    "auto": r"<([a-z][a-z0-9+.\-]*:/[^\s<>]+|(?:mailto|tel):[^\s<>]+)>",
    "moment": r"<t:(-?\d{1,17})(?::([tTdDfFsSR]))?>",
    "command": r"</([\w\- ]+):(\d+)>",
    "emoji": r"<a?:(\w{1,32}):(\d+)>",
    "mention": r"<(?:@[!&]?|#)(\d+)>|<id:\w[\w-]*(?::\d+)?>|@(?:everyone|here)",
    "bare": _BARE,
    "shortcode": r":([\w+\-]+?(?:::skin-tone-\d)?):",
    "bold": r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)",
    "underlined": r"__((?:\\[\s\S]|[^\\])+?)__(?!_)",
    "slanted": r"_((?:__|\\[\s\S]|[^\\_])+?)_(?![0-9A-Za-z])|"
    r"\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)",
    "struck": r"~~([\s\S]+?)~~(?!_)",
    "spoiler": r"\|\|([\s\S]+?)\|\|",
}
_COMPILED: Final = {name: re.compile(rule, re.IGNORECASE) for name, rule in _RULES.items()}
_MARKS: Final = {"bold": "**", "underlined": "__", "struck": "~~", "spoiler": "||"}
_STYLES: Final = {
    "t": "%H:%M",
    "T": "%H:%M:%S",
    "d": "%d/%m/%Y",
    "D": "%d %B %Y",
    "F": "%A, %d %B %Y %H:%M",
}


@dataclass(slots=True)
class Live:
    """A text for eyes, and its live parts, in the order in which they end."""

    names: Mapping[str, str]
    plain: str = ""
    mentions: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    formats: list[tuple[str, str]] = field(default_factory=list)


def read(text: str, names: Mapping[str, str]) -> Live:
    """Read a text; *names* are what ids are shown as. Times are shown in UTC."""
    live = Live(names)
    shown, start = [], 0
    for block in _BLOCK.finditer(text):
        if _escaped(text, block.start()):
            continue
        shown += [_lines(text[start : block.start()], live), block[1]]
        live.formats.append(("```", block[1]))
        start = block.end()
    live.plain = "".join([*shown, _lines(text[start:], live)])
    return live


def _escaped(text: str, place: int) -> bool:
    before = text[:place]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _lines(text: str, live: Live) -> str:
    """Read what marks at the start of a line do, then what stands in the lines."""
    shown: list[str] = []
    pending: list[str] = []
    lines = text.split("\n")
    for number, line in enumerate(lines):
        match = _LINE.fullmatch(line)
        if match is None:
            pending.append(line)
            continue
        shown += [_inline("\n".join(pending), live)] if pending else []
        pending = []
        if match["mark"] == ">>>":
            shown.append(_marked(">", "\n".join([match["rest"], *lines[number + 1 :]]), live))
            return "\n".join(shown)
        mark = match["mark"].strip()
        inner = _marked("1." if mark[0].isdigit() else "-" if mark in {"*", "+", "•"} else mark, match["rest"], live)
        shown.append(inner if mark.lstrip("#->") == "" and mark != "-" else f"{mark} {inner}")
    return "\n".join([*shown, *([_inline("\n".join(pending), live)] if pending else [])])


def _marked(mark: str, text: str, live: Live) -> str:
    """Read the rest of a marked line, in which another mark may follow."""
    inner = _lines(text, live)
    live.formats.append((mark, inner))
    return inner


def _inline(text: str, live: Live) -> str:
    """Try every rule at every place."""
    shown, place = [], 0
    while place < len(text):
        for name, rule in _COMPILED.items():
            match = rule.match(text, place)
            # A rule must take something, and a masked or bare link must lead somewhere.
            if match and (piece := _piece(name, match, live)) is not None:
                shown.append(piece)
                place = match.end()
                break
        else:
            shown.append(text[place])
            place += 1
    return "".join(shown)


def _piece(name: str, match: re.Match[str], live: Live) -> str | None:
    """Return what is shown for what a rule took, or None where it does not hold."""
    if name == "escape":
        return match[1]
    if name == "code":
        live.formats.append(("`", match[2]))
        return match[2]
    if name in {"masked", "auto", "bare"}:
        return _link(name, match, live)
    if name in _MARKS or name == "slanted":
        return _styled(name, match, live)
    return _special(name, match, live)


def _link(name: str, match: re.Match[str], live: Live) -> str | None:
    if name == "masked":
        address = match[2] or match[3]
        if not re.match(r"[a-z][a-z0-9+.\-]*:", address, re.IGNORECASE):
            return None
        shown = _inline(match[1], live)
    else:
        address = shown = match[1] if name == "auto" else match[0]
    live.links.append((re.sub(r"\\([^0-9A-Za-z\s])", r"\1", address), shown))
    return shown


def _styled(name: str, match: re.Match[str], live: Live) -> str:
    inner = next(group for group in match.groups() if group is not None)
    shown = _inline(inner, live)
    live.formats.append((_MARKS.get(name) or match[0][0], shown))
    return shown


def _special(name: str, match: re.Match[str], live: Live) -> str:
    """Read what stands between < and >, and other words with a meaning."""
    if name == "mention":
        live.mentions.append(match[0])
        return live.names.get(match[0].replace("!", ""), match[0])
    if name == "moment":
        live.formats.append(("<t", match[0]))
        return _moment(int(match[1]), match[2] or "f")
    live.formats.append(({"command": "</", "emoji": "<:", "shortcode": ":"}[name], match[0]))
    return f"/{match[1]}" if name == "command" else f":{match[1]}:"


def _moment(seconds: int, style: str) -> str:
    """Show a time as a reader in UTC sees it; "R" as the time itself, for it would change while one looks."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime(_STYLES.get(style, "%d %B %Y %H:%M")).lstrip("0")
    except (ValueError, OverflowError, OSError):
        return "Invalid date"
