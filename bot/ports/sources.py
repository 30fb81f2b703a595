"""Where papers come from, and what is remembered of each source between restarts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from bot.models import Paper


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes the next request for a URL conditional: ``digest`` is the SHA-256 of the last body, hexadecimal."""

    etag: str = ""
    modified: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """Papers in the source's own order.

    ``unchanged`` is true when the body is the one that was remembered (``papers`` is then empty); ``rejected`` counts
    the records that could not be used. Once the papers are stored, and not before, the ``validators`` of ``url`` are
    for `SourceStates.remember`: what a crash loses would else be "unchanged" at the next request.
    """

    papers: tuple[Paper, ...] = ()
    unchanged: bool = False
    rejected: int = 0
    url: str = field(default="", compare=False)
    validators: Validators = field(default_factory=Validators, compare=False)


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is remembered of a source ("huggingface", "arxiv"): the circuit and the last word."""

    name: str
    failures: int = 0
    open_until: datetime | None = None
    succeeded: datetime | None = None
    failed: datetime | None = None
    error: str = ""


class SourceStates(Protocol):
    """The memory of the sources; see `storage`."""

    async def state(self, name: str) -> SourceState:
        """Return what is known of a source; a fresh state when nothing is."""
        ...

    async def states(self) -> Sequence[SourceState]:
        """Return every state known, by name."""
        ...

    async def record(self, state: SourceState) -> None:
        """Keep *state*."""
        ...

    async def validators(self, url: str) -> Validators:
        """Return the validators of *url*; empty ones when it was never fetched."""
        ...

    async def remember(self, url: str, validators: Validators) -> None:
        """Keep the validators of *url*."""
        ...


class DailyPapers(Protocol):
    """Hugging Face Daily Papers. All raise `bot.errors.SourceError` kinds."""

    async def day(self, day: date, *, fresh: bool = False) -> Reply:
        """Return the list of one date; an empty one on days without papers. A list that is not open is refused.

        Asked *fresh*, it is never "unchanged".
        """
        ...

    async def week(self, year: int, week: int) -> Reply:
        """Return the papers of an ISO week."""
        ...

    async def month(self, year: int, month: int) -> Reply:
        """Return the papers of a month."""
        ...

    async def trending(self) -> Reply:
        """Return the source's own rank of the moment, best first."""
        ...

    async def search(self, query: str, limit: int = 20) -> Reply:
        """Return the source's own search results for at most 250 characters of *query*, best first."""
        ...

    async def paper(self, identifier: str) -> Paper | None:
        """Return one paper, or None when Hugging Face does not know it."""
        ...


class Announcements(Protocol):
    """arXiv. All raise `bot.errors.SourceError` kinds."""

    async def announced(self, categories: Sequence[str]) -> Reply:
        """Return the newest announcement of the categories together; empty on weekends and holidays."""
        ...

    async def papers(self, identifiers: Sequence[str]) -> Reply:
        """Return papers by id; unknown ids are missing from the reply."""
        ...

    async def search(self, query: str, limit: int = 20) -> Reply:
        """Return papers whose fields hold the words of *query*."""
        ...
