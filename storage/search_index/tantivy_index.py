"""A tantivy index on disk or in memory: schema, documents, searcher and the single writer (blocking)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from tantivy import Document, Index, IndexWriter, Query, Schema, SchemaBuilder, Searcher

from bot.domain.papers import Paper
from bot.domain.topics.clauses import split_words
from bot.ports.papers import SearchHit
from storage.search_index.queries import build_name_analyzer, build_text_analyzer

INDEX_VERSION: Final = "1"
"""Of the fields and of how text is cut; another one makes everybody build the index anew."""

_WRITER_HEAP_BYTES: Final = 30_000_000

QueryBuilder = Callable[[Schema, Searcher], Query]


class IndexBusy(Exception):
    """Another process writes to the index."""


class TantivyIndex:
    """An open index. Readers see what was committed when `reload` was called last."""

    def __init__(self, path: Path | None) -> None:
        """Open the index in *path*, or make one there; None makes one in memory."""
        self.schema = _build_schema()
        if path:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._index = Index(self.schema, path=str(path) if path else None)
        self._index.register_tokenizer("text", build_text_analyzer())
        self._index.register_tokenizer("names", build_name_analyzer())
        self._index.config_reader("manual")

    def get_last_sequence(self) -> int:
        """Return the highest sequence that is in the index."""
        self._index.reload()
        newest = self._index.searcher().search(Query.all_query(), 1, order_by_field="sequence").hits
        return int(newest[0][0]) if newest else 0

    def count_papers(self) -> int:
        """Return how many papers are in the index."""
        return self._index.searcher().num_docs

    def search(self, build_query: QueryBuilder, limit: int) -> list[SearchHit]:
        """Return the best papers for what *build_query* builds."""
        self._index.reload()
        searcher = self._index.searcher()
        hits = searcher.search(build_query(self.schema, searcher), limit, count=False).hits
        return [SearchHit(str(searcher.doc(address)["id"][0]), float(score)) for score, address in hits]

    def open_writer(self) -> TantivyWriter:
        """Return the one writer; `TantivyWriter.close` must follow.

        Raises `IndexBusy` when another process has it.
        """
        try:
            return TantivyWriter(self._index.writer(_WRITER_HEAP_BYTES, 1))
        except ValueError as error:
            if "LockBusy" in str(error):
                raise IndexBusy from error
            raise


class TantivyWriter:
    """The one writer. What it wrote can be read once it is kept."""

    def __init__(self, writer: IndexWriter) -> None:
        self._writer = writer

    def delete_all(self) -> None:
        """Take everything out."""
        self._writer.delete_all_documents()

    def write_papers(self, papers: Iterable[tuple[int, Paper]]) -> None:
        """Put (sequence, paper) in, in place of what was there of the same papers."""
        for sequence, paper in papers:
            self._writer.delete_documents_by_term("id", paper.id)
            self._writer.add_document(_build_document(sequence, paper))

    def commit(self) -> None:
        """Make what was written last."""
        self._writer.commit()

    def close(self) -> None:
        """Let another process write; what was not kept is dropped."""
        self._writer.wait_merging_threads()


def _build_schema() -> Schema:
    builder = SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("body", tokenizer_name="text")
    builder.add_text_field("authors", tokenizer_name="names")
    builder.add_unsigned_field("sequence", fast=True)
    return builder.build()


def _build_document(sequence: int, paper: Paper) -> Document:
    """Return *paper* for the index. One field has the title twice and the abstract: better than two fields."""
    document = Document()
    document.add_text("id", paper.id)
    for text in (paper.title, paper.title, paper.abstract):
        document.add_text("body", _fold_text(text))
    for name in paper.authors:
        document.add_text("authors", _fold_text(name))
    document.add_unsigned("sequence", sequence)
    return document


def _fold_text(text: str) -> str:
    """Fold what tantivy would fold otherwise than `bot.domain.topics.parser.split_words` does.

    Plain ASCII needs nothing.
    """
    return text if text.isascii() else " ".join(split_words(text))


def select_best_hits(hits: Sequence[SearchHit], limit: int) -> list[SearchHit]:
    """Return the *limit* best hits."""
    return sorted(hits, key=lambda hit: (-hit.score, hit.paper_id))[:limit]
