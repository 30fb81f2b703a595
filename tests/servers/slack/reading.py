"""What a person reads of a message, and what in it is live: mentions, links, formatting.

The rules are those of https://docs.slack.dev/messaging/formatting-message-text: between < and > something is live, a
bare address becomes a link unless the text is verbatim, and * _ ~ ` format when they hug their words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Final

_LIVE: Final = re.compile(r"<([^<>\n]*)>")
_BARE: Final = re.compile(r"(?<![\w/@])https?://[^\s<>|]+")
_MARK: Final = re.compile(r"(?<![\w*_~`])([*_~`])(?=\S)((?:(?!\1)[^\n])+?)(?<=\S)\1(?![\w*_~`])")
_QUOTE: Final = re.compile(r"^(?:&gt;|>)[ ]?(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Parts:
    """A text for eyes, and its live parts."""

    plain: str = ""
    mentions: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    formats: list[tuple[str, str]] = field(default_factory=list)

    def __add__(self, other: Parts) -> Parts:
        return Parts(
            "\n".join(text for text in (self.plain, other.plain) if text),
            self.mentions + other.mentions,
            self.links + other.links,
            self.formats + other.formats,
        )


def read(text: str, blocks: list[dict[str, Any]]) -> Parts:
    """Return what the blocks say, or the text where there are none."""
    if not blocks:
        return markup(text)
    lines = [_line(list(_pieces(block))) for block in blocks]
    return sum((line for line in lines if line.plain), Parts())


def markup(text: str, *, verbatim: bool = False) -> Parts:
    """Read Slack's own markup."""
    parts = Parts()

    def live(match: re.Match[str]) -> str:
        return _live(match[1], parts)

    def mark(match: re.Match[str]) -> str:
        parts.formats.append((match[1], unescape(match[2])))
        return match[2]

    def quote(match: re.Match[str]) -> str:
        parts.formats.append((">", unescape(match[1])))
        return match[1]

    if not verbatim:
        parts.links.extend((address, address) for address in _BARE.findall(_LIVE.sub(" ", text)))
    plain = _MARK.sub(mark, _QUOTE.sub(quote, _LIVE.sub(live, text)))
    return Parts(unescape(plain), parts.mentions, parts.links, parts.formats)


def _live(inside: str, parts: Parts) -> str:
    """Sort out what stands between < and >; return what is shown for it."""
    target, _, label = inside.partition("|")
    if target.startswith("!date^"):
        return label
    if target[:1] in {"!", "@", "#"}:
        parts.mentions.append(f"<{target}>")
        return (target[:1].replace("!", "@")) + (label or target[1:])
    parts.links.append((unescape(target), unescape(label or target)))
    return label or target


def _line(pieces: list[Parts]) -> Parts:
    """Join the parts of one block."""
    joined = sum(pieces, Parts())
    return Parts("  ".join(p.plain for p in pieces if p.plain), joined.mentions, joined.links, joined.formats)


def _pieces(part: Any) -> Iterator[Parts]:
    """Read a block, an element or a text object, part by part."""
    kind = part.get("type", "")
    if kind == "mrkdwn":
        yield markup(str(part.get("text", "")), verbatim=bool(part.get("verbatim")))
    elif kind == "plain_text":
        yield Parts(unescape(str(part.get("text", ""))))
    elif kind == "text":
        yield _styled(part)
    elif kind == "image":
        yield Parts(f"(image: {part.get('alt_text', '')})")
    elif kind == "button":
        yield Parts(f"[{label(part)}]")
    elif kind in {"user", "usergroup", "channel", "broadcast"} or (kind == "link" and part.get("url")):
        yield _element(part)
    elif "options" in part or "option_groups" in part:
        yield Parts(f"[{'⋯ ' if kind == 'overflow' else ''}{', '.join(label(option) for option in options(part))}]")
    else:
        for child in _children(part):
            yield from _pieces(child)


def _styled(part: dict[str, Any]) -> Parts:
    """Read a rich text's run of words."""
    marks = {"bold": "*", "italic": "_", "strike": "~", "code": "`"}
    words = str(part.get("text", ""))
    return Parts(words, formats=[(marks[name], words) for name, on in part.get("style", {}).items() if on])


def _element(part: dict[str, Any]) -> Parts:
    """Read a rich text's live element."""
    if part["type"] == "link":
        return Parts(part.get("text") or part["url"], links=[(part["url"], part.get("text") or part["url"])])
    name = part.get("user_id") or part.get("usergroup_id") or part.get("channel_id") or part.get("range")
    return Parts(f"@{name}", mentions=[f"<{part['type']} {name}>"])


def _children(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for key in ("title", "label", "text", "fields", "elements", "element", "hint", "placeholder", "accessory"):
        inside = part.get(key)
        yield from inside if isinstance(inside, list) else [inside] if isinstance(inside, dict) else []


def options(element: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all options of a menu, groups unfolded."""
    grouped = [option for group in element.get("option_groups", ()) for option in group["options"]]
    return [*element.get("options", ()), *grouped]


def label(thing: dict[str, Any]) -> str:
    """Return the words on a button or an option."""
    return unescape(str(thing.get("text", {}).get("text", "")))
