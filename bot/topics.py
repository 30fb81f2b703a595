"""The topic language: parse what people type, match papers, explain the match.

::

    world model                     the words side by side, anywhere in title or abstract
    diffusion, flow matching        either of them
    "world model" "video"           both
    author:"Yann LeCun"             an author
    cat:cs.CL                       an arXiv category
    retrieval -medical              without a word (also: not, without)

A topic is alternatives; an alternative is clauses that all hold; a phrase matches whole words in a row, whatever their
case, accents or hyphens.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from bot import tokens
from bot.errors import Mistake
from bot.language import gettext
from bot.models import Paper
from bot.tokens import Token

LONGEST: Final = 200
"""Characters of a topic."""
MOST_CLAUSES: Final = 20

ClauseKind = Literal["phrase", "author", "category"]

FIELDS: Final[dict[str, ClauseKind]] = {"author": "author", "au": "author", "cat": "category", "category": "category"}

_WORD: Final = re.compile(r"[^\W_]+")
_STRETCH: Final = re.compile(r"""(?:"[^"]*"|[^",|])+""")
"""What stands between the marks that part alternatives."""
_CATEGORY: Final = re.compile(r"[A-Za-z][A-Za-z.-]*")
_SPOKEN: Final = re.compile(r"""[,|":]|(?:^|\s)(?:-|(?:or|and|not|without)(?:\s|$))""")
"""What means something outside quotes."""
_EXAMPLE: Final = '"world model" -robot'


def words(text: str) -> tuple[str, ...]:
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

    def found(self, page: Page) -> str:
        """Return where *page* has it ("title", "abstract", "authors", "categories"), or "" when it hasn't."""
        if self.kind == "category":
            return "categories" if any(_within(self.text, c) for c in page.categories) else ""
        if self.kind == "author":
            return "authors" if any(_named(self.words, name) for name in page.authors) else ""
        if _row(self.words, page.title):
            return "title"
        return "abstract" if _row(self.words, page.abstract) else ""


@dataclass(frozen=True, slots=True)
class Page:
    """A paper, cut into words once for many clauses."""

    title: tuple[str, ...]
    abstract: tuple[str, ...]
    authors: tuple[tuple[str, ...], ...]
    categories: tuple[str, ...]

    @classmethod
    def of(cls, paper: Paper) -> Page:
        """Cut *paper*."""
        return cls(
            words(paper.title), words(paper.abstract), tuple(words(name) for name in paper.authors), paper.categories
        )


