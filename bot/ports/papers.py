"""Ports of the paper store, the feed days with the trending rank, and the full-text search index.

Every method is one transaction. Times are aware UTC. All raise `bot.errors.StoreError` when the database can't answer.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.domain.feed import FeedDay
from bot.domain.papers import Paper


@dataclass(frozen=True, slots=True)
class AddResult:
    """What storing did. ``new`` were unknown; ``changed`` have another title, abstract, author or category now."""

    new: tuple[Paper, ...] = ()
    changed: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True)
class UnmatchedPapers:
    """Papers stored together at ``stored_at``: sequences above ``after_sequence`` up to ``last_sequence``."""

    after_sequence: int
    last_sequence: int
    stored_at: datetime


class Papers(Protocol):
    """Every paper known, folded by id, with a sequence that grows at each change of the searched text."""

    async def add(self, papers: Sequence[Paper], now: datetime, *, queue_matching: bool = False) -> AddResult:
        """Merge *papers*: what a source leaves empty is kept, votes become a sighting, the earliest listing stays.

        With *queue_matching*, what is new or changed is put down as `list_unmatched` in the same transaction.
        """
        ...

    async def list_unmatched(self) -> Sequence[UnmatchedPapers]:
        """Return what was stored as news and is not `remove_unmatched` yet, oldest first."""
        ...

    async def remove_unmatched(self, unmatched: UnmatchedPapers) -> None:
        """Strike out news that nobody has to hear of any more."""
        ...

    async def get(self, ids: Collection[str]) -> dict[str, Paper]:
        """Return the known ones of *ids*."""
        ...

    async def count_papers(self) -> int:
        """Return how many there are."""
        ...

    async def list_between(self, first: date, last: date) -> Sequence[Paper]:
        """Return the papers whose `Paper.effective_date` lies in the span, newest first."""
        ...

    async def get_date_range(self) -> tuple[date, date] | None:
        """Return the first and the last `Paper.effective_date`, or None when nothing is stored."""
        ...

    def iterate_papers(self, after: int = 0, last: int | None = None) -> AsyncIterator[tuple[int, Paper]]:
        """Yield (sequence, paper) of everything newer than *after*, up to *last*, in order, with bounded memory."""
        ...

    async def get_last_sequence(self) -> int:
        """Return the highest sequence, 0 when nothing is stored."""
        ...

    async def list_vote_history(self, paper: str) -> Sequence[tuple[datetime, int]]:
        """Return the votes of a paper over time, oldest first."""
        ...

    async def thin_vote_history(self, before: datetime) -> int:
        """Keep one sighting a day of those older than *before*; return how many went."""
        ...


class FeedDays(Protocol):
    """The lists of the feed's dates, and the source's trending rank."""

    async def save_days(self, days: Sequence[FeedDay]) -> None:
        """Keep *days*; an answer without papers never erases papers that are stored for its date."""
        ...

    async def get_day(self, day: date) -> FeedDay | None:
        """Return one date's list."""
        ...

    async def list_between(self, first: date, last: date) -> Sequence[FeedDay]:
        """Return the lists in the span, oldest first."""
        ...

    async def get_newest(self) -> FeedDay | None:
        """Return the newest list that holds papers."""
        ...

    async def save_trending(self, papers: Sequence[str], now: datetime) -> None:
        """Keep the trending rank of *now*, in place of the one before."""
        ...

    async def get_trending(self) -> tuple[Sequence[str], datetime | None]:
        """Return the trending rank and when it was fetched."""
        ...


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One result of the index: higher ``score`` is better."""

    paper_id: str
    score: float


class SearchIndex(Protocol):
    """Words to papers: derived data that can be deleted. All methods may be called beside a writing process."""

    async def search(self, query: Sequence[str], limit: int) -> Sequence[SearchHit]:
        """Return the best papers for *query* (words, see `bot.domain.topics.parser.split_words`), best first."""
        ...

    async def find_similar(self, paper: Paper, limit: int) -> Sequence[SearchHit]:
        """Return the papers most like one, without itself."""
        ...

    async def refresh(self) -> int:
        """Take in what is newer than the index, or scan it when another process writes; return how many papers."""
        ...
