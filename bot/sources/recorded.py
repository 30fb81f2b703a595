"""Papers out of files: recorded replies of ``/api/daily_papers``, and JSON Lines; one batch at a time in memory."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from bot.errors import Malformed, Mistake
from bot.models import Paper
from bot.sources import fields, papers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

SIZE: Final = 500
"""The most papers in a batch of JSON Lines."""
LARGEST: Final = 64_000_000
LONGEST: Final = 1_000_000
"""Bytes, unpacked: of a recorded reply, and of one line."""

_DATED: Final = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)")
_BROKEN: Final = (OSError, EOFError, zlib.error)  # what reading a damaged file or archive raises
_IDENTIFIER: Final = 64
_CATEGORIES: Final = 30
_BEGINNING: Final = 100


@dataclass(frozen=True, slots=True)
class Batch:
    """Papers of one file. ``day`` is the list they stood on, if any; ``skipped`` counts what could not be used."""

    path: Path
    day: date | None = None
    papers: tuple[Paper, ...] = ()
    skipped: int = 0


def read(paths: Iterable[Path | str]) -> Iterator[Batch]:
    """Return the batches of files and folders, lazily, folders in the order of their names.

    In a folder, files that are neither dated ``.json`` nor ``.jsonl`` (plain or .gz) are passed over. Raises `Mistake`
    at once when a path does not exist; nothing in the files raises.
    """
    chosen = [Path(path) for path in paths]
    for path in chosen:
        if not path.exists():
            raise Mistake(f"There is no file or folder named {path}.", "python -m bot import papers.jsonl.gz")
    return (batch for path in chosen for file in _files(path) for batch in _batches(file))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(
        file for file in path.rglob("*") if file.is_file() and (_lined(file) or (_whole(file) and _day(file)))
    )


def _batches(path: Path) -> Iterator[Batch]:
    return iter([_reply(path)]) if _whole(path) else _lines(path)


def _whole(path: Path) -> bool:
    return path.name.removesuffix(".gz").endswith(".json")


def _lined(path: Path) -> bool:
    return path.name.removesuffix(".gz").endswith((".jsonl", ".ndjson"))


def _day(path: Path) -> date | None:
    found = _DATED.search(path.name)
    return fields.day(found[1]) if found else None


def _open(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return cast("BinaryIO", gzip.open(path)) if packed else path.open("rb")


def _reply(path: Path) -> Batch:
    day = _day(path)
    try:
        with _open(path) as file:
            body = file.read(LARGEST + 1)
        parsed = papers.listing(json.loads(body if len(body) <= LARGEST else b""), day)
    except (*_BROKEN, ValueError, RecursionError, Malformed):
        return Batch(path, day, skipped=1)
    return Batch(path, day, parsed.papers, parsed.rejected)


def _lines(path: Path) -> Iterator[Batch]:
    found: list[Paper] = []
    skipped = lines = 0
    for line in _pieces(path):
        lines += 1
        paper = _paper(line)
        skipped += paper is None
        found += [paper] if paper else []
        if len(found) == SIZE:
            yield Batch(path, None, tuple(found), skipped)
            found, skipped = [], 0
    if found or skipped or not lines:
        yield Batch(path, None, tuple(found), skipped if lines else 1)


def _pieces(path: Path) -> Iterator[bytes]:
    """Yield the lines that are not blank; b"" stands for one that is too long, and for the rest of a damaged file."""
    try:
        with _open(path) as file:
            while line := file.readline(LONGEST):
                if len(line) == LONGEST and not line.endswith(b"\n"):
                    while (rest := file.readline(LONGEST)) and not rest.endswith(b"\n"):
                        pass
                    yield b""
                elif line.strip():
                    yield line
    except _BROKEN:
        yield b""


def _paper(line: bytes) -> Paper | None:
    try:
        record = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict):
        return None
    abstract = fields.prose(record.get("abstract"), fields.ABSTRACT)
    # Some collections have no titles; a paper is then known by how it begins.
    title = fields.title(record.get("title") or fields.clean(abstract, _BEGINNING))
    identifier = _identifier(record.get("id"))
    if not identifier or not title:
        return None
    return Paper(
        id=identifier,
        title=title,
        abstract=abstract,
        authors=fields.names(_authors(record.get("authors"))),
        categories=fields.words(record.get("categories"), _CATEGORIES),
        published=fields.day(record.get("published")),
        votes=fields.number(record.get("votes")),
    )


def _identifier(value: Any) -> str | None:
    """Return an arXiv id in its usual form, and any other as it is; one that only looks like arXiv's is refused."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) <= fields.MOST else ""
    if known := fields.identity(value):
        return known
    text = fields.clean(value, _IDENTIFIER + 1)
    return text if 0 < len(text) <= _IDENTIFIER and not fields.resembles(text) else None


def _authors(value: Any) -> Any:
    """Split names that came as one text, where it is plain how: "Ada Lovelace; Alan Turing"."""
    if not isinstance(value, str):
        return value
    parts = re.split(r";\s*", value) if ";" in value else re.split(r",\s+", value)
    return parts if ";" in value or all(" " in part.strip() for part in parts) else [value]
