"""The index: fresh, rebuilt when it can't be used, readable beside a writer."""

import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from time import process_time

import pytest

from bot.domain.topics.clauses import split_words
from bot.errors import StoreError
from bot.ports.papers import SearchHit
from bot.ports.stores import Stores
from storage.database import Database
from storage.search_index.index import PaperIndex, open_index
from storage.search_index.queries import STOP_WORDS, drop_stop_words
from storage.search_index.tantivy_index import INDEX_VERSION, TantivyIndex
from tests.papers import paper

PAPERS = (
    paper("1", "Sparse Attention for Long Contexts", abstract="Tokens attend to few others.", authors=("Ann Smith",)),
    paper(
        "2", "Video Diffusion", abstract="Diffusion models generate clips. Attention is mentioned.", authors=("Bo Li",)
    ),
    paper("3", "Graph Networks", abstract="Running time of message passing.", authors=("Réne Müller",)),
)


@pytest.fixture
async def index(stores: Stores, now: datetime) -> PaperIndex:
    await stores.papers.add(PAPERS, now)
    assert isinstance(stores.search_index, PaperIndex)
    return stores.search_index


async def _ids(index: PaperIndex, query: str) -> list[str]:
    return [hit.paper_id for hit in await index.search(split_words(query), 10)]


async def test_the_best_come_first(index: PaperIndex) -> None:
    hits: Sequence[SearchHit] = await index.search(split_words("sparse attention"), 10)
    assert [hit.paper_id for hit in hits] == ["1", "2"]
    assert hits[0].score > hits[1].score > 0
    assert len(await index.search(split_words("attention"), 1)) == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("run", ["3"]),
        ("RUNS", ["3"]),
        ("Müller", ["3"]),
        ("muller", ["3"]),
        ("bo li", ["2"]),
        ("generating", ["2"]),
        ("papers about graphs", ["3"]),
        ("the", []),
        ("zebra", []),
        ("", []),
        ('title:"x" AND ( OR *~^ -', []),
    ],
)
async def test_words_find_papers(index: PaperIndex, query: str, found: list[str]) -> None:
    assert await _ids(index, query) == found


async def test_words_side_by_side_are_better(stores: Stores, index: PaperIndex, now: datetime) -> None:
    texts = {"4": "flow matching beats all the others", "5": "matching beats all the others flow"}
    await stores.papers.add([paper(n, "Same", abstract=text, authors=()) for n, text in texts.items()], now)
    first, second = await index.search(split_words("flow matching"), 10)
    assert (first.paper_id, second.paper_id) == ("4", "5")
    assert first.score > second.score


def test_stop_words_go_unless_nothing_remains() -> None:
    assert drop_stop_words(["papers", "about", "the", "graph"]) == ["graph"]
    assert drop_stop_words(["to", "be"]) == ["to", "be"]
    assert all(word == word.casefold() for word in STOP_WORDS)


async def test_like_leaves_itself_out(stores: Stores, index: PaperIndex, now: datetime) -> None:
    await stores.papers.add([paper("4", "Diffusion for Video Clips", abstract="Models generate.")], now)
    hits = await index.find_similar(PAPERS[1], 2)
    assert hits[0].paper_id == "4"
    assert "2" not in {hit.paper_id for hit in hits}
    unknown = paper("9", "Sparse attention everywhere")
    assert [hit.paper_id for hit in await index.find_similar(unknown, 1)] == ["1"]


async def test_a_new_paper_is_found_at_once(stores: Stores, index: PaperIndex, now: datetime) -> None:
    assert await _ids(index, "zebra") == []
    start = process_time()
    await stores.papers.add([paper("4", "Zebra Stripes")], now)
    assert await index.refresh() == 1
    assert await _ids(index, "zebra") == ["4"]
    assert process_time() - start < 2
    await stores.papers.add([paper("4", "Quagga Stripes")], now)
    assert (await _ids(index, "zebra"), await _ids(index, "quagga")) == ([], ["4"])


async def test_nothing_new_is_no_work(index: PaperIndex) -> None:
    assert await index.refresh() == 3
    assert await index.refresh() == 0


async def test_an_empty_store_finds_nothing(stores: Stores) -> None:
    assert await stores.search_index.search(("anything",), 5) == []
    assert await stores.search_index.find_similar(PAPERS[0], 5) == []


async def test_a_deleted_index_is_built_again(database: Database, index: PaperIndex, tmp_path: Path) -> None:
    await index.refresh()
    shutil.rmtree(tmp_path / "index")
    assert await open_index(tmp_path / "index", database).refresh() == 3


@pytest.mark.parametrize("keep", [0, 10])
async def test_a_damaged_index_is_built_again(database: Database, index: PaperIndex, tmp_path: Path, keep: int) -> None:
    await index.refresh()
    for file in (tmp_path / "index" / INDEX_VERSION).iterdir():
        file.write_bytes(file.read_bytes()[:keep])
    assert await _ids(open_index(tmp_path / "index", database), "sparse attention") == ["1", "2"]


async def test_an_index_that_has_no_place_is_a_fault_that_passes(
    database: Database, index: PaperIndex, tmp_path: Path
) -> None:
    await index.refresh()
    shutil.rmtree(tmp_path / "index")
    (tmp_path / "index").write_text("in the way")
    blocked = open_index(tmp_path / "index", database)
    for ask in (blocked.refresh(), blocked.search(("sparse",), 1), blocked.find_similar(PAPERS[0], 1)):
        with pytest.raises(StoreError, match="search index can't be read or written"):
            await ask
    (tmp_path / "index").unlink()
    assert await _ids(blocked, "sparse attention") == ["1", "2"]


async def test_an_index_of_another_database_is_built_again(
    stores: Stores, database: Database, tmp_path: Path, now: datetime
) -> None:
    """As after restoring an older backup: the index knows papers that the table does not."""
    shelf = TantivyIndex(tmp_path / "index" / INDEX_VERSION)
    pen = shelf.open_writer()
    pen.write_papers([(n, paper(f"gone{n}", "Zebra")) for n in range(1, 9)])
    pen.commit()
    pen.close()
    await stores.papers.add(PAPERS, now)
    index = open_index(tmp_path / "index", database)
    assert (await _ids(index, "zebra"), await _ids(index, "graph")) == ([], ["3"])


async def test_it_works_beside_another_writer(
    stores: Stores, database: Database, index: PaperIndex, tmp_path: Path, now: datetime
) -> None:
    await index.refresh()
    pen = TantivyIndex(tmp_path / "index" / INDEX_VERSION).open_writer()
    beside = open_index(tmp_path / "index", database)
    try:
        await stores.papers.add([paper("4", "Zebra Stripes"), paper("1", "Dense Attention", abstract="All.")], now)
        assert await _ids(beside, "zebra") == ["4"]
        assert sorted(await _ids(beside, "attention")) == ["1", "2"]
        assert await _ids(beside, "sparse") == []
        assert await beside.refresh() == 2
    finally:
        pen.close()
    assert await beside.refresh() == 2
    assert await _ids(index, "zebra") == ["4"]
