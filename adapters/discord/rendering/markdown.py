r"""Discord markdown escaping: outside text that can't mention, link or format; inline code, links, timestamps.

A backslash takes the meaning from any sign but letters, digits and spaces, and is not shown itself:
https://support.discord.com/hc/en-us/articles/210298617 and
https://docs.discord.com/developers/reference#message-formatting. So that a copied text stays readable, only what would
mean something gets one: ``snake_case`` and ``a < b`` have none.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final, Literal

from adapters.common.text import clean_text, count_utf16_units, cut_text, fit_text, remove_invisible, sanitize_url

MAX_URL_LENGTH: Final = 200
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
_PERCENT_ENCODING: Final = str.maketrans({sign: f"%{ord(sign):02X}" for sign in "()<>[]*\\`|~\"'"})


def format_code_block(text: str, max_length: int) -> str:
    """Return the beginning of *text* as a code block, with its line breaks and without what can't be seen."""
    kept = cut_text(remove_invisible(text).replace("`", "ˋ"), max_length, count_utf16_units)
    return f"```\n{kept}\n```" if kept.strip() else ""


def choose_filename(text: str) -> str:
    """Return the name under which *text* is attached to a message."""
    return "broadsheet.json" if text.startswith(("{", "[")) else "broadsheet.txt"


def escape_markdown(text: str) -> str:
    """Return *text* as markdown that shows it letter by letter, on one line."""
    return _MARKDOWN_PATTERN.sub(_add_backslash, clean_text(text))


def fit_markdown(text: str, max_length: int) -> str:
    """Return *text* as `escape_markdown` does, cut at a word, in at most *max_length* characters."""
    return fit_text(text, max_length, escape_markdown, count_utf16_units)


def fit_plain_text(text: str, max_length: int) -> str:
    """Return *text* for a label or a name, in which no sign means anything; "…" when nothing is left of it."""
    return fit_text(text, max_length, measure=count_utf16_units) or "…"


def format_code(text: str, max_length: int) -> str:
    """Return *text* as inline code, in which nothing else means anything; "" stays empty."""
    content = fit_text(text.replace("`", "ˋ"), max_length - 2, measure=count_utf16_units)
    return f"`{content}`" if content else ""


def format_link(url: str, label_text: str, max_length: int) -> str:
    """Return *label_text*, in at most *max_length* characters, as a link to *url*; bare when *url* may not be one."""
    address = sanitize_url(url, MAX_URL_LENGTH).translate(_PERCENT_ENCODING)
    # Discord draws no link whose words look like an address, or whose brackets don't pair.
    bare = _SCHEME.sub("", clean_text(label_text))
    if not address:
        return fit_markdown(label_text, max_length)
    paired = bare if _BALANCED_BRACKETS.fullmatch(bare) else bare.translate(_BRACKET_LOOKALIKES)
    label = fit_text(paired, max_length, _escape_inline, count_utf16_units)
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


def format_timestamp(instant: datetime, style: Literal["t", "d", "D", "f", "F", "R"] = "f") -> str:
    """Write an aware moment so that each reader sees it in the zone and language of their own device."""
    return f"<t:{int(instant.timestamp())}:{style}>"
