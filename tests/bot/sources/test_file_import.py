"""Files that people import: good ones, and every way in which a file can be bad."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.domain.papers import Paper
from bot.errors import Mistake
from bot.sources import file_import
from bot.sources.file_import import PaperBatch, read_batches
from bot.sources.sample.recordings import FOLDER
from tests.bot.sources.fakes import shared

DAY = date(2026, 2, 10)
REPLY = json.dumps(
    [{"paper": {"id": "2602.00001", "title": "A", "upvotes": 4}}, {"paper": {"id": "2602.00002", "title": "B"}}]
)


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def lines(*records: Any) -> str:
    return "\n".join(json.dumps(record) for record in records)


def one(path: Path) -> PaperBatch:
    (batch,) = read_batches([path])
    return batch


@pytest.mark.parametrize("name", ["2026-02-10.json", "2026-02-10.json.gz"])
def test_a_recorded_reply(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, gzip.compress(REPLY.encode()) if name.endswith("gz") else REPLY)
    assert one(path) == PaperBatch(
        path, DAY, (Paper("2602.00001", "A", votes=4, listed=DAY), Paper("2602.00002", "B", listed=DAY))
    )


def test_a_folder_in_order_and_without_strangers(tmp_path: Path) -> None:
    for name in (
        "2026-02-11.json",
        "2026-02-10.json",
        "sub/2026-02-12.json.gz",
        "README.md",
        "notes.txt",
        "config.json",
    ):
        write(tmp_path / name, gzip.compress(REPLY.encode()) if name.endswith("gz") else REPLY)
    write(tmp_path / "more.jsonl", lines({"id": "x", "title": "X"}))
    batches = list(read_batches([tmp_path]))
    assert [batch.day for batch in batches] == [DAY, date(2026, 2, 11), None, date(2026, 2, 12)]
    assert sum(batch.skipped_count for batch in batches) == 0


def test_a_path_that_does_not_exist(tmp_path: Path) -> None:
    good = write(tmp_path / "2026-02-10.json", REPLY)
    with pytest.raises(Mistake, match=r"^There is no file or folder named .*nowhere\.$"):
        read_batches([good, tmp_path / "nowhere"])


def test_json_lines(tmp_path: Path) -> None:
    record = {
        "id": "1812.06145v2",
        "title": r"A $\beta$-VAE",
        "abstract": "We\npresent.",
        "authors": ["Mahdi Abavisani", r"J\"org"],
        "categories": ["cs.CV", "cs.AI"],
        "published": "2018-12-14T00:00:00Z",
        "votes": 3,
        "comment": None,
        "doi": {},
    }
    path = write(tmp_path / "p.jsonl.gz", gzip.compress(lines(record).encode()))
    expected = Paper(
        "1812.06145",
        "A β-VAE",
        "We present.",
        ("Mahdi Abavisani", "Jörg"),
        ("cs.CV", "cs.AI"),
        date(2018, 12, 14),
        votes=3,
    )
    assert one(path) == PaperBatch(path, None, (expected,))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("1", "1"),
        (1, "1"),
        ("MED-10", "MED-10"),
        ("x" * 64, "x" * 64),
        ("arXiv:2406.105", "2406.00105"),
        ("1234.567", None),
    ],
)
def test_ids_of_any_kind(tmp_path: Path, sent: Any, kept: str | None) -> None:
    batch = one(write(tmp_path / "p.jsonl", lines({"id": sent, "title": "T"})))
    assert [paper.id for paper in batch.papers] == ([kept] if kept else [])


@pytest.mark.parametrize("extra", [{}, {"abstract": ""}, {"abstract": None}, {"abstract": 7}])
def test_a_title_is_enough(tmp_path: Path, extra: dict[str, Any]) -> None:
    assert one(write(tmp_path / "p.jsonl", lines({"id": "1", "title": "T", **extra}))).papers == (Paper("1", "T"),)


def test_without_a_title_the_abstract_names_it(tmp_path: Path) -> None:
    batch = one(write(tmp_path / "p.jsonl", lines({"id": "1", "title": "", "abstract": "compact memories " * 20})))
    assert batch.papers[0].title.startswith("compact memories compact")
    assert len(batch.papers[0].title) <= 100


@pytest.mark.parametrize(
    ("authors", "kept"),
    [
        ("Ada Lovelace; Turing, Alan", ("Ada Lovelace", "Turing, Alan")),
        ("Ada Lovelace, Alan Turing", ("Ada Lovelace", "Alan Turing")),
        ("Sugai, I.", ("Sugai, I.",)),
        (7, ()),
    ],
)
def test_authors_in_one_text(tmp_path: Path, authors: Any, kept: tuple[str, ...]) -> None:
    batch = one(write(tmp_path / "p.jsonl", lines({"id": "1", "title": "T", "authors": authors})))
    assert batch.papers[0].authors == kept


BAD_LINES = [
    "not json",
    "[]",
    "null",
    "7",
    '"text"',
    "{}",
    '{"id": "1"}',
    '{"title": "T"}',
    '{"id": "", "title": "T"}',
    '{"id": null, "title": "T"}',
    '{"id": true, "title": "T"}',
    '{"id": 1.5, "title": "T"}',
    '{"id": ["1"], "title": "T"}',
    '{"id": "1", "title": 7}',
    '{"id": "1", "title": "\\u202e \\u0000"}',
    '{"id": "2503.0213", "title": "T"}',
    json.dumps({"id": "y" * 65, "title": "T"}),
    json.dumps({"id": "1", "title": "T" * 100_000}),
    "[" * 100_000,
    '{"id": "1", "title": "T"',
]


def test_bad_lines_are_counted_and_good_ones_kept(tmp_path: Path) -> None:
    good = lines({"id": "1", "title": "T"})
    path = write(tmp_path / "p.jsonl", "\n".join([good, *BAD_LINES, "", "  ", good.replace("1", "2")]))
    batch = one(path)
    assert [paper.id for paper in batch.papers] == ["1", "2"]
    assert batch.skipped_count == len(BAD_LINES)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    good = lines({"id": "1", "title": "T"}).encode()
    batch = one(write(tmp_path / "p.jsonl", b"\xef\xbb\xbf" + good + b"\n\xff\xfe\n" + good + b"\r\n"))
    assert (len(batch.papers), batch.skipped_count) == (2, 1)


@pytest.mark.parametrize("name", ["2026-02-10.json", "2026-02-10.json.gz", "p.jsonl", "p.jsonl.gz"])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!doctype html><html></html>",
        b'{"error": "Invalid date"}',
        b"7",
        gzip.compress(b"", mtime=0)[:-6],
        b"\x1f\x8bgarbage",
        b"[" * 300_000,
    ],
)
def test_bad_files_are_counted(tmp_path: Path, name: str, content: bytes) -> None:
    batch = one(write(tmp_path / name, content))
    assert (batch.papers, batch.skipped_count) == ((), 1)


def test_a_reply_with_broken_records(tmp_path: Path) -> None:
    batch = one(write(tmp_path / "2026-02-10.json", REPLY[:-1] + ', 7, {"paper": {}}, null]'))
    assert (len(batch.papers), batch.skipped_count) == (2, 3)


def test_what_came_before_the_damage_is_kept(tmp_path: Path) -> None:
    records = [{"id": f"n{n}", "title": f"Title {n} {n * 7919}"} for n in range(4000)]
    packed = gzip.compress(lines(*records).encode())
    batches = list(read_batches([write(tmp_path / "p.jsonl.gz", packed[: len(packed) // 2])]))
    assert 500 <= sum(len(batch.papers) for batch in batches) < 4000
    assert sum(batch.skipped_count for batch in batches) in {1, 2}  # the damage, and perhaps the line that it cut


@pytest.mark.long
def test_a_line_of_200_megabytes(tmp_path: Path) -> None:
    good = lines({"id": "1", "title": "T"}).encode()
    path = tmp_path / "p.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(good + b"\n")
        for _ in range(200):
            file.write(b"x" * 1_000_000)
        file.write(b"\n" + good.replace(b"1", b"2"))
    tracemalloc.start()
    batch = one(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert ([paper.id for paper in batch.papers], batch.skipped_count) == (["1", "2"], 1)
    assert peak < 20_000_000


def test_a_reply_of_too_many_megabytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_import, "MAX_FILE_BYTES", len(REPLY) - 1)
    assert one(write(tmp_path / "2026-02-10.json", REPLY)) == PaperBatch(
        tmp_path / "2026-02-10.json", DAY, skipped_count=1
    )


def test_many_lines_come_in_batches_and_lazily(tmp_path: Path) -> None:
    path = write(tmp_path / "p.jsonl", lines(*({"id": f"n{n}", "title": "T"} for n in range(1201))))
    batches = read_batches([path])
    assert len(next(batches).papers) == 500
    assert [len(batch.papers) for batch in batches] == [500, 201]


def test_a_file_that_can_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(path)

    path = write(tmp_path / "p.jsonl", lines({"id": "1", "title": "T"}))
    monkeypatch.setattr(file_import, "_open_file", refuse)
    assert one(path) == PaperBatch(path, None, skipped_count=1)


@pytest.mark.long
def test_all_recorded_days() -> None:
    batches = list(read_batches([shared("hf_daily/raw_api")]))
    assert len(batches) == 457
    assert sum(len(batch.papers) for batch in batches) == 6949
    assert sum(batch.skipped_count for batch in batches) == 0


@pytest.mark.long
def test_all_of_arxivs_recorded_papers() -> None:
    batches = list(read_batches([shared("arxiv/papers.jsonl.gz")]))
    assert sum(len(batch.papers) for batch in batches) == 47_913
    assert sum(batch.skipped_count for batch in batches) == 0


class TestSample:
    def test_loads(self) -> None:
        batches = list(read_batches([FOLDER]))
        papers = [paper for batch in batches for paper in batch.papers]
        assert [batch.day for batch in batches] == sorted(batch.day for batch in batches if batch.day)
        assert (len(batches), len(papers), sum(batch.skipped_count for batch in batches)) == (18, 399, 0)
        assert all(paper.authors and paper.abstract and paper.votes is not None and paper.published for paper in papers)

    def test_names_no_account(self) -> None:
        kept = {
            "paper",
            "thumbnail",
            "numComments",
            "id",
            "title",
            "summary",
            "publishedAt",
            "submittedOnDailyAt",
            "upvotes",
        }
        kept |= {"authors", "name", "hidden", "organization", "fullname", "githubRepo", "githubStars", "projectPage"}
        kept |= {"ai_summary", "ai_keywords"}
        for file in FOLDER.glob("*.gz"):
            json.loads(
                gzip.decompress(file.read_bytes()),
                object_hook=lambda value: kept.issuperset(value) or pytest.fail(str(value)),
            )

    def test_is_small_and_says_where_it_is_from(self) -> None:
        assert sum(file.stat().st_size for file in FOLDER.glob("*.gz")) < 400_000
        assert all(file.read_bytes()[4:8] == b"\0\0\0\0" for file in FOLDER.glob("*.gz"))  # no time stamp: reproducible
        assert "CC0" in (FOLDER / "README.md").read_text()
