"""tantivy queries built from words and from a paper (more like this); typed text is never parsed as a query."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from tantivy import Filter, Occur, Query, Schema, Searcher, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from bot.domain.papers import Paper
from bot.domain.topics.clauses import split_words

STOP_WORDS: Final = frozenset(
    split_words(
        "a about also am an and any are as at be been between but by can could did do does find for from give had "
        "has have how i if in into is it its list looking may me more most my of on or our paper papers please "
        "recent related research show some studies study such than that the their them then there these they this "
        "those through to use used using was we were what when where which while who whose why will with without "
        "work works would you your"
    )
)
"""Words that tell nothing about a paper, and those that requests are wrapped in."""

_MAX_WORD_LENGTH: Final = 40
_MAX_SIMILARITY_TERMS: Final = 30
_PHRASE_BOOST: Final = 0.5
_AUTHOR_BOOST: Final = 0.8


def build_text_analyzer() -> TextAnalyzer:
    """Return what cuts titles and abstracts: case and accents folded, English endings off."""
    cut = (
        TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(_MAX_WORD_LENGTH)).filter(Filter.ascii_fold())
    )
    return cut.filter(Filter.lowercase()).filter(Filter.stemmer("english")).build()


def build_name_analyzer() -> TextAnalyzer:
    """Return what cuts authors: as `build_text_analyzer`, with the endings left on."""
    cut = (
        TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(_MAX_WORD_LENGTH)).filter(Filter.ascii_fold())
    )
    return cut.filter(Filter.lowercase()).build()


def drop_stop_words(query: Sequence[str]) -> list[str]:
    """Return the words of *query* that say something, or all when none does."""
    return [word for word in query if word not in STOP_WORDS] or list(query)


def build_search_query(schema: Schema, query: Sequence[str]) -> Query:
    """Return the query for *query*: any of its words, better with words side by side as they were asked."""
    search_words = drop_stop_words(query)
    clauses = [
        (Occur.Should, part) for word in dict.fromkeys(search_words) for part in _build_word_queries(schema, word)
    ]
    clauses += [
        (Occur.Should, part)
        for pair in pairwise(query)
        if set(pair) <= set(search_words)
        for part in _build_phrase_queries(schema, pair)
    ]
    return Query.boolean_query(clauses) if clauses else Query.empty_query()


def build_similarity_query(schema: Schema, searcher: Searcher, paper: Paper) -> Query:
    """Return the query for papers like *paper*: any of its words that are frequent in it and rare elsewhere."""
    analyzer = build_text_analyzer()
    stem_counts = Counter(
        stem
        for word in (*split_words(paper.title), *split_words(paper.title), *split_words(paper.abstract))
        if word not in STOP_WORDS and len(word) > 1
        for stem in analyzer.analyze(word)
    )
    total = searcher.num_docs
    weights = {
        stem: count * math.log(1 + total / frequency)
        for stem, count in stem_counts.items()
        if (frequency := searcher.doc_freq("body", stem))
    }
    telling = sorted(weights, key=lambda stem: (-weights[stem], stem))[:_MAX_SIMILARITY_TERMS]
    clauses = [(Occur.Should, Query.term_query(schema, "body", stem)) for stem in telling]
    return Query.boolean_query(clauses) if clauses else Query.empty_query()


def _build_word_queries(schema: Schema, word: str) -> Iterator[Query]:
    for stem in build_text_analyzer().analyze(word):
        yield Query.term_query(schema, "body", stem)
    for part in build_name_analyzer().analyze(word):
        yield Query.boost_query(Query.term_query(schema, "authors", part), _AUTHOR_BOOST)


def _build_phrase_queries(schema: Schema, pair: tuple[str, str]) -> Iterator[Query]:
    stems = build_text_analyzer().analyze(" ".join(pair))
    if len(stems) > 1:
        yield Query.boost_query(Query.phrase_query(schema, "body", list(stems)), _PHRASE_BOOST)
    parts = build_name_analyzer().analyze(" ".join(pair))
    if len(parts) > 1:
        yield Query.boost_query(Query.phrase_query(schema, "authors", list(parts)), _PHRASE_BOOST)
