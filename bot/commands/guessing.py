"""Guessing what a channel is about from its name and purpose: phrases on which there are papers, but not too many."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.models import Paper
from bot.ports.places import Room
from bot.topics import Topic, parse

_RARE: Final = 0.5
"""Papers a week; fewer starve a channel."""
_HEAVY: Final = 0.25
"""Share of all papers; what is in more of them is no topic."""
_LENGTHS: Final = (3, 2, 1)
_TOKEN: Final = re.compile(r"[a-z0-9][a-z0-9+]*(?:-[a-z0-9+]+)*|[^\sa-z0-9]")
_WORD: Final = re.compile(r"[a-z][a-z0-9+-]{2,}")
_MEANT: Final = {
    "3d": "3d",
    "asr": "speech recognition",
    "gnn": "graph neural network",
    "moe": "mixture of experts",
    "nlp": "natural language",
    "rag": "retrieval-augmented",
    "rl": "reinforcement learning",
    "rlhf": "human feedback",
    "tts": "text-to-speech",
    "vla": "vision-language-action",
    "vlm": "vision-language",
}
"""What people shorten in the names of channels."""
_PLAIN: Final = frozenset(
    """
    about all and announcements any archive are ask bot channel chat club company conversation daily discuss
    discussing discussion discussions every everyone everything feed for from general gpu group groups help here
    hiring how internal jobs journal lab latest links literature lunch matters member members meta misc new news off
    office one only our pages paper papers people proj project projects question questions random read reading
    related research researchers share sharing social study talk team that the things this topic topics use water
    week weekly what with work working
    """.split()  # noqa: SIM905 - as a list of literals it would fill a page
)
"""Words of channels, not of papers; no phrase goes across them."""
_WEAK: Final = frozenset(
    """
    artificial code computer data deep human information intelligence language languages large learn learning
    machine model models network networks neural processing science system systems text training vision
    """.split()  # noqa: SIM905 - see above
)
"""Words that name a field only together with others: "learning" does not, "reinforcement learning" does."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A topic, and how many papers a week it would bring; no topic where nothing fits."""

    topic: Topic | None = None
    per_week: float = 0.0


def guess(room: Room, papers: Sequence[Paper], days: int) -> Guess:
    """Return the first phrase of a channel that fits the *papers* of so many *days*."""
    for phrase in dict.fromkeys(_phrases(room)):
        topic = parse(f'"{phrase}"')
        matched = sum(topic.matches(paper) for paper in papers)
        weekly = matched * 7 / days
        if weekly >= _RARE and matched <= _HEAVY * len(papers):
            return Guess(topic, round(weekly, 1))
    return Guess()


def _phrases(room: Room) -> Iterator[str]:
    """Yield what could be a topic, the likeliest first: of the name, then of the purpose, longer before shorter.

    A single word counts only when it is all that a name says; those of a purpose are mere prose.
    """
    name = re.sub(r"[-_]", " ", room.channel.name)
    named = list(_runs(name))
    yield from (_MEANT[word] for word in name.casefold().split() if word in _MEANT)
    yield from _within(named, alone=sum(map(len, named)) == 1)
    yield from _within(list(_runs(room.purpose)), alone=False)


def _within(runs: Sequence[Sequence[str]], *, alone: bool) -> Iterator[str]:
    for length in _LENGTHS:
        for run in runs:
            for at in range(len(run) - length + 1):
                words = run[at : at + length]
                if (length > 1 or alone) and not _WEAK.issuperset(words):
                    yield " ".join(words)


def _runs(text: str) -> Iterator[list[str]]:
    """Yield the words that stand side by side, between punctuation and words that name no field."""
    run: list[str] = []
    for token in _TOKEN.findall(text.casefold()):
        if _WORD.fullmatch(token) and token not in _PLAIN:
            run.append(token)
        else:
            yield run
            run = []
    yield run
