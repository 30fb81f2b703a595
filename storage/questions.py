"""What is asked of the index, built from words; nothing that people type is ever parsed as a query."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from tantivy import Filter, Occur, Query, Schema, Searcher, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from bot.clauses import words
from bot.models import Paper

STOP_WORDS: Final = frozenset(
    words(
        "a about also am an and any are as at be been between but by can could did do does find for from give had "
        "has have how i if in into is it its list looking may me more most my of on or our paper papers please "
        "recent related research show some studies study such than that the their them then there these they this "
        "those through to use used using was we were what when where which while who whose why will with without "
        "work works would you your"
    )
)
"""Words that tell nothing about a paper, and those that requests are wrapped in."""

_LONGEST_WORD: Final = 40
_TELLING: Final = 30
_PHRASE: Final = 0.5
_NAME: Final = 0.8


def analyzer() -> TextAnalyzer:
    """Return what cuts titles and abstracts: case and accents folded, English endings off."""
    cut = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(_LONGEST_WORD)).filter(Filter.ascii_fold())
    return cut.filter(Filter.lowercase()).filter(Filter.stemmer("english")).build()


def names() -> TextAnalyzer:
    """Return what cuts authors: as `analyzer`, with the endings left on."""
    cut = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(_LONGEST_WORD)).filter(Filter.ascii_fold())
    return cut.filter(Filter.lowercase()).build()


def meaningful(query: Sequence[str]) -> list[str]:
    """Return the words of *query* that say something, or all when none does."""
    return [word for word in query if word not in STOP_WORDS] or list(query)


def question(schema: Schema, query: Sequence[str]) -> Query:
    """Return the query for *query*: any of its words, better with words side by side as they were asked."""
    kept = meaningful(query)
    clauses = [(Occur.Should, part) for word in dict.fromkeys(kept) for part in _word(schema, word)]
    clauses += [
        (Occur.Should, part) for pair in pairwise(query) if set(pair) <= set(kept) for part in _pair(schema, pair)
    ]
    return Query.boolean_query(clauses) if clauses else Query.empty_query()


def likeness(schema: Schema, searcher: Searcher, paper: Paper) -> Query:
    """Return the query for papers like *paper*: any of its words that are frequent in it and rare elsewhere."""
    cut = analyzer()
    counted = Counter(
        stem
        for word in (*words(paper.title), *words(paper.title), *words(paper.abstract))
        if word not in STOP_WORDS and len(word) > 1
        for stem in cut.analyze(word)
    )
    total = searcher.num_docs
    weights = {
        stem: count * math.log(1 + total / frequency)
        for stem, count in counted.items()
        if (frequency := searcher.doc_freq("body", stem))
    }
    telling = sorted(weights, key=lambda stem: (-weights[stem], stem))[:_TELLING]
    clauses = [(Occur.Should, Query.term_query(schema, "body", stem)) for stem in telling]
    return Query.boolean_query(clauses) if clauses else Query.empty_query()


def _word(schema: Schema, word: str) -> Iterator[Query]:
    for stem in analyzer().analyze(word):
        yield Query.term_query(schema, "body", stem)
    for part in names().analyze(word):
        yield Query.boost_query(Query.term_query(schema, "authors", part), _NAME)


def _pair(schema: Schema, pair: tuple[str, str]) -> Iterator[Query]:
    stems = analyzer().analyze(" ".join(pair))
    if len(stems) > 1:
        yield Query.boost_query(Query.phrase_query(schema, "body", list(stems)), _PHRASE)
    parts = names().analyze(" ".join(pair))
    if len(parts) > 1:
        yield Query.boost_query(Query.phrase_query(schema, "authors", list(parts)), _PHRASE)
