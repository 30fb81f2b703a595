"""arXiv identifiers, old and new: parsed from text and from links to arXiv, Hugging Face, alphaXiv and doi.org.

The forms of an id: https://info.arxiv.org/help/arxiv_identifier.html
"""

from __future__ import annotations

import re
from typing import Final

from bot.errors import Mistake
from bot.i18n.translation import gettext

EXAMPLE_ARXIV_ID: Final = "2602.12160"

_ARXIV_ID_PATTERN: Final = r"(?P<id>\d{4}\.\d{4,5}|[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]{2})?/\d{7})(?:v\d{1,3})?"
_BARE_ARXIV_ID: Final = re.compile(rf"(?:arxiv:\s*)?{_ARXIV_ID_PATTERN}(?:\.pdf)?", re.IGNORECASE)
_PAPER_URL: Final = re.compile(
    rf"""(?:https?://)?(?:[a-z0-9-]+\.)*
    (?:arxiv\.org/(?:abs|pdf|html|ps|src|e-print|format)/
      |(?:huggingface\.co|hf\.co)/papers/
      |alphaxiv\.org/[a-z]+/
      |doi\.org/10\.48550/arxiv\.)
    {_ARXIV_ID_PATTERN}(?:\.pdf)?/?(?:[?\#].*)?""",
    re.IGNORECASE | re.VERBOSE,
)
_PAPER_NUMBER: Final = re.compile(r"#?\d{1,3}")
_IMPORTED_PAPER_ID: Final = re.compile(r"#?[\w.:/+-]{1,100}")


def parse_arxiv_id(text: str) -> str:
    """Return the arXiv id, as papers are stored, that *text* is or links to; "" when it is neither."""
    inside = text.strip("<>()[]\"'.,;!? \t\n").split("|")[0]
    found = _BARE_ARXIV_ID.fullmatch(inside) or _PAPER_URL.fullmatch(inside)
    return canonicalize_arxiv_id(found["id"]) if found else ""


def parse_paper_number(text: str) -> int | None:
    """Return the number by which *text* names a paper of a digest, "3" or "#3"; None when it names none so."""
    typed = text.strip()
    return int(typed.removeprefix("#")) if _PAPER_NUMBER.fullmatch(typed) else None


def list_paper_references(text: str) -> tuple[str, ...]:
    """Return what *text* names papers by, where it says nothing else: "#3", or an arXiv id or link, unquoted."""
    typed = text.strip()
    words = [typed] if parse_arxiv_id(typed) else [word for word in re.split(r"[\s,;|]+", typed) if word]
    references = [_parse_reference(word) for word in words]
    return tuple(references) if all(references) else ()


def _parse_reference(word: str) -> str:
    """Return a word that can only be meant as a paper: a number with its sign, or an id outside quotation marks."""
    is_number = word.startswith("#") and parse_paper_number(word) is not None
    return word if is_number else "" if word.startswith('"') else parse_arxiv_id(word)


def find_arxiv_ids(text: str) -> tuple[str, ...]:
    """Return the ids that *text* holds or links to, in its order, each once."""
    words = re.split(r"[\s<>()\[\]\"|,;]+", text)
    return tuple(dict.fromkeys(found for word in words if (found := parse_arxiv_id(word))))


def parse_paper_id(text: str) -> str:
    """Return the id that *text* names; one that is not arXiv's is taken as it stands: an imported paper's, or "#3".

    Raises `bot.errors.Mistake` for anything else.
    """
    arxiv_id = parse_arxiv_id(text)
    if arxiv_id:
        return arxiv_id
    plain = text.strip().strip('"')
    if "://" in plain or not _IMPORTED_PAPER_ID.fullmatch(plain):
        raise Mistake(
            gettext("That is not an arXiv id, nor a link to a paper on arXiv, Hugging Face or alphaXiv."),
            EXAMPLE_ARXIV_ID,
        )
    return plain


def canonicalize_arxiv_id(identifier: str) -> str:
    """Return an arXiv id without version as papers are stored: an old one in lower case, without its subject class.

    "math.GT/0309136" and "math/0309136" name one paper: https://info.arxiv.org/help/arxiv_identifier.html
    """
    archive, slash, number = identifier.rpartition("/")
    return f"{archive.partition('.')[0].lower()}{slash}{number}"
