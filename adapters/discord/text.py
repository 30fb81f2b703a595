r"""Text from outside as Discord may show it: it can't mention, link or format, and reads as it was written.

A backslash takes the meaning from any sign but letters, digits and spaces, and is not shown itself:
https://support.discord.com/hc/en-us/articles/210298617 and https://docs.discord.com/developers/reference#message-formatting.
So that a copied text stays readable, only what would mean something gets one: ``snake_case`` and ``a < b`` have none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal
from urllib.parse import urlsplit

from bot.wording import shorten

LONGEST_URL: Final = 200
_LEAST: Final = 2
"""A letter and an ellipsis."""
_FAR: Final = 20
"""How many times longer than its room a text is looked at; what is cut may have been spaces and what can't be seen."""

_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""What is never shown: controls, overrides of direction, fillers of no width, halves of characters."""
_LIVE: Final = r"""
      \\(?=[^0-9A-Za-z\s]|$)                            # would take the meaning from what follows
    | `
    | (?<!\s)\* | \*(?!\s)                              # a star between spaces is a star
    | (?<![A-Za-z0-9])_ | _(?![A-Za-z0-9])              # inside a word an underscore formats nothing
    | ~(?=~) | (?<=~)~ | \|(?=\|) | (?<=\|)\|           # struck out, hidden
    | <(?=[/@\#:+]|[^\s<>]*[:@])                        # <@1>, <#1>, <:a:1>, <t:1>, <https://x>, </papers today:1>
    | @(?=everyone|here)
    | (?<=\])\(                                         # [shown](address)
    | :(?=//) | :(?=[\w+-]+:)                           # https://, :smile:
    | (?<=discord|cordapp)\.(?=gg|gift|new|com)         # an invitation is drawn even without https://
"""
_LEADING: Final = r"""
    | ^-(?=\#?(?:\s|$)) | ^[+•](?=\s|$) | ^\#(?=\#{0,2}(?:\s|$)) | ^>(?=\s|>>|$)
    | (?<=^\d)\.(?=\s|$) | (?<=^\d\d)\.(?=\s|$) | (?<=^\d{3})\.(?=\s|$) | (?<=^\d{4})\.(?=\s|$)
"""
_INSIDE: Final = re.compile(_LIVE, re.VERBOSE | re.IGNORECASE)
_ANYWHERE: Final = re.compile(_LIVE + _LEADING, re.VERBOSE | re.IGNORECASE)
_SCHEME: Final = re.compile(r"\b[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_PAIRED: Final = re.compile(r"(?:[^\[\]]|\[[^\[\]]*\])*")
_BRACKETS: Final = str.maketrans({"[": "［", "]": "］"})
_SPACES: Final = re.compile(r"\s+")
_NO_BREAK: Final = frozenset({"\u00a0", "\u202f"})
_QUOTED: Final = str.maketrans({sign: f"%{ord(sign):02X}" for sign in "()<>[]*\\`|~\"'"})


def clean(text: str) -> str:
    """Return *text* as one line without what can't be seen; a single space that forbids a break stays."""
    return _SPACES.sub(lambda found: found[0] if found[0] in _NO_BREAK else " ", _UNSEEN.sub("", text)).strip()


def literal(text: str, longest: int) -> str:
    """Return the beginning of *text* as a code block, with its line breaks and without what can't be seen."""
    said = _UNSEEN.sub("", text).replace("`", "ˋ")
    kept = next(said[:room] for room in range(min(longest, len(said)), -1, -1) if size(said[:room]) <= longest)
    return f"```\n{kept}\n```" if kept.strip() else ""


def size(text: str) -> int:
    """Count what a limit counts; a character beyond 16 bits as two, for nobody says that Discord takes it as one."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def attached(text: str) -> str:
    """Return the name under which *text* is attached to a message."""
    return "broadsheet.json" if text.startswith(("{", "[")) else "broadsheet.txt"


def escape(text: str) -> str:
    """Return *text* as markdown that shows it letter by letter, on one line."""
    return _ANYWHERE.sub(_escaped, clean(text))


def fit(text: str, longest: int) -> str:
    """Return *text* as `escape` does, cut at a word, in at most *longest* characters."""
    return _fitting(text, longest, escape)


def plain(text: str, longest: int) -> str:
    """Return *text* for a label or a name, in which no sign means anything; "…" when nothing is left of it."""
    return _fitting(text, longest, clean) or "…"


def code(text: str, longest: int) -> str:
    """Return *text* as inline code, in which nothing else means anything; "" stays empty."""
    said = _fitting(text.replace("`", "ˋ"), longest - 2, clean)
    return f"`{said}`" if said else ""


def link(url: str, shown: str, longest: int) -> str:
    """Return *shown*, in at most *longest* characters, as a link to *url*, or as it is when *url* may not be one."""
    address = safe(url).translate(_QUOTED)
    # Discord draws no link whose words look like an address, or whose brackets don't pair.
    bare = _SCHEME.sub("", clean(shown))
    if not address:
        return fit(shown, longest)
    label = _fitting(bare if _PAIRED.fullmatch(bare) else bare.translate(_BRACKETS), longest, _inside)
    # Words may have been cut between two brackets.
    return f"[{label if _PAIRED.fullmatch(label) else label.translate(_BRACKETS)}]({address})" if label else ""


def _inside(text: str) -> str:
    """Escape *text* for where no line begins."""
    return _INSIDE.sub(_escaped, clean(text))


def _escaped(match: re.Match[str]) -> str:
    return f"\\{match[0]}"


def safe(url: str) -> str:
    """Return *url* when it may be a link: https, a host, no name and password, nothing that hides; else ""."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    fine = parts.scheme == "https" and parts.hostname and "@" not in parts.netloc and size(url) <= LONGEST_URL
    return url if fine and not re.search(r"\s", url) and not _UNSEEN.search(url) else ""


def moment(at: datetime, style: Literal["t", "d", "D", "f", "F", "R"] = "f") -> str:
    """Write an aware moment so that each reader sees it in the zone and language of their own device."""
    return f"<t:{int(at.timestamp())}:{style}>"


def _fitting(text: str, longest: int, write: Callable[[str], str]) -> str:
    """Write *text*, cut at a word until what is written fits."""
    said, room = clean(text[: _FAR * longest]), max(longest, _LEAST)
    while size(written := write(shorten(said, room))) > longest and room > _LEAST:
        room = max(_LEAST, min(room - 1, room * longest // size(written)))
    return written if size(written) <= longest else ""
