"""ParsedPapers: what a parser of any source makes of one reply; records that can't be used are counted."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.papers import Paper


@dataclass(frozen=True, slots=True)
class ParsedPapers:
    """What a reply held: papers in its order, each once.

    ``record_count`` is their number before any was ``rejected``.
    """

    papers: tuple[Paper, ...] = ()
    rejected: int = 0
    record_count: int = 0
