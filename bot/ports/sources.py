"""Source ports: Hugging Face Daily Papers and arXiv; ETag/Last-Modified validators and circuit breaker state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from bot.domain.papers import Paper


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes the next request for a URL conditional: ``digest`` is the SHA-256 of the last body, hexadecimal."""

    etag: str = ""
    modified: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class SourceResponse:
    """Papers in the source's own order.

    ``unchanged`` is true when the body is the one that was remembered (``papers`` is then empty); ``rejected`` counts
    the records that could not be used. Once the papers are stored, and not before, the ``validators`` of ``url`` are
    for `SourceStates.save_validators`: what a crash loses would else be "unchanged" at the next request.
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

    async def get_state(self, name: str) -> SourceState:
        """Return what is known of a source; a fresh state when nothing is."""
        ...

    async def list_states(self) -> Sequence[SourceState]:
        """Return every state known, by name."""
        ...

    async def save_state(self, state: SourceState) -> None:
        """Keep *get_state*."""
        ...

    async def get_validators(self, url: str) -> Validators:
        """Return the validators of *url*; empty ones when it was never fetched."""
        ...

    async def save_validators(self, url: str, validators: Validators) -> None:
        """Keep the validators of *url*."""
        ...


class DailyPapers(Protocol):
    """Hugging Face Daily Papers. All raise `bot.errors.SourceError` kinds."""

    async def fetch_day(self, day: date, *, fresh: bool = False) -> SourceResponse:
        """Return the list of one date; an empty one on days without papers. A list that is not open is refused.

        Asked *fresh*, it is never "unchanged".
        """
        ...

    async def fetch_week(self, year: int, week: int) -> SourceResponse:
        """Return the papers of an ISO week."""
        ...

    async def fetch_month(self, year: int, month: int) -> SourceResponse:
        """Return the papers of a month."""
        ...

    async def fetch_trending(self) -> SourceResponse:
        """Return the source's own rank of the moment, best first."""
        ...

    async def search_papers(self, query: str, limit: int = 20) -> SourceResponse:
        """Return the source's own search results for at most 250 characters of *query*, best first."""
        ...

    async def fetch_paper(self, identifier: str) -> Paper | None:
        """Return one paper, or None when Hugging Face does not know it."""
        ...


class Announcements(Protocol):
    """arXiv. All raise `bot.errors.SourceError` kinds."""

    async def fetch_announcement(self, categories: Sequence[str]) -> SourceResponse:
        """Return the newest announcement of the categories together; empty on weekends and holidays."""
        ...

    async def fetch_papers(self, identifiers: Sequence[str]) -> SourceResponse:
        """Return papers by id; unknown ids are missing from the reply."""
        ...

    async def search_papers(self, query: str, limit: int = 20) -> SourceResponse:
        """Return papers whose fields hold the words of *query*."""
        ...
