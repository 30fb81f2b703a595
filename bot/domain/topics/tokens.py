"""Tokenizer for typed text: quotes and dashes normalized, quoted words kept together, `name:` and minus recognised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_PLAIN_CHARACTERS: Final = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-"}
)
# A quotation mark without a partner, which is always the last one, is a character like any other.
_TOKEN: Final = re.compile(
    r"""(?P<minus>-)?(?:(?P<name>[^\W\d_]+):)?(?:"(?P<quoted>[^"]*)"|(?P<bare>(?:[^\s"]|"(?![^"]*"))+))"""
)


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a line, such as ``-author:"Yann LeCun"``; ``text`` is all of it, ``value`` has no quotes."""

    text: str
    value: str
    field_name: str = ""
    negative: bool = False
    quoted: bool = False

    @property
    def is_plain(self) -> bool:
        """Tell whether it is a word and nothing more."""
        return not (self.field_name or self.negative or self.quoted)


def normalize_text(text: str) -> str:
    """Return *text* with plain quotes and dashes and single spaces."""
    return " ".join(text.translate(_PLAIN_CHARACTERS).split())


def remove_open_quote(text: str) -> str:
    """Return *text*, folded, without a quotation mark that is left open."""
    before, mark, after = text.rpartition('"')
    return before + after if mark and before.count('"') % 2 == 0 else text


def tokenize(text: str) -> Iterator[Token]:
    """Cut *text*, folded, into tokens; nothing but spaces is lost."""
    for match in _TOKEN.finditer(text):
        quoted = match["quoted"] is not None
        value = match["quoted"] if quoted else match["bare"]
        yield Token(match[0], value, match["name"] or "", bool(match["minus"]), quoted)
