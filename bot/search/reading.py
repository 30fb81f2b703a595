"""What people ask for when they search, read: words that rank and conditions that must hold.

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

from bot import tokens
from bot.clauses import Clause, Page, words
from bot.errors import Mistake
from bot.language import gettext, grouped
from bot.tokens import Token
from bot.topics import FIELDS

LONGEST: Final = 500
"""Characters of a query."""

_WITHOUT: Final = ("not", "without")
_EXAMPLE: Final = "search sparse attention"


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold: ``clause``, unless the paper has ``excuse``.

    "without tears" leaves papers on tears out, but not the one that is called "Attention without Tears".
    """

    clause: Clause
    excuse: Clause | None = None

    def holds(self, page: Page) -> bool:
        """Tell whether a paper, cut into words, passes."""
        if _found(self.clause, page) != self.clause.negative:
            return True
        return self.excuse is not None and bool(self.excuse.found(page))


@dataclass(frozen=True, slots=True)
class Asked:
    """A query's text, read: ``words`` rank, ``conditions`` must all hold."""

    words: tuple[str, ...]
    conditions: tuple[Condition, ...]

    @property
    def marks(self) -> tuple[str, ...]:
        """What is worth highlighting: phrases first, then words."""
        clauses = [condition.clause for condition in self.conditions]
        phrases = [clause.text for clause in clauses if clause.kind == "phrase" and not clause.negative]
        return tuple(dict.fromkeys([*phrases, *self.words]))


def read(text: str) -> Asked:
    """Read the text of a query.

    Raises `bot.errors.Mistake` when it is too long or holds no word to look for.
    """
    typed = tokens.fold(text)
    if len(typed) > LONGEST:
        raise Mistake(
            gettext(
                "A query takes at most {longest} characters; this one has {size}.",
                longest=LONGEST,
                size=grouped(len(typed)),
            ),
            _EXAMPLE,
        )
    found = [(clause, token, no) for token, no in _said(typed) if (clause := _clause(token, no))]
    clauses = [clause for clause, _, _ in found if not clause.negative and clause.kind != "category"]
    wanted = [word for clause in clauses for word in clause.words]
    if not wanted:
        raise Mistake(gettext("A search needs at least one word to look for."), _EXAMPLE)
    conditions = (Condition(clause, _excuse(token, no)) for clause, token, no in found if no or _strict(token))
    return Asked(tuple(wanted), tuple(conditions))


def _said(typed: str) -> Iterator[tuple[Token, str]]:
    """Yield what counts of a query, each with the "not" or "without" before it; one before nothing is a word."""
    no: Token | None = None
    for token in tokens.cut(typed):
        if no is None and token.plain and token.value.casefold() in _WITHOUT:
            no = token
        else:
            yield token, no.value if no else ""
            no = None
    if no:
        yield no, ""


def _excuse(token: Token, no: str) -> Clause | None:
    """Return what lets a paper pass all the same: that it says "without tears" itself."""
    phrase = f"{no} {token.value}"
    return Clause("phrase", phrase, words(phrase)) if no and token.plain else None


def _clause(token: Token, no: str) -> Clause | None:
    """Read one token; what stands before a colon and names no field is a word like any other."""
    kind = FIELDS.get(token.name.casefold())
    text = token.text if token.name and not kind else token.value.strip()
    cut = words(text)
    return Clause(kind or "phrase", text, cut, token.minus or bool(no)) if cut else None


def _strict(token: Token) -> bool:
    """Tell whether a token is a condition; other words only rank."""
    return token.minus or token.name.casefold() in FIELDS or (token.quoted and not token.name)


def _found(clause: Clause, page: Page) -> bool:
    """Tell whether a clause holds; a quoted phrase may also be a name."""
    if clause.kind == "phrase" and not clause.negative:
        return bool(clause.found(page) or Clause("author", clause.text, clause.words).found(page))
    return bool(clause.found(page))
