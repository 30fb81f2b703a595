"""mrkdwn escaping: outside text that can't mention, link or format; plain_text and mrkdwn text objects, links.

Slack knows no escape for the signs of its formatting (https://docs.slack.dev/messaging/formatting-message-text), and a
zero-width character beside one does not keep it from working: so the four that start some are replaced by signs that
look the same. What is made of several characters (``:name:``, ``@here``, ``https://``) is broken by a word joiner,
which nobody sees. Slack's own guessing is off besides (``verbatim``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from adapters.common.text import clean_text, fit_text, sanitize_url

MAX_SECTION_TEXT: Final = 3000
"""Characters of a section's text: https://docs.slack.dev/reference/block-kit/blocks/section-block."""
MAX_URL_LENGTH: Final = 600

_WORD_JOINER: Final = "\u2060"
_LOOKALIKES: Final = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})
# Inside a word an underscore formats nothing, and identifiers are full of them.
_UNDERSCORE: Final = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_ACTIVE_SEQUENCES: Final = re.compile(r":(?=[^\s:]+:)|:(?=//)|[@#](?=\S)|\bwww(?=\.)|^(?=>)", re.IGNORECASE)
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_PERCENT_ENCODING: Final = str.maketrans(
    {"&": "&amp;", "<": "%3C", ">": "%3E", "|": "%7C", "*": "%2A", "~": "%7E", "`": "%60"}
)


def escape_mrkdwn(text: str, max_length: int = MAX_SECTION_TEXT) -> str:
    """Return *text* as mrkdwn that shows it letter by letter, on one line, in at most *max_length* characters."""
    return fit_text(text, max_length, _escape_signs)


def split_mrkdwn(text: str, max_length: int) -> Iterator[str]:
    """Yield *text* as `escape_mrkdwn` mrkdwn in parts of at most *max_length* characters, cut between words."""
    rest = clean_text(text)
    while rest:
        size = max_length
        while len(written := _escape_signs(part := _cut_at_word(rest, size))) > max_length:
            size = size * 2 // 3
        yield written
        rest = rest[len(part) :].lstrip()


def format_code(text: str, max_length: int = 300) -> str:
    """Return *text* as inline code, in which nothing else means anything; "" stays empty."""
    content = fit_text(text, max_length - 2, lambda part: part.replace("`", "ˋ").translate(_ESCAPES))
    return f"`{content}`" if content else ""


def format_link(url: str, label_text: str, max_length: int = 300) -> str:
    """Return *label_text* as a link to *url*, or as it is when *url* may not be one."""
    address = sanitize_url(url, MAX_URL_LENGTH).translate(_PERCENT_ENCODING)
    label = escape_mrkdwn(label_text, max_length)
    is_allowed = address and label and len(address) <= MAX_URL_LENGTH
    return f"<{address}|{label.replace('|', '∣')}>" if is_allowed else label


def build_mrkdwn(text: str) -> dict[str, Any]:
    """Return a text object of formatted text; what comes from outside in it has passed `escape_mrkdwn`."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def build_plain_text(text: str, max_length: int) -> dict[str, Any]:
    """Return a text object in which only names of emoji could mean something, and don't."""
    return {"type": "plain_text", "text": fit_text(text, max_length, _break_sequences) or "…", "emoji": False}


def _cut_at_word(text: str, size: int) -> str:
    if len(text) <= size:
        return text
    return text[:size].rpartition(" ")[0] or text[:size]


def _escape_signs(text: str) -> str:
    return _UNDERSCORE.sub("ˍ", _break_sequences(text).translate(_LOOKALIKES)).translate(_ESCAPES)


def _break_sequences(text: str) -> str:
    return _ACTIVE_SEQUENCES.sub(lambda match: match[0] + _WORD_JOINER, text)
