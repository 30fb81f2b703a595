"""Topic clauses: what each phrase, author or category condition finds in a paper, and the explanation in words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from bot.domain.papers import Paper
from bot.i18n.translation import gettext, phrase

ClauseKind = Literal["phrase", "author", "category"]

_WORD: Final = re.compile(r"[^\W_]+")


def split_words(text: str) -> tuple[str, ...]:
    """Split *text* into the words that matching compares: case and accents folded, punctuation apart."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return tuple(_WORD.findall("".join(c for c in folded if not unicodedata.combining(c))))


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition. ``text`` is as typed; ``words`` is what is compared (a category's id in lower case)."""

    kind: ClauseKind
    text: str
    words: tuple[str, ...]
    negative: bool = False

    def __str__(self) -> str:
        field = {"phrase": "", "author": "author:", "category": "cat:"}[self.kind]
        value = self.text if self.kind == "category" else f'"{self.text}"'
        return f"{'-' if self.negative else ''}{field}{value}"

    def find_in(self, paper: TokenizedPaper) -> str:
        """Return where *paper* has it ("title", "abstract", "authors", "categories"), or "" when it hasn't."""
        if self.kind == "category":
            return "categories" if any(_is_in_category(self.text, c) for c in paper.categories) else ""
        if self.kind == "author":
            return "authors" if any(_matches_name(self.words, name) for name in paper.authors) else ""
        if _contains_phrase(self.words, paper.title):
            return "title"
        return "abstract" if _contains_phrase(self.words, paper.abstract) else ""


@dataclass(frozen=True, slots=True)
class TokenizedPaper:
    """A paper, cut into words once for many clauses."""

    title: tuple[str, ...]
    abstract: tuple[str, ...]
    authors: tuple[tuple[str, ...], ...]
    categories: tuple[str, ...]

    @classmethod
    def from_paper(cls, paper: Paper) -> TokenizedPaper:
        """Cut *paper*."""
        return cls(
            split_words(paper.title),
            split_words(paper.abstract),
            tuple(split_words(name) for name in paper.authors),
            paper.categories,
        )


@dataclass(frozen=True, slots=True)
class ClauseResult:
    """One clause that decided: the ``location`` where it was found, "" for what was or must be missing."""

    clause: Clause
    location: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a paper does or does not belong to a topic."""

    matched: bool
    clause_results: tuple[ClauseResult, ...]

    @property
    def phrases(self) -> tuple[str, ...]:
        """The texts of the positive clauses that matched, for highlighting."""
        return (
            tuple(b.clause.text for b in self.clause_results if b.location and not b.clause.negative)
            if self.matched
            else ()
        )

    def __str__(self) -> str:
        if self.matched:
            return gettext(" and ").join(_describe_location(b) for b in self.clause_results if b.location)
        return gettext(" and ").join(
            _describe_location(b) if b.clause.negative else gettext("“{text}” is nowhere in it", text=b.clause.text)
            for b in self.clause_results
        )


_LOCATION_PHRASES: Final = {
    "title": (phrase("“{text}” in its title"), phrase("“{text}” is in its title")),
    "abstract": (phrase("“{text}” in its abstract"), phrase("“{text}” is in its abstract")),
    "authors": (phrase("“{text}” in its authors"), phrase("“{text}” is in its authors")),
    "categories": (phrase("“{text}” in its categories"), phrase("“{text}” is in its categories")),
}
"""How it is said where a clause was found, and where one that must be nowhere."""


def _describe_location(result: ClauseResult) -> str:
    """Say where a clause was found."""
    return gettext(_LOCATION_PHRASES[result.location][result.clause.negative], text=result.clause.text)


def _is_in_category(wanted: str, category: str) -> bool:
    """Tell whether *category* is the wanted one or, for an archive such as "cs", inside it."""
    want, have = wanted.casefold(), category.casefold()
    return have == want or have.startswith(want + ".")


def _matches_name(wanted: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Tell whether a name has the wanted words, in order; a single letter stands for a name that begins with it."""
    rest = iter(name)
    return all(any(part == word or (len(word) == 1 and part.startswith(word)) for part in rest) for word in wanted)


def _contains_phrase(phrase_words: tuple[str, ...], text_words: tuple[str, ...]) -> bool:
    """Tell whether *phrase_words* stands in *text_words* as words in a row."""
    first, size = phrase_words[0], len(phrase_words)
    start = -1
    while True:
        try:
            start = text_words.index(first, start + 1)
        except ValueError:
            return False
        if text_words[start : start + size] == phrase_words:
            return True
