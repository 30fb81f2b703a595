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
_IMPORTED_PAPER_ID: Final = re.compile(r"#?[\w.:/+-]{1,100}")


def parse_arxiv_id(text: str) -> str:
    """Return the arXiv id, as papers are stored, that *text* is or links to; "" when it is neither."""
    inside = text.strip("<>()[]\"'.,;!? \t\n").split("|")[0]
    found = _BARE_ARXIV_ID.fullmatch(inside) or _PAPER_URL.fullmatch(inside)
    return canonicalize_arxiv_id(found["id"]) if found else ""


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
