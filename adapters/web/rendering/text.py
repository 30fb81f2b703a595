"""Outside text as HTML: truncated, without control characters, isolated in direction (bdi), matches highlighted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from markupsafe import Markup

from adapters.common.html import render_matches, render_tag
from adapters.common.text import remove_controls
from bot.i18n.formatting import shorten

_MAX_PHRASES: Final = 40
_WORD_PATTERN: Final = re.compile(r"[^\W_]+")
_FIELD_PREFIX: Final = re.compile(r"^-?[a-z]+:")


def clean_and_truncate(text: str, max_length: int) -> str:
    """Return *text* without control characters, at most *max_length* characters of it."""
    return shorten(remove_controls(text[: 2 * max_length]).strip(), max_length)


def render_plain_text(text: str, max_length: int = 200) -> Markup:
    """Return *text* as HTML that can't change the direction of what stands beside it."""
    return render_tag("bdi", clean_and_truncate(text, max_length))


def compile_highlights(phrases: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds *phrases* as whole words in folded text, neighbours together; None when there are none."""
    rows = [
        _WORD_PATTERN.findall(_fold_text(_FIELD_PREFIX.sub("", phrase[:200])))
        for phrase in list(phrases)[:_MAX_PHRASES]
    ]
    alternatives = sorted({r"[\W_]{1,3}".join(row) for row in rows if row}, key=len, reverse=True)
    if not alternatives:
        return None
    phrase_pattern = rf"(?<![^\W_])(?:{'|'.join(alternatives)})(?![^\W_])"
    return re.compile(rf"{phrase_pattern}(?:[\s-]{phrase_pattern})*")


def render_highlighted(text: str, highlight_pattern: re.Pattern[str] | None, max_length: int) -> Markup:
    """Return *text* as HTML in which what *highlight_pattern* finds is highlighted."""
    shown = clean_and_truncate(text, max_length)
    matches = highlight_pattern.finditer(_fold_text(shown)) if highlight_pattern else ()
    return render_tag(
        "bdi", render_matches(matches, shown, lambda match: render_tag("mark", shown[match.start() : match.end()]))
    )


def _fold_text(text: str) -> str:
    """Fold case and accents, one character for each character, so that places stay the same."""
    return "".join((unicodedata.normalize("NFKD", c)[0].casefold() or c)[0] for c in text)
