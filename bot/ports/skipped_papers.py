"""SkippedPapers: papers that can't be loaded, matched, worded or rendered, left out so that what holds them goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal, TypeVar

from bot.domain.papers import Paper
from bot.errors import log_failure

log = logging.getLogger(__name__)

MAX_SKIPPED: Final = 200
"""Papers that are kept in mind; where there are more, it is not the papers that are wrong."""
RETENTION: Final = timedelta(days=7)

Step = Literal["loaded", "matched", "worded", "rendered"]
Built = TypeVar("Built")


@dataclass(frozen=True, slots=True)
class SkippedPaper:
    """A paper that can't be ``step``; ``reference`` leads to the error in the log, ``at`` is when it was recorded."""

    paper: str
    step: Step
    reference: str
    at: datetime | None = None

    def __str__(self) -> str:
        return f"{self.paper} can’t be {self.step}, reference {self.reference}"


@dataclass(slots=True)
class SkippedPapers:
    """What was left out. An error is in the log once for each paper and step, however often it comes.

    ``found`` is of this process, ``restored`` of those before.
    """

    found: dict[tuple[str, str], SkippedPaper] = field(default_factory=dict)
    restored: dict[tuple[str, str], SkippedPaper] = field(default_factory=dict)

    def record(self, paper: str, step: Step, error: Exception) -> None:
        """Put down that *paper* is left out. Without an id it is an entry of a person's, whose words are not logged."""
        if (paper, step) in self.found or len(self.found) >= MAX_SKIPPED:
            return
        failure = f"The paper {paper} is left out: it can’t be {step}" if paper else f"An entry can’t be {step}"
        reference = log_failure(log, failure, error, redacted=not paper)
        self.found[paper, step] = SkippedPaper(paper or "an entry", step, reference)

    def collect_sound(self, step: Step, papers: Iterable[Paper], build: Callable[[Paper], Built]) -> list[Built]:
        """Return what *build* makes of each paper; one of which it makes nothing is recorded and left out."""
        sound: list[Built] = []
        for paper in papers:
            try:
                sound.append(build(paper))
            except Exception as error:  # noqa: BLE001 - the boundary of one paper
                self.record(paper.id, step, error)
        return sound

    def list_skipped(self) -> Sequence[SkippedPaper]:
        """Return what is left out, what was found first at the head."""
        return tuple((self.restored | self.found).values())

    def expire(self, now: datetime) -> None:
        """Date what is new, and forget what is older than `RETENTION` at *now*."""
        self.found = {key: each if each.at else replace(each, at=now) for key, each in self.found.items()}
        for known in (self.found, self.restored):
            for key in [key for key, each in known.items() if each.at and now - each.at >= RETENTION]:
                del known[key]
