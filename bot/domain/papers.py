"""A paper, whatever source, version or list it came from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

_CANONICAL_ARXIV_ID: Final = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})")


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper, whatever source, version or list it came from.

    ``id`` is the arXiv id without its version, always a string. ``votes`` and ``comments`` are counts as last seen;
    votes are None where nobody votes. ``listed`` is the first Hugging Face list that held it, or None. ``seen`` is when
    Broadsheet first stored it.
    Text fields are plain, readable text: LaTeX and markup were turned into Unicode when the paper was read.
    """

    id: str
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published: date | None = None
    votes: int | None = None
    comments: int = 0
    summary: str = ""
    keywords: tuple[str, ...] = ()
    organization: str = ""
    code: str = ""
    stars: int | None = None
    project: str = ""
    thumbnail: str = ""
    withdrawn: bool = False
    listed: date | None = None
    seen: datetime | None = None

    @property
    def effective_date(self) -> date | None:
        """The date that windows such as "the last 14 days" go by: first listing, else publication, else storing."""
        return self.listed or self.published or (self.seen.date() if self.seen else None)

    @property
    def url(self) -> str:
        """Where to read about it: Hugging Face for what was listed there, else arXiv, else nowhere."""
        if not _CANONICAL_ARXIV_ID.fullmatch(self.id):
            return ""
        return f"https://huggingface.co/papers/{self.id}" if self.listed else f"https://arxiv.org/abs/{self.id}"
