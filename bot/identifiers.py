"""How people name a paper: arXiv ids, old and new, and links to arXiv, Hugging Face and alphaXiv.

The forms of an id: https://info.arxiv.org/help/arxiv_identifier.html
"""

from __future__ import annotations

import re
from typing import Final

from bot.errors import Mistake
from bot.language import gettext
from bot.models import canonical

EXAMPLE: Final = "2602.12160"

_ID: Final = r"(?P<id>\d{4}\.\d{4,5}|[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]{2})?/\d{7})(?:v\d{1,3})?"
_PLAIN: Final = re.compile(rf"(?:arxiv:\s*)?{_ID}(?:\.pdf)?", re.IGNORECASE)
_LINK: Final = re.compile(
    rf"""(?:https?://)?(?:[a-z0-9-]+\.)*
    (?:arxiv\.org/(?:abs|pdf|html|ps|src|e-print|format)/
      |(?:huggingface\.co|hf\.co)/papers/
      |alphaxiv\.org/[a-z]+/
      |doi\.org/10\.48550/arxiv\.)
    {_ID}(?:\.pdf)?/?(?:[?\#].*)?""",
    re.IGNORECASE | re.VERBOSE,
)
_LOCAL: Final = re.compile(r"#?[\w.:/+-]{1,100}")


def arxiv_id(text: str) -> str:
    """Return the arXiv id, as papers are stored, that *text* is or links to; "" when it is neither."""
    inside = text.strip("<>()[]\"'.,;!? \t\n").split("|")[0]
    found = _PLAIN.fullmatch(inside) or _LINK.fullmatch(inside)
    return canonical(found["id"]) if found else ""


def arxiv_ids(text: str) -> tuple[str, ...]:
    """Return the ids that *text* holds or links to, in its order, each once."""
    words = re.split(r"[\s<>()\[\]\"|,;]+", text)
    return tuple(dict.fromkeys(found for word in words if (found := arxiv_id(word))))


def paper(text: str) -> str:
    """Return the id that *text* names; one that is not arXiv's is taken as it stands: an imported paper's, or "#3".

    Raises `bot.errors.Mistake` for anything else.
    """
    known = arxiv_id(text)
    if known:
        return known
    plain = text.strip().strip('"')
    if "://" in plain or not _LOCAL.fullmatch(plain):
        raise Mistake(
            gettext("That is not an arXiv id, nor a link to a paper on arXiv, Hugging Face or alphaXiv."), EXAMPLE
        )
    return plain
