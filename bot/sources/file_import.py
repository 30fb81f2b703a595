"""File import: recorded `/api/daily_papers` replies (JSON) and JSON Lines of papers, read one batch at a time."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from bot.domain.papers import Paper
from bot.errors import Malformed, Mistake
from bot.sources.huggingface import parser
from bot.sources.text import cleaning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

BATCH_SIZE: Final = 500
"""The most papers in a batch of JSON Lines."""
MAX_FILE_BYTES: Final = 64_000_000
MAX_LINE_BYTES: Final = 1_000_000
"""Bytes, unpacked: of a recorded reply, and of one line."""

_DATE_PATTERN: Final = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)")
_READ_ERRORS: Final = (OSError, EOFError, zlib.error)  # what reading a damaged file or archive raises
_MAX_ID_LENGTH: Final = 64
_MAX_CATEGORIES: Final = 30
_FALLBACK_TITLE_LENGTH: Final = 100


@dataclass(frozen=True, slots=True)
class PaperBatch:
    """Papers of one file.

    ``day`` is the list they stood on, if any; ``skipped_count`` counts what could not be used.
    """

    path: Path
    day: date | None = None
    papers: tuple[Paper, ...] = ()
    skipped_count: int = 0


def read_batches(paths: Iterable[Path | str]) -> Iterator[PaperBatch]:
    """Return the batches of files and folders, lazily, folders in the order of their names.

    In a folder, files that are neither dated ``.json`` nor ``.jsonl`` (plain or .gz) are passed over. Raises `Mistake`
    at once when a path does not exist; nothing in the files raises.
    """
    import_paths = [Path(path) for path in paths]
    for path in import_paths:
        if not path.exists():
            raise Mistake(f"There is no file or folder named {path}.", "python -m bot import papers.jsonl.gz")
    return (batch for path in import_paths for file in _find_files(path) for batch in _read_file(file))


def _find_files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(
        file
        for file in path.rglob("*")
        if file.is_file() and (_is_json_lines(file) or (_is_json(file) and _parse_file_date(file)))
    )


def _read_file(path: Path) -> Iterator[PaperBatch]:
    return iter([_read_recorded_reply(path)]) if _is_json(path) else _read_json_lines(path)


def _is_json(path: Path) -> bool:
    return path.name.removesuffix(".gz").endswith(".json")


def _is_json_lines(path: Path) -> bool:
    return path.name.removesuffix(".gz").endswith((".jsonl", ".ndjson"))


def _parse_file_date(path: Path) -> date | None:
    found = _DATE_PATTERN.search(path.name)
    return cleaning.parse_date(found[1]) if found else None


def _open_file(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return cast("BinaryIO", gzip.open(path)) if packed else path.open("rb")


def _read_recorded_reply(path: Path) -> PaperBatch:
    day = _parse_file_date(path)
    try:
        with _open_file(path) as file:
            body = file.read(MAX_FILE_BYTES + 1)
        parsed = parser.parse_paper_list(json.loads(body if len(body) <= MAX_FILE_BYTES else b""), day)
    except (*_READ_ERRORS, ValueError, RecursionError, Malformed):
        return PaperBatch(path, day, skipped_count=1)
    return PaperBatch(path, day, parsed.papers, parsed.rejected)


def _read_json_lines(path: Path) -> Iterator[PaperBatch]:
    papers: list[Paper] = []
    skipped_count = lines = 0
    for line in _iterate_lines(path):
        lines += 1
        paper = _parse_paper(line)
        skipped_count += paper is None
        papers += [paper] if paper else []
        if len(papers) == BATCH_SIZE:
            yield PaperBatch(path, None, tuple(papers), skipped_count)
            papers, skipped_count = [], 0
    if papers or skipped_count or not lines:
        yield PaperBatch(path, None, tuple(papers), skipped_count if lines else 1)


def _iterate_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines that are not blank; b"" stands for one that is too long, and for the rest of a damaged file."""
    try:
        with _open_file(path) as file:
            while line := file.readline(MAX_LINE_BYTES):
                if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
                    while (rest := file.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
                        pass
                    yield b""
                elif line.strip():
                    yield line
    except _READ_ERRORS:
        yield b""


def _parse_paper(line: bytes) -> Paper | None:
    try:
        record = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict):
        return None
    abstract = cleaning.clean_prose(record.get("abstract"), cleaning.MAX_ABSTRACT_LENGTH)
    # Some collections have no titles; a paper is then known by how it begins.
    title = cleaning.clean_title(record.get("title") or cleaning.clean_text(abstract, _FALLBACK_TITLE_LENGTH))
    identifier = _parse_paper_id(record.get("id"))
    if not identifier or not title:
        return None
    return Paper(
        id=identifier,
        title=title,
        abstract=abstract,
        authors=cleaning.clean_authors(_split_authors(record.get("authors"))),
        categories=cleaning.clean_terms(record.get("categories"), _MAX_CATEGORIES),
        published=cleaning.parse_date(record.get("published")),
        votes=cleaning.parse_count(record.get("votes")),
    )


def _parse_paper_id(value: Any) -> str | None:
    """Return an arXiv id in its usual form, and any other as it is; one that only looks like arXiv's is refused."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) <= cleaning.MAX_COUNT else ""
    if known := cleaning.normalize_arxiv_id(value):
        return known
    text = cleaning.clean_text(value, _MAX_ID_LENGTH + 1)
    return text if 0 < len(text) <= _MAX_ID_LENGTH and not cleaning.looks_like_arxiv_id(text) else None


def _split_authors(value: Any) -> Any:
    """Split names that came as one text, where it is plain how: "Ada Lovelace; Alan Turing"."""
    if not isinstance(value, str):
        return value
    parts = re.split(r";\s*", value) if ";" in value else re.split(r",\s+", value)
    return parts if ";" in value or all(" " in part.strip() for part in parts) else [value]
