"""Topic language: parse what people type (phrases, author:, cat:, -word), match papers, explain the match.

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

from bot.domain.papers import Paper
from bot.domain.topics import tokens
from bot.domain.topics.clauses import Clause, ClauseKind, ClauseResult, Explanation, TokenizedPaper, split_words
from bot.domain.topics.tokens import Token
from bot.errors import Mistake
from bot.i18n.translation import gettext

MAX_TOPIC_LENGTH: Final = 200
"""Characters of a topic."""
MAX_CLAUSES: Final = 20

FIELDS: Final[dict[str, ClauseKind]] = {"author": "author", "au": "author", "cat": "category", "category": "category"}

_SEGMENT: Final = re.compile(r"""(?:"[^"]*"|[^",|])+""")
"""What stands between the marks that part alternatives."""
_CATEGORY_PATTERN: Final = re.compile(r"[A-Za-z][A-Za-z.-]*")
_OPERATOR: Final = re.compile(r"""[,|":]|(?:^|\s)(?:-|(?:or|and|not|without)(?:\s|$))""")
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
        return ", ".join(_format_label(clauses) for clauses in self.alternatives)

    def matches(self, paper: Paper) -> bool:
        """Tell whether *paper* belongs to the topic."""
        return self.explain(paper).matched

    def explain(self, paper: Paper) -> Explanation:
        """Say which clauses decided."""
        return self.explain_tokenized(TokenizedPaper.from_paper(paper))

    def explain_tokenized(self, paper: TokenizedPaper) -> Explanation:
        """As `explain`, for a paper that was cut before."""
        failures: list[ClauseResult] = []
        for clauses in self.alternatives:
            verdicts = [ClauseResult(clause, clause.find_in(paper)) for clause in clauses]
            failed = [b for b in verdicts if bool(b.location) == b.clause.negative]
            if not failed:
                return Explanation(matched=True, clause_results=tuple(verdicts))
            failures += failed
        return Explanation(matched=False, clause_results=tuple(failures))


@lru_cache(maxsize=4096)
def parse_topic(text: str) -> Topic:
    """Return the topic that *text* says.

    Raises `bot.errors.Mistake` with one sentence and an example: empty, too long, an unknown field, an open quote, or
    nothing but exclusions.
    """
    typed = _normalize_topic(text)
    alternatives = tuple(clauses for part in _split_alternatives(typed) if (clauses := _build_clauses(part)))
    if not alternatives:
        raise Mistake(gettext("A topic needs at least one word."), _EXAMPLE)
    for clauses in alternatives:
        if all(clause.negative for clause in clauses):
            raise Mistake(gettext("A topic needs something to look for besides what to leave out."), _EXAMPLE)
    if sum(map(len, alternatives)) > MAX_CLAUSES:
        raise Mistake(gettext("A topic takes at most {most} parts.", most=MAX_CLAUSES), _EXAMPLE)
    topic = Topic(tuple(sorted(set(alternatives), key=lambda clauses: [str(c) for c in clauses])))
    # What is stored is read again by everything that matches, so it has to fit as well.
    if (size := len(str(topic))) > MAX_TOPIC_LENGTH:
        raise Mistake(
            gettext(
                "A topic takes at most {longest} characters; with its quotation marks this has {size}.",
                longest=MAX_TOPIC_LENGTH,
                size=size,
            ),
            _EXAMPLE,
        )
    return topic


def _format_label(clauses: Sequence[Clause]) -> str:
    phrases = [clause for clause in clauses if clause.kind == "phrase" and not clause.negative]
    return " ".join(
        _format_unquoted(clause) if phrases == [clause] or clause.negative else str(clause) for clause in clauses
    )


def _format_unquoted(clause: Clause) -> str:
    """Write a phrase without quotes; one that is left out keeps them unless it is a single word."""
    if clause.kind != "phrase" or (clause.negative and " " in clause.text) or _OPERATOR.search(clause.text):
        return str(clause)
    return f"{'-' if clause.negative else ''}{clause.text}"


def _normalize_topic(text: str) -> str:
    typed = tokens.normalize_text(text)
    if len(typed) > MAX_TOPIC_LENGTH:
        raise Mistake(
            gettext(
                "A topic takes at most {longest} characters; this one has {size}.",
                longest=MAX_TOPIC_LENGTH,
                size=len(typed),
            ),
            _EXAMPLE,
        )
    if tokens.remove_open_quote(typed) != typed:
        raise Mistake(gettext("A quotation mark is left open."), _EXAMPLE)
    return typed


def _split_alternatives(typed: str) -> Iterator[list[Token]]:
    """Split at ``,``, ``|`` and the bare word ``or``."""
    for stretch in _SEGMENT.findall(typed):
        part: list[Token] = []
        for token in tokens.tokenize(stretch):
            if token.is_plain and token.value.casefold() == "or":
                yield part
                part = []
            else:
                part.append(token)
        yield part


def _build_clauses(part: Sequence[Token]) -> tuple[Clause, ...]:
    """Turn one alternative's tokens into clauses; bare words in a row are one phrase."""
    clauses: list[Clause] = []
    row: list[str] = []
    negative = False

    def flush_phrase() -> None:
        nonlocal row
        if row:
            clauses.extend(_parse_clause("phrase", " ".join(row), negative=False))
            row = []

    for token in part:
        word = token.value.casefold() if token.is_plain else ""
        if word in ("and", "not", "without") and (row or clauses or word != "and"):
            flush_phrase()
            negative = word != "and"
        elif token.is_plain and not negative:
            row.append(token.value)
        else:
            flush_phrase()
            clauses.extend(
                _parse_clause(_parse_field(token.field_name), token.value, negative=negative or token.negative)
            )
            negative = False
    flush_phrase()
    return tuple(sorted(dict.fromkeys(clauses), key=lambda clause: (clause.negative, clause.kind != "phrase")))


def _parse_field(name: str) -> ClauseKind:
    if not name:
        return "phrase"
    if name.casefold() not in FIELDS:
        raise Mistake(
            gettext("“{name}:” is not something that a topic knows; author: and cat: are.", name=name),
            'author:"Yann LeCun"',
        )
    return FIELDS[name.casefold()]


def _parse_clause(kind: ClauseKind, text: str, *, negative: bool) -> Iterator[Clause]:
    cut = split_words(text)
    if not cut:
        return
    if kind == "category" and not _CATEGORY_PATTERN.fullmatch(text.strip()):
        raise Mistake(gettext("“{text}” is not an arXiv category.", text=text.strip()), "cat:cs.CL")
    shown = text.strip() if kind == "category" else " ".join(text.split()).strip("-'.;:!?() ")
    yield Clause(kind, shown if kind == "category" else shown.casefold(), cut, negative)
