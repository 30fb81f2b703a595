r"""Discord markdown escaping: outside text that can't mention, link or format; inline code, links, timestamps.

A backslash takes the meaning from any sign but letters, digits and spaces, and is not shown itself:
https://support.discord.com/hc/en-us/articles/210298617 and
https://docs.discord.com/developers/reference#message-formatting. So that a copied text stays readable, only what would
mean something gets one: ``snake_case`` and ``a < b`` have none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal
from urllib.parse import urlsplit

from bot.i18n.formatting import shorten

MAX_URL_LENGTH: Final = 200
_MIN_LENGTH: Final = 2
"""A letter and an ellipsis."""
_LOOKAHEAD_FACTOR: Final = 20
"""How many times longer than its room a text is looked at; what is cut may have been spaces and what can't be seen."""

_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""What is never shown: controls, overrides of direction, fillers of no width, halves of characters."""
_MARKDOWN_SIGNS: Final = r"""
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
_LINE_START_SIGNS: Final = r"""
    | ^-(?=\#?(?:\s|$)) | ^[+•](?=\s|$) | ^\#(?=\#{0,2}(?:\s|$)) | ^>(?=\s|>>|$)
    | (?<=^\d)\.(?=\s|$) | (?<=^\d\d)\.(?=\s|$) | (?<=^\d{3})\.(?=\s|$) | (?<=^\d{4})\.(?=\s|$)
"""
_INLINE_PATTERN: Final = re.compile(_MARKDOWN_SIGNS, re.VERBOSE | re.IGNORECASE)
_MARKDOWN_PATTERN: Final = re.compile(_MARKDOWN_SIGNS + _LINE_START_SIGNS, re.VERBOSE | re.IGNORECASE)
_SCHEME: Final = re.compile(r"\b[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_BALANCED_BRACKETS: Final = re.compile(r"(?:[^\[\]]|\[[^\[\]]*\])*")
_BRACKET_LOOKALIKES: Final = str.maketrans({"[": "［", "]": "］"})
_SPACES: Final = re.compile(r"\s+")
_NO_BREAK: Final = frozenset({"\u00a0", "\u202f"})
_PERCENT_ENCODING: Final = str.maketrans({sign: f"%{ord(sign):02X}" for sign in "()<>[]*\\`|~\"'"})


def clean_text(text: str) -> str:
    """Return *text* as one line without what can't be seen; a single space that forbids a break stays."""
    return _SPACES.sub(lambda found: found[0] if found[0] in _NO_BREAK else " ", _INVISIBLE.sub("", text)).strip()


def format_code_block(text: str, max_length: int) -> str:
    """Return the beginning of *text* as a code block, with its line breaks and without what can't be seen."""
    said = _INVISIBLE.sub("", text).replace("`", "ˋ")
    kept = next(
        said[:end] for end in range(min(max_length, len(said)), -1, -1) if count_utf16_units(said[:end]) <= max_length
    )
    return f"```\n{kept}\n```" if kept.strip() else ""


def count_utf16_units(text: str) -> int:
    """Count what a limit counts; a character beyond 16 bits as two, for nobody says that Discord takes it as one."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def choose_filename(text: str) -> str:
    """Return the name under which *text* is attached to a message."""
    return "broadsheet.json" if text.startswith(("{", "[")) else "broadsheet.txt"


def escape_markdown(text: str) -> str:
    """Return *text* as markdown that shows it letter by letter, on one line."""
    return _MARKDOWN_PATTERN.sub(_add_backslash, clean_text(text))


def fit_markdown(text: str, max_length: int) -> str:
    """Return *text* as `escape_markdown` does, cut at a word, in at most *max_length* characters."""
    return _fit_text(text, max_length, escape_markdown)


def fit_plain_text(text: str, max_length: int) -> str:
    """Return *text* for a label or a name, in which no sign means anything; "…" when nothing is left of it."""
    return _fit_text(text, max_length, clean_text) or "…"


def format_code(text: str, max_length: int) -> str:
    """Return *text* as inline code, in which nothing else means anything; "" stays empty."""
    content = _fit_text(text.replace("`", "ˋ"), max_length - 2, clean_text)
    return f"`{content}`" if content else ""


def format_link(url: str, label_text: str, max_length: int) -> str:
    """Return *label_text*, in at most *max_length* characters, as a link to *url*; bare when *url* may not be one."""
    address = sanitize_url(url).translate(_PERCENT_ENCODING)
    # Discord draws no link whose words look like an address, or whose brackets don't pair.
    bare = _SCHEME.sub("", clean_text(label_text))
    if not address:
        return fit_markdown(label_text, max_length)
    label = _fit_text(
        bare if _BALANCED_BRACKETS.fullmatch(bare) else bare.translate(_BRACKET_LOOKALIKES), max_length, _escape_inline
    )
    # Words may have been cut between two brackets.
    return (
        f"[{label if _BALANCED_BRACKETS.fullmatch(label) else label.translate(_BRACKET_LOOKALIKES)}]({address})"
        if label
        else ""
    )


def _escape_inline(text: str) -> str:
    """Escape *text* for where no line begins."""
    return _INLINE_PATTERN.sub(_add_backslash, clean_text(text))


def _add_backslash(match: re.Match[str]) -> str:
    return f"\\{match[0]}"


def sanitize_url(url: str) -> str:
    """Return *url* when it may be a link: https, a host, no name and password, nothing that hides; else ""."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    is_allowed = (
        parts.scheme == "https"
        and parts.hostname
        and "@" not in parts.netloc
        and count_utf16_units(url) <= MAX_URL_LENGTH
    )
    return url if is_allowed and not re.search(r"\s", url) and not _INVISIBLE.search(url) else ""


def format_timestamp(instant: datetime, style: Literal["t", "d", "D", "f", "F", "R"] = "f") -> str:
    """Write an aware moment so that each reader sees it in the zone and language of their own device."""
    return f"<t:{int(instant.timestamp())}:{style}>"


def _fit_text(text: str, max_length: int, write: Callable[[str], str]) -> str:
    """Write *text*, cut at a word until what is written fits."""
    cleaned, available = clean_text(text[: _LOOKAHEAD_FACTOR * max_length]), max(max_length, _MIN_LENGTH)
    while count_utf16_units(written := write(shorten(cleaned, available))) > max_length and available > _MIN_LENGTH:
        available = max(_MIN_LENGTH, min(available - 1, available * max_length // count_utf16_units(written)))
    return written if count_utf16_units(written) <= max_length else ""
