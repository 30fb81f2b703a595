"""Text from outside as Slack may show it: it can't mention, link or format, and no sign of it breaks a line.

Slack knows no escape for the signs of its formatting (https://docs.slack.dev/messaging/formatting-message-text), and a
zero-width character beside one does not keep it from working: so the four that start some are replaced by signs that
look the same. What is made of several characters (``:name:``, ``@here``, ``https://``) is broken by a word joiner,
which nobody sees. Slack's own guessing is off besides (``verbatim``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from bot.wording import shorten

SECTION: Final = 3000
"""Characters of a section's text: https://docs.slack.dev/reference/block-kit/blocks/section-block."""
LONGEST_URL: Final = 600

_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""What is never shown: controls, overrides of direction, fillers of no width, halves of characters."""
_JOINER: Final = "\u2060"
_ALIKE: Final = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})
# Inside a word an underscore formats nothing, and identifiers are full of them.
_UNDERSCORE: Final = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_LIVE: Final = re.compile(r":(?=[^\s:]+:)|:(?=//)|[@#](?=\S)|\bwww(?=\.)|^(?=>)", re.IGNORECASE)
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_SPACES: Final = re.compile(r"\s+")
_NO_BREAK: Final = frozenset({"\u00a0", "\u202f"})
_QUOTED: Final = str.maketrans({"&": "&amp;", "<": "%3C", ">": "%3E", "|": "%7C", "*": "%2A", "~": "%7E", "`": "%60"})


def clean(text: str) -> str:
    """Return *text* as one line without what can't be seen; a single space that forbids a break stays."""
    return _SPACES.sub(lambda found: found[0] if found[0] in _NO_BREAK else " ", _UNSEEN.sub("", text)).strip()


def literal(text: str) -> str:
    """Return *text* with its line breaks and without what can't be seen, for where no sign means anything."""
    return _UNSEEN.sub("", text)


def inert(text: str, longest: int = SECTION) -> str:
    """Return *text* as mrkdwn that shows it letter by letter, on one line, in at most *longest* characters."""
    return _fitting(text, longest, _written)


def pieces(text: str, longest: int) -> Iterator[str]:
    """Yield *text* as `inert` mrkdwn in parts of at most *longest* characters, cut between words."""
    rest = clean(text)
    while rest:
        size = longest
        while len(written := _written(part := _beginning(rest, size))) > longest:
            size = size * 2 // 3
        yield written
        rest = rest[len(part) :].lstrip()


def code(text: str, longest: int = 300) -> str:
    """Return *text* as inline code, in which nothing else means anything; "" stays empty."""
    said = _fitting(text, longest - 2, lambda part: part.replace("`", "ˋ").translate(_ESCAPES))
    return f"`{said}`" if said else ""


def link(url: str, shown: str, longest: int = 300) -> str:
    """Return *shown* as a link to *url*, or as it is when *url* may not be one."""
    address, label = safe(url).translate(_QUOTED), inert(shown, longest)
    fine = address and label and len(address) <= LONGEST_URL
    return f"<{address}|{label.replace('|', '∣')}>" if fine else label


def safe(url: str) -> str:
    """Return *url* when it may be a link: https, a host, no name and password, nothing that hides; else ""."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    fine = parts.scheme == "https" and parts.hostname and "@" not in parts.netloc and len(url) <= LONGEST_URL
    return url if fine and not re.search(r"\s", url) and not _UNSEEN.search(url) else ""


def mrkdwn(text: str) -> dict[str, Any]:
    """Return a text object of formatted text; what comes from outside in it has passed `inert`."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain(text: str, longest: int) -> dict[str, Any]:
    """Return a text object in which only names of emoji could mean something, and don't."""
    return {"type": "plain_text", "text": _fitting(text, longest, _broken) or "…", "emoji": False}


def _fitting(text: str, longest: int, write: Callable[[str], str]) -> str:
    """Write *text*, cut at a word until what is written fits."""
    said, room = clean(text), longest
    while len(written := write(shorten(said, room))) > longest:
        room = max(2, room * longest // len(written))
    return written


def _beginning(text: str, size: int) -> str:
    if len(text) <= size:
        return text
    return text[:size].rpartition(" ")[0] or text[:size]


def _written(text: str) -> str:
    return _UNDERSCORE.sub("ˍ", _broken(text).translate(_ALIKE)).translate(_ESCAPES)


def _broken(text: str) -> str:
    return _LIVE.sub(lambda match: match[0] + _JOINER, text)
