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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot import tokens
from bot.clauses import Because, Clause, ClauseKind, Explanation, Page, words
from bot.errors import Mistake
from bot.language import gettext
from bot.models import Paper
from bot.tokens import Token

LONGEST: Final = 200
"""Characters of a topic."""
MOST_CLAUSES: Final = 20

FIELDS: Final[dict[str, ClauseKind]] = {"author": "author", "au": "author", "cat": "category", "category": "category"}

_STRETCH: Final = re.compile(r"""(?:"[^"]*"|[^",|])+""")
"""What stands between the marks that part alternatives."""
_CATEGORY: Final = re.compile(r"[A-Za-z][A-Za-z.-]*")
_SPOKEN: Final = re.compile(r"""[,|":]|(?:^|\s)(?:-|(?:or|and|not|without)(?:\s|$))""")
"""What means something outside quotes."""
_EXAMPLE: Final = '"world model" -robot'


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
        raise Mistake(gettext("A topic needs at least one word."), _EXAMPLE)
    for clauses in alternatives:
        if all(clause.negative for clause in clauses):
            raise Mistake(gettext("A topic needs something to look for besides what to leave out."), _EXAMPLE)
    if sum(map(len, alternatives)) > MOST_CLAUSES:
        raise Mistake(gettext("A topic takes at most {most} parts.", most=MOST_CLAUSES), _EXAMPLE)
    topic = Topic(tuple(sorted(set(alternatives), key=lambda clauses: [str(c) for c in clauses])))
    # What is stored is read again by everything that matches, so it has to fit as well.
    if (size := len(str(topic))) > LONGEST:
        raise Mistake(
            gettext(
                "A topic takes at most {longest} characters; with its quotation marks this has {size}.",
                longest=LONGEST,
                size=size,
            ),
            _EXAMPLE,
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
        raise Mistake(
            gettext(
                "A topic takes at most {longest} characters; this one has {size}.", longest=LONGEST, size=len(typed)
            ),
            _EXAMPLE,
        )
    if tokens.closed(typed) != typed:
        raise Mistake(gettext("A quotation mark is left open."), _EXAMPLE)
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
        raise Mistake(
            gettext("“{name}:” is not something that a topic knows; author: and cat: are.", name=name),
            'author:"Yann LeCun"',
        )
    return FIELDS[name.casefold()]


def _clause(kind: ClauseKind, text: str, *, negative: bool) -> Iterator[Clause]:
    cut = words(text)
    if not cut:
        return
    if kind == "category" and not _CATEGORY.fullmatch(text.strip()):
        raise Mistake(gettext("“{text}” is not an arXiv category.", text=text.strip()), "cat:cs.CL")
    shown = text.strip() if kind == "category" else " ".join(text.split()).strip("-'.;:!?() ")
    yield Clause(kind, shown if kind == "category" else shown.casefold(), cut, negative)
