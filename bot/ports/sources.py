"""Source ports: what a source of papers offers, how often it is polled; ETag validators and circuit breaker state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from bot.domain.papers import Paper
from bot.reasons.reason import Reason


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
    error: Reason | None = None


class SourceStates(Protocol):
    """The stored states of the sources, and their validators; see `storage`."""

    async def get_state(self, name: str) -> SourceState:
        """Return what is known of a source; a fresh state when nothing is."""
        ...

    async def list_states(self) -> Sequence[SourceState]:
        """Return every state known, by name."""
        ...

    async def save_state(self, state: SourceState) -> None:
        """Keep the state of a source."""
        ...

    async def get_validators(self, url: str) -> Validators:
        """Return the validators of *url*; empty ones when it was never fetched."""
        ...

    async def save_validators(self, url: str, validators: Validators) -> None:
        """Keep the validators of *url*."""
        ...


class DailyLists(Protocol):
    """A list of papers for each date, of which digests are made. Raises `bot.errors.SourceError` kinds."""

    async def fetch_day(self, day: date, *, fresh: bool = False) -> SourceResponse:
        """Return the list of one date; an empty one on days without papers. A list that is not open is refused.

        Asked *fresh*, it is never "unchanged".
        """
        ...


class TrendingPapers(Protocol):
    """A rank of the moment. Raises `bot.errors.SourceError` kinds."""

    async def fetch_trending(self) -> SourceResponse:
        """Return the source's own rank, best first."""
        ...


class Announcements(Protocol):
    """New papers, announced together once a day. All that is fetched raises `bot.errors.SourceError` kinds."""

    async def fetch_announcement(self) -> SourceResponse:
        """Return the newest announcement; empty on weekends and holidays."""
        ...

    def get_announcement_date(self, now: datetime) -> date:
        """Return the date of the announcement that is the newest at *now*."""
        ...

    def is_final(self, now: datetime, *, has_news: bool) -> bool:
        """Tell whether it need not be read again, after it was read at *now*, with new papers or without."""
        ...


class PaperSearch(Protocol):
    """A search of the source's own. Raises `bot.errors.SourceError` kinds."""

    async def search_papers(self, query: str, limit: int = 20) -> SourceResponse:
        """Return what the source finds for at most 250 characters of *query*, best first."""
        ...


class PaperLookup(Protocol):
    """Papers by their arXiv ids. Raises `bot.errors.SourceError` kinds."""

    async def fetch_paper(self, identifier: str) -> Paper | None:
        """Return one paper, or None when the source does not know it."""
        ...


@dataclass(frozen=True, slots=True)
class PollingJob:
    """How often what is new at a source is read; ``name`` is the job's in `/healthz`, where no two share one."""

    name: str
    interval: timedelta


@dataclass(frozen=True, slots=True)
class Source:
    """A source that is open, and what it offers; one that offers nothing is switched off.

    ``name`` is what its state is kept under, ``title`` what sentences call it. The ``job`` reads lists, trending rank
    and announcements. ``recordings`` is a folder of lists that stand in until real ones come, see
    `bot.sources.file_import`. ``setting`` names its address for those who look for a fault.
    """

    name: str
    title: str
    lists: DailyLists | None = None
    trending: TrendingPapers | None = None
    announcements: Announcements | None = None
    search: PaperSearch | None = None
    lookup: PaperLookup | None = None
    recordings: Path | None = None
    job: PollingJob | None = None
    setting: str = ""

    @property
    def is_off(self) -> bool:
        """Whether it offers nothing."""
        offers = (self.lists, self.trending, self.announcements, self.search, self.lookup, self.recordings)
        return all(offer is None for offer in offers)