@dataclass(frozen=True, slots=True)
class Because:
    """One clause that decided: ``where`` it was found, or "" for what was missing or, if negative, must be missing."""

    clause: Clause
    where: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a paper does or does not belong to a topic."""

    matched: bool
    because: tuple[Because, ...]

    @property
    def phrases(self) -> tuple[str, ...]:
        """The texts of the positive clauses that matched, for highlighting."""
        return tuple(b.clause.text for b in self.because if b.where and not b.clause.negative) if self.matched else ()

    def __str__(self) -> str:
        if self.matched:
            return gettext(" and ").join(_where(b) for b in self.because if b.where)
        return " and ".join(
            f"“{b.clause.text}” is in its {b.where}" if b.clause.negative else f"“{b.clause.text}” is nowhere in it"
            for b in self.because
        )


def _where(because: Because) -> str:
    """Say where a clause was found."""
    text = because.clause.text
    match because.where:
        case "title":
            return gettext("“{text}” in its title", text=text)
        case "abstract":
            return gettext("“{text}” in its abstract", text=text)
        case "authors":
            return gettext("“{text}” in its authors", text=text)
        case _:
            return gettext("“{text}” in its categories", text=text)


@dataclass(frozen=True, slots=True)
class Topic:
    """Alternatives of clauses. Equal topics have equal texts (`str`)."""

    alternatives: tuple[tuple[Clause, ...], ...]

    def __str__(self) -> str:
        return ", ".join(" ".join(str(clause) for clause in clauses) for clauses in self.alternatives)

    @property
    def label(self) -> str:
        """The text for people: quotes only where leaving them out would mean something else."""
        return ", ".join(_label(clauses) for clauses in self.alternatives)

    def matches(self, paper: Paper) -> bool:
        """Tell whether *paper* belongs to the topic."""
        return self.explain(paper).matched

    def explain(self, paper: Paper) -> Explanation:
        """Say which clauses decided."""
        return self.judge(Page.of(paper))

    def judge(self, page: Page) -> Explanation:
        """As `explain`, for a paper that was cut before."""
        failures: list[Because] = []
        for clauses in self.alternatives:
            verdicts = [Because(clause, clause.found(page)) for clause in clauses]
            failed = [b for b in verdicts if bool(b.where) == b.clause.negative]
            if not failed:
                return Explanation(matched=True, because=tuple(verdicts))
            failures += failed
        return Explanation(matched=False, because=tuple(failures))


@lru_cache(maxsize=4096)
def parse(text: str) -> Topic:
    """Return the topic that *text* says.

    Raises `bot.errors.Mistake` with one sentence and an example: empty, too long, an unknown field, an open quote, or
    nothing but exclusions.
    """
    typed = _fold(text)
    alternatives = tuple(clauses for part in _parts(typed) if (clauses := _clauses(part)))
    if not alternatives:
        raise Mistake("A topic needs at least one word.", _EXAMPLE)
    for clauses in alternatives:
        if all(clause.negative for clause in clauses):
            raise Mistake("A topic needs something to look for besides what to leave out.", _EXAMPLE)
    if sum(map(len, alternatives)) > MOST_CLAUSES:
        raise Mistake(f"A topic takes at most {MOST_CLAUSES} parts.", _EXAMPLE)
    topic = Topic(tuple(sorted(set(alternatives), key=lambda clauses: [str(c) for c in clauses])))
    # What is stored is read again by everything that matches, so it has to fit as well.
    if (size := len(str(topic))) > LONGEST:
        raise Mistake(
            f"A topic takes at most {LONGEST} characters; with its quotation marks this has {size}.", _EXAMPLE
        )
    return topic


def _label(clauses: Sequence[Clause]) -> str:
    phrases = [clause for clause in clauses if clause.kind == "phrase" and not clause.negative]
    return " ".join(_bare(clause) if phrases == [clause] or clause.negative else str(clause) for clause in clauses)


def _bare(clause: Clause) -> str:
    """Write a phrase without quotes; one that is left out keeps them unless it is a single word."""
    if clause.kind != "phrase" or (clause.negative and " " in clause.text) or _SPOKEN.search(clause.text):
        return str(clause)
    return f"{'-' if clause.negative else ''}{clause.text}"


def _fold(text: str) -> str:
    typed = tokens.fold(text)
    if len(typed) > LONGEST:
        raise Mistake(f"A topic takes at most {LONGEST} characters; this one has {len(typed)}.", _EXAMPLE)
    if tokens.closed(typed) != typed:
        raise Mistake("A quotation mark is left open.", _EXAMPLE)
    return typed


def _parts(typed: str) -> Iterator[list[Token]]:
    """Split at ``,``, ``|`` and the bare word ``or``."""
    for stretch in _STRETCH.findall(typed):
        part: list[Token] = []
        for token in tokens.cut(stretch):
            if token.plain and token.value.casefold() == "or":
                yield part
                part = []
            else:
                part.append(token)
        yield part


def _clauses(part: Sequence[Token]) -> tuple[Clause, ...]:
    """Turn one alternative's tokens into clauses; bare words in a row are one phrase."""
    clauses: list[Clause] = []
    row: list[str] = []
    negative = False

    def close() -> None:
        nonlocal row
        if row:
            clauses.extend(_clause("phrase", " ".join(row), negative=False))
            row = []

    for token in part:
        word = token.value.casefold() if token.plain else ""
        if word in ("and", "not", "without") and (row or clauses or word != "and"):
            close()
            negative = word != "and"
        elif token.plain and not negative:
            row.append(token.value)
        else:
            close()
            clauses.extend(_clause(_field(token.name), token.value, negative=negative or token.minus))
            negative = False
    close()
    return tuple(sorted(dict.fromkeys(clauses), key=lambda clause: (clause.negative, clause.kind != "phrase")))


def _field(name: str) -> ClauseKind:
    if not name:
        return "phrase"
    if name.casefold() not in FIELDS:
        raise Mistake(f"“{name}:” is not something that a topic knows; author: and cat: are.", 'author:"Yann LeCun"')
    return FIELDS[name.casefold()]


def _clause(kind: ClauseKind, text: str, *, negative: bool) -> Iterator[Clause]:
    cut = words(text)
    if not cut:
        return
    if kind == "category" and not _CATEGORY.fullmatch(text.strip()):
        raise Mistake(f"“{text.strip()}” is not an arXiv category.", "cat:cs.CL")
    shown = text.strip() if kind == "category" else " ".join(text.split()).strip("-'.;:!?() ")
    yield Clause(kind, shown if kind == "category" else shown.casefold(), cut, negative)


def _row(needle: tuple[str, ...], hay: tuple[str, ...]) -> bool:
    """Tell whether *needle* stands in *hay* as words in a row."""
    first, size = needle[0], len(needle)
    start = -1
    while True:
        try:
            start = hay.index(first, start + 1)
        except ValueError:
            return False
        if hay[start : start + size] == needle:
            return True


def _named(wanted: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Tell whether a name has the wanted words, in order; a single letter stands for a name that begins with it."""
    rest = iter(name)
    return all(any(part == word or (len(word) == 1 and part.startswith(word)) for part in rest) for word in wanted)


def _within(wanted: str, category: str) -> bool:
    """Tell whether *category* is the wanted one or, for an archive such as "cs", inside it."""
    want, have = wanted.casefold(), category.casefold()
    return have == want or have.startswith(want + ".")
