"""Search query syntax: words that rank, and conditions (quoted phrase, author:, cat:, -word) that must hold.

::

    sparse attention            papers with these words, the best first
    "sparse attention"          the words side by side, in title, abstract or a name
    attention -medical          without a word (also: not, without)
    author:"Yann LeCun"         an author
    cat:cs.CL                   an arXiv category

Only words and these four forms count; nothing that people type reaches a query parser.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.domain.topics import tokens
from bot.domain.topics.clauses import Clause, TokenizedPaper, split_words
from bot.domain.topics.parser import FIELDS
from bot.domain.topics.tokens import Token
from bot.errors import Mistake
from bot.i18n.translation import format_number, gettext

MAX_QUERY_LENGTH: Final = 500
"""Characters of a query."""

_NEGATIONS: Final = ("not", "without")
_EXAMPLE: Final = "search sparse attention"


@dataclass(frozen=True, slots=True)
class SearchCondition:
    """What must hold: ``clause``, unless the paper has ``exception``.

    "without tears" leaves papers on tears out, but not the one that is called "Attention without Tears".
    """

    clause: Clause
    exception: Clause | None = None

    def matches(self, paper: TokenizedPaper) -> bool:
        """Tell whether a paper, cut into words, passes."""
        if _matches_clause(self.clause, paper) != self.clause.negative:
            return True
        return self.exception is not None and bool(self.exception.find_in(paper))


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query's text, read: ``words`` rank, ``conditions`` must all hold."""

    words: tuple[str, ...]
    conditions: tuple[SearchCondition, ...]

    @property
    def highlights(self) -> tuple[str, ...]:
        """What is worth highlighting: phrases first, then words."""
        clauses = [condition.clause for condition in self.conditions]
        phrases = [clause.text for clause in clauses if clause.kind == "phrase" and not clause.negative]
        return tuple(dict.fromkeys([*phrases, *self.words]))


def parse_query(text: str) -> ParsedQuery:
    """Read the text of a query.

    Raises `bot.errors.Mistake` when it is too long or holds no word to look for.
    """
    typed = tokens.normalize_text(text)
    if len(typed) > MAX_QUERY_LENGTH:
        raise Mistake(
            gettext(
                "A query takes at most {longest} characters; this one has {size}.",
                longest=MAX_QUERY_LENGTH,
                size=format_number(len(typed)),
            ),
            _EXAMPLE,
        )
    parsed_clauses = [
        (clause, token, no) for token, no in _pair_negations(typed) if (clause := _parse_clause(token, no))
    ]
    clauses = [clause for clause, _, _ in parsed_clauses if not clause.negative and clause.kind != "category"]
    query_words = [word for clause in clauses for word in clause.words]
    if not query_words:
        raise Mistake(gettext("A search needs at least one word to look for."), _EXAMPLE)
    conditions = (
        SearchCondition(clause, _build_exception(token, no))
        for clause, token, no in parsed_clauses
        if no or _is_condition(token)
    )
    return ParsedQuery(tuple(query_words), tuple(conditions))


def _pair_negations(typed: str) -> Iterator[tuple[Token, str]]:
    """Yield what counts of a query, each with the "not" or "without" before it; one before nothing is a word."""
    no: Token | None = None
    for token in tokens.tokenize(typed):
        if no is None and token.is_plain and token.value.casefold() in _NEGATIONS:
            no = token
        else:
            yield token, no.value if no else ""
            no = None
    if no:
        yield no, ""


def _build_exception(token: Token, no: str) -> Clause | None:
    """Return what lets a paper pass all the same: that it says "without tears" itself."""
    phrase = f"{no} {token.value}"
    return Clause("phrase", phrase, split_words(phrase)) if no and token.is_plain else None


def _parse_clause(token: Token, no: str) -> Clause | None:
    """Read one token; what stands before a colon and names no field is a word like any other."""
    kind = FIELDS.get(token.field_name.casefold())
    text = token.text if token.field_name and not kind else token.value.strip()
    cut = split_words(text)
    return Clause(kind or "phrase", text, cut, token.negative or bool(no)) if cut else None


def _is_condition(token: Token) -> bool:
    """Tell whether a token is a condition; other words only rank."""
    return token.negative or token.field_name.casefold() in FIELDS or (token.quoted and not token.field_name)


def _matches_clause(clause: Clause, paper: TokenizedPaper) -> bool:
    """Tell whether a clause holds; a quoted phrase may also be a name."""
    if clause.kind == "phrase" and not clause.negative:
        return bool(clause.find_in(paper) or Clause("author", clause.text, clause.words).find_in(paper))
    return bool(clause.find_in(paper))
