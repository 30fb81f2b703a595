"""Matcher: one paper matched against all followed topics at once, by an inverted index of their clauses.

Each alternative of a topic is filed under one condition that it can't do without: its longest phrase, else an author's
last word, else a category. A paper's own word rows, names and categories look the candidates up; only those are judged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bot.domain.papers import Paper
from bot.domain.topics.clauses import Clause, Explanation, TokenizedPaper
from bot.domain.topics.parser import Topic, parse_topic

_MAX_KEY_WORDS: Final = 4
"""Words of a phrase that are looked up; longer phrases are filed under their first words."""


class Matcher:
    """The topics that are followed, ready to be asked about papers."""

    def __init__(self, topics: Iterable[str]) -> None:
        self._index: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        self._topics: dict[str, Topic] = {}
        for text in topics:
            self.add(text)

    def __len__(self) -> int:
        return len(self._topics)

    def add(self, text: str) -> None:
        """File one topic, given by its canonical text."""
        topic = parse_topic(text)
        self._topics[text] = topic
        for clauses in topic.alternatives:
            self._index[_get_index_key(clauses)].add(text)

    def match(self, paper: Paper) -> dict[str, Explanation]:
        """Return the topics that *paper* belongs to, each with the reason."""
        return self.match_tokenized(TokenizedPaper.from_paper(paper))

    def match_tokenized(self, paper: TokenizedPaper) -> dict[str, Explanation]:
        """As `match`, for a paper that was cut before."""
        candidates = {text for key in set(_generate_index_keys(paper)) for text in self._index.get(key, ())}
        verdicts = {text: self._topics[text].explain_tokenized(paper) for text in sorted(candidates)}
        return {text: verdict for text, verdict in verdicts.items() if verdict.matched}


def _get_index_key(clauses: Sequence[Clause]) -> tuple[str, ...]:
    """Return what an alternative is filed under."""
    positive = [clause for clause in clauses if not clause.negative]
    phrases = [clause.words for clause in positive if clause.kind == "phrase"]
    if phrases:
        return max(phrases, key=len)[:_MAX_KEY_WORDS]
    authors = [clause.words for clause in positive if clause.kind == "author"]
    if authors:
        # A wanted initial ("Y. LeCun") stands for any name, so file under a whole word where there is one.
        whole = max(authors[0], key=len)
        return ("author:", whole if len(whole) > 1 else "")
    return ("cat:", positive[0].text.casefold())


def _generate_index_keys(paper: TokenizedPaper) -> Iterator[tuple[str, ...]]:
    """Yield every key under which a topic of this paper may be filed."""
    for row in (paper.title, paper.abstract):
        for size in range(1, _MAX_KEY_WORDS + 1):
            yield from (row[at : at + size] for at in range(len(row) - size + 1))
    yield ("author:", "")
    yield from (("author:", word) for name in paper.authors for word in name)
    for category in paper.categories:
        lowered = category.casefold()
        parts = lowered.split(".")
        yield from (("cat:", ".".join(parts[:size])) for size in range(1, len(parts) + 1))
