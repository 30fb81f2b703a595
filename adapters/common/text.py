"""Inert text: without what can't be seen, cut to what a limit counts, and only plain https addresses as links.

Unseen are controls, overrides of direction (UAX #9, section 2.2), fillers of no width and halves of characters.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from bot.i18n.formatting import shorten

_MIN_LENGTH: Final = 2
"""A letter and an ellipsis."""
_LOOKAHEAD_FACTOR: Final = 20
"""How many times longer than its room a text is looked at; what is cut may have been spaces and what can't be seen."""
_CONTROLS: Final = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff"
_FILLERS: Final = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f\u3164\uffa0\ufff0-\ufffb"
    "\U000e0000-\U000e0fff"
)
_CONTROL_PATTERN: Final = re.compile(f"[{_CONTROLS}\x0b-\x0d\x1c-\x1f\x85]")
_INVISIBLE_PATTERN: Final = re.compile(f"[{_CONTROLS}{_FILLERS}]")
_SPACES: Final = re.compile(r"\s+")
_NO_BREAK: Final = frozenset({"\u00a0", "\u202f"})

Measure = Callable[[str], int]
"""How a limit counts: `len` for characters, `count_utf16_units`, `count_bytes`."""


def count_utf16_units(text: str) -> int:
    """Count a character beyond 16 bits as two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def count_bytes(text: str) -> int:
    """Count the bytes of UTF-8."""
    return len(text.encode(errors="surrogatepass"))


def remove_controls(text: str) -> str:
    """Return *text* with its lines and its joiners, without controls, for where it can't turn what is beside it."""
    return _CONTROL_PATTERN.sub("", text)


def remove_invisible(text: str) -> str:
    """Return *text* with its line breaks and without what can't be seen, for where no sign means anything."""
    return _INVISIBLE_PATTERN.sub("", text)


def clean_text(text: str) -> str:
    """Return *text* as one line without what can't be seen; a single space that forbids a break stays."""
    return _SPACES.sub(lambda found: found[0] if found[0] in _NO_BREAK else " ", remove_invisible(text)).strip()


def cut_text(text: str, max_length: int, measure: Measure = len) -> str:
    """Return the longest beginning of *text* that *measure* finds at most *max_length* long."""
    kept = text[: max(max_length, 0)]
    while (excess := measure(kept) - max_length) > 0 and kept:
        kept = kept[: -max(1, excess // 4)]
    return kept


def fit_text(text: str, max_length: int, write: Callable[[str], str] = clean_text, measure: Measure = len) -> str:
    """Write *text* on one line, cut at a word until what is written fits; "" where nothing does."""
    cleaned, available = clean_text(text[: _LOOKAHEAD_FACTOR * max_length]), max(max_length, _MIN_LENGTH)
    while (length := measure(written := write(shorten(cleaned, available)))) > max_length and available > _MIN_LENGTH:
        available = max(_MIN_LENGTH, min(available - 1, available * max_length // length))
    return written if length <= max_length else ""


def sanitize_url(url: str, max_length: float = math.inf) -> str:
    """Return *url* when it may be a link: https, a host, no name and password, nothing that hides; else "".

    *max_length* counts UTF-16 units.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    is_allowed = parts.scheme == "https" and parts.hostname and "@" not in parts.netloc
    is_plain = not _SPACES.search(url) and not _INVISIBLE_PATTERN.search(url)
    return url if is_allowed and is_plain and count_utf16_units(url) <= max_length else ""
