"""Input cleaning for source JSON and XML: each function takes any value and returns one that can be trusted."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

from bot.domain.identifiers import canonicalize_arxiv_id
from bot.sources.text.latex import convert_latex

MAX_TITLE_LENGTH: Final = 500
MAX_ABSTRACT_LENGTH: Final = 20_000
MAX_NAME_LENGTH: Final = 200
MAX_AUTHORS: Final = 500
MAX_COUNT: Final = 10**9
"""The largest count that is believed; it fits every database's integer."""

_MAX_RAW_TITLE_LENGTH: Final = 10_000  # a "title" longer than this is no title
# Controls, soft hyphens, zero-width and bidirectional marks, tags, and halves of characters. White space stays.
_UNSAFE_CHARACTERS: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ue000-\uf8ff\ufeff\ufff9-\uffff\U000e0000-\U0010ffff]"
)
_NEW_ARXIV_ID: Final = re.compile(r"(\d{2}(?:0[1-9]|1[0-2]))\.(\d{3,5})")
_OLD_ARXIV_ID: Final = re.compile(r"[a-z]+(?:-[a-z]+)?(?:\.[a-z]{2})?/[0-9]{7}", re.IGNORECASE)
_FIVE_DIGITS_FROM: Final = "1501"  # https://info.arxiv.org/help/arxiv_identifier.html


def clean_text(value: Any, limit: int) -> str:
    """Return *value* as one line of at most *limit* characters that can do no harm; "" for what is no text."""
    if not isinstance(value, str):
        return ""
    text = " ".join(_UNSAFE_CHARACTERS.sub("", value[: limit * 4]).split())
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def clean_prose(value: Any, limit: int) -> str:
    """Return *value* as `clean_text` does, its LaTeX made readable."""
    return clean_text(convert_latex(clean_text(value, limit * 2)), limit)


def clean_title(value: Any) -> str:
    """Return a title, or "" for what can't be one."""
    return "" if isinstance(value, str) and len(value) > _MAX_RAW_TITLE_LENGTH else clean_prose(value, MAX_TITLE_LENGTH)


def clean_name(value: Any) -> str:
    """Return a person's name; a double hyphen, which is how LaTeX users join names, becomes one."""
    return clean_prose(value.replace("--", "-") if isinstance(value, str) else value, MAX_NAME_LENGTH)


def normalize_arxiv_id(value: Any) -> str | None:
    """Return an arXiv id without prefix, version and subject class, or None for what is none.

    Leading zeros that were lost on the way are put back where the length shows it ("2406.105"); four digits after 2014
    may have lost one at either end and are refused.
    """
    if not isinstance(value, str) or len(value) > 100:  # noqa: PLR2004 (no id comes near it)
        return None
    text = re.sub(r"^(arxiv:|https?://(www\.|export\.)?arxiv\.org/(abs|pdf)/)", "", value.strip(), flags=re.IGNORECASE)
    text = re.sub(r"v\d+$", "", text)
    if _OLD_ARXIV_ID.fullmatch(text):
        return canonicalize_arxiv_id(text)
    if not (modern := _NEW_ARXIV_ID.fullmatch(text)) or not text.isascii():
        return None
    month, number = modern.groups()
    digits = 5 if month >= _FIVE_DIGITS_FROM else 4
    if len(number) == 3:  # noqa: PLR2004 (see the docstring)
        number = number.zfill(digits)
    return f"{month}.{number}" if len(number) == digits else None


def looks_like_arxiv_id(value: Any) -> bool:
    """Tell whether *value* is written like a modern arXiv id, well-formed or not."""
    return isinstance(value, str) and bool(re.fullmatch(r"(arXiv:)?\d{4}\.\d{3,5}(v\d+)?", value.strip()))


def parse_count(value: Any) -> int | None:
    """Return a count from an integer, a whole float or figures; None for anything else, truth values included."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,10}(\.0+)?", value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= MAX_COUNT:
        return None
    return int(value) if value == int(value) else None


def parse_date(value: Any) -> date | None:
    """Return the date at the head of an ISO date or moment."""
    if not isinstance(value, str) or not re.match(r"\d{4}-\d{2}-\d{2}(?!\d)", value):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def clean_url(value: Any) -> str:
    """Return an https URL that names a public host, or ""."""
    text = value.strip() if isinstance(value, str) else ""
    if not re.fullmatch(r"https://[!-~]{4,1900}", text) or re.search(r'[<>"\\^`{|}]', text):
        return ""
    try:
        parts = urlsplit(text)
        has_public_host = parts.hostname and "." in parts.hostname and parts.port in {None, 443}
    except ValueError:
        return ""
    return text if has_public_host and "@" not in parts.netloc else ""


def clean_authors(value: Any) -> tuple[str, ...]:
    """Return authors from a list of names or of ``{name, hidden}``; hidden ones stay hidden."""
    found = []
    for author in value if isinstance(value, list) else []:
        record = author if isinstance(author, dict) else {"name": author}
        if not record.get("hidden") and (text := clean_name(record.get("name"))):
            found.append(text)
    return tuple(dict.fromkeys(found))[:MAX_AUTHORS]


def clean_terms(value: Any, limit: int) -> tuple[str, ...]:
    """Return the texts of a list (or of one text with white space between them), each once."""
    parts = value.split() if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(dict.fromkeys(text for part in parts if (text := clean_text(part, MAX_NAME_LENGTH))))[:limit]
