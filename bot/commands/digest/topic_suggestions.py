"""Topic suggestions for a channel, guessed from its name and purpose and tried on stored papers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.papers import Paper
from bot.domain.topics.parser import Topic, parse_topic
from bot.ports.workspaces import ChannelInfo

_MIN_PER_WEEK: Final = 0.5
"""Papers a week; fewer starve a channel."""
_MAX_SHARE: Final = 0.25
"""Share of all papers; what is in more of them is no topic."""
_PHRASE_LENGTHS: Final = (3, 2, 1)
_TOKEN: Final = re.compile(r"[a-z0-9][a-z0-9+]*(?:-[a-z0-9+]+)*|[^\sa-z0-9]")
_WORD: Final = re.compile(r"[a-z][a-z0-9+-]{2,}")
_ABBREVIATIONS: Final = {
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
_CHANNEL_WORDS: Final = frozenset(
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
_WEAK_WORDS: Final = frozenset(
    """
    artificial code computer data deep human information intelligence language languages large learn learning
    machine model models network networks neural processing science system systems text training vision
    """.split()  # noqa: SIM905 - see above
)
"""Words that name a field only together with others: "learning" does not, "reinforcement learning" does."""


@dataclass(frozen=True, slots=True)
class TopicGuess:
    """A topic, and how many papers a week it would bring; no topic where nothing fits."""

    topic: Topic | None = None
    per_week: float = 0.0


def guess_topic(channel_info: ChannelInfo, papers: Sequence[Paper], days: int) -> TopicGuess:
    """Return the first phrase of a channel that fits the *papers* of so many *days*."""
    for phrase in dict.fromkeys(_list_phrases(channel_info)):
        topic = parse_topic(f'"{phrase}"')
        matched = sum(topic.matches(paper) for paper in papers)
        weekly = matched * 7 / days
        if weekly >= _MIN_PER_WEEK and matched <= _MAX_SHARE * len(papers):
            return TopicGuess(topic, round(weekly, 1))
    return TopicGuess()


def _list_phrases(channel_info: ChannelInfo) -> Iterator[str]:
    """Yield what could be a topic, the likeliest first: of the name, then of the purpose, longer before shorter.

    A single word counts only when it is all that a name says; those of a purpose are mere prose.
    """
    name = re.sub(r"[-_]", " ", channel_info.channel.name)
    named = list(_split_runs(name))
    yield from (_ABBREVIATIONS[word] for word in name.casefold().split() if word in _ABBREVIATIONS)
    yield from _combine_words(named, allow_single=sum(map(len, named)) == 1)
    yield from _combine_words(list(_split_runs(channel_info.purpose)), allow_single=False)


def _combine_words(runs: Sequence[Sequence[str]], *, allow_single: bool) -> Iterator[str]:
    for length in _PHRASE_LENGTHS:
        for run in runs:
            for at in range(len(run) - length + 1):
                words = run[at : at + length]
                if (length > 1 or allow_single) and not _WEAK_WORDS.issuperset(words):
                    yield " ".join(words)


def _split_runs(text: str) -> Iterator[list[str]]:
    """Yield the words that stand side by side, between punctuation and words that name no field."""
    run: list[str] = []
    for token in _TOKEN.findall(text.casefold()):
        if _WORD.fullmatch(token) and token not in _CHANNEL_WORDS:
            run.append(token)
        else:
            yield run
            run = []
    yield run
