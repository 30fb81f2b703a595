"""The search flow: words only, merged by paper, within its time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.papers import Paper
from bot.errors import Mistake, SourceDown
from bot.ports.sources import SourceResponse
from bot.ports.stores import Stores
from bot.search import paper_search
from bot.search.paper_search import SearchQuery, SortOrder
from bot.search.query_parser import ParsedQuery, parse_query
from tests.sources import offering_search
from tests.stores import open_stores

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
STORED = (
    Paper(
        "1", "Sparse attention", "Sparse attention for long inputs.", ("Yann LeCun",), ("cs.CL",), date(2026, 11, 1), 5
    ),
    Paper("2", "Sparse sparse attention", "About attention.", ("Ada",), ("cs.CV",), date(2026, 11, 20), 50),
    Paper("3", "Attention and medicine", "Medical and sparse.", ("Bob",), ("cs.CL",), date(2026, 10, 1), 500),
    Paper("4", "Cooking", "Of soups, with some attention paid to salt.", (), ("cs.CY",), date(2026, 11, 23), 900),
)


@dataclass
class Remote:
    """Hugging Face's search: an answer, an error, or none at all."""

    papers: Sequence[Paper] = ()
    error: Exception | None = None
    silent: bool = False
    asked: list[str] = field(default_factory=list)

    async def search_papers(self, query: str, limit: int = 20) -> SourceResponse:
        self.asked.append(query)
        if self.silent:
            await asyncio.Event().wait()
        if self.error:
            raise self.error
        return SourceResponse(tuple(self.papers))


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    async with open_stores(tmp_path, NOW) as opened:
        await opened.papers.add(STORED, NOW)
        yield opened


async def ids(stores: Stores, query: SearchQuery, remote: Remote | None = None) -> list[str]:
    results = await paper_search.find_papers(stores, [offering_search(remote)] if remote else (), query, NOW)
    return [paper.id for paper in results.papers]


async def test_words_rank(stores: Stores) -> None:
    results = await paper_search.find_papers(stores, (), SearchQuery("sparse attention"), NOW)
    assert {paper.id for paper in results.papers[:2]} == {"1", "2"}
    scores = [results.scores[paper.id] for paper in results.papers]
    assert scores == sorted(scores, reverse=True)
    assert results.searched_count == 4
    assert results.notes == ("Stored papers only.",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"sparse attention"', {"1", "2"}),
        ("“sparse attention”", {"1", "2"}),
        ('"long inputs" attention', {"1"}),
        ("sparse -medical", {"1", "2"}),
        ("sparse –medical", {"1", "2"}),
        ("attention author:LeCun", {"1"}),
        ('attention author:"Yann LeCun"', {"1"}),
        ('"yann lecun"', {"1"}),
        ("sparse cat:cs.CV", {"2"}),
        ("sparse category:cs.CL -medical", {"1"}),
        ('attention author:"lecun', {"1"}),
        ("sparse without medical", {"1", "2"}),
        ("sparse NOT medical", {"1", "2"}),
        ("without medical sparse", {"1", "2"}),
        ('sparse without "long inputs"', {"2", "3"}),
        ("sparse not author:Ada", {"1", "3"}),
        ("sparse without -medical", {"1", "2"}),
        ("sparse medical not", {"1", "2", "3"}),
        ('sparse,"long inputs"', {"1"}),
    ],
)
async def test_conditions_must_hold(stores: Stores, text: str, found: set[str]) -> None:
    assert set(await ids(stores, SearchQuery(text))) == found


async def test_a_paper_that_says_it_does_without_is_not_left_out(stores: Stores) -> None:
    """People type titles, and some titles hold a "not" or a "without"."""
    titles = ("Attention Is Not All You Need", "All That Attention Is", "Attention without Tears")
    await stores.papers.add([Paper(f"9{n}", title) for n, title in enumerate(titles)], NOW)
    found = await ids(stores, SearchQuery("attention is not all you need"))
    assert ("90" in found, "91" in found, "92" in found) == (True, False, True)
    assert "92" in await ids(stores, SearchQuery("attention without tears"))


async def test_filters(stores: Stores) -> None:
    assert set(await ids(stores, SearchQuery("sparse attention", since=date(2026, 11, 1)))) >= {"1", "2"}
    assert "3" not in await ids(stores, SearchQuery("sparse attention", since=date(2026, 11, 1)))
    assert set(await ids(stores, SearchQuery("sparse", category="cs.CL"))) == {"1", "3"}
    assert set(await ids(stores, SearchQuery("sparse", category="CS"))) == {"1", "2", "3"}


async def test_sorting_by_votes_does_not_bring_chance_hits_to_the_top(stores: Stores) -> None:
    assert (await ids(stores, SearchQuery("sparse attention", SortOrder.VOTES)))[0] != "4"
    assert (await ids(stores, SearchQuery("sparse attention", SortOrder.DATE)))[0] != "4"


async def test_sorting(stores: Stores) -> None:
    both = list(await ids(stores, SearchQuery('"sparse attention"', SortOrder.DATE)))
    assert both == ["2", "1"]
    assert await ids(stores, SearchQuery('"sparse attention"', SortOrder.VOTES)) == ["2", "1"]


async def test_merged_by_paper_and_the_stored_version_wins(stores: Stores) -> None:
    remote = Remote([Paper("2", "An older title"), Paper("9", "Only there: sparse attention")])
    results = await paper_search.find_papers(stores, [offering_search(remote)], SearchQuery("sparse attention"), NOW)
    found = {paper.id: paper.title for paper in results.papers}
    assert found["2"] == "Sparse sparse attention"
    assert found["9"] == "Only there: sparse attention"
    assert results.papers[0].id in ("1", "2")
    assert not results.notes
    assert not await stores.papers.get(["9"])


async def test_filters_hold_for_the_source_too(stores: Stores) -> None:
    remote = Remote([Paper("9", "Medical sparse attention"), Paper("8", "Attention", published=date(2020, 1, 1))])
    assert "9" not in await ids(stores, SearchQuery("attention -medical"), remote)
    assert "8" not in await ids(stores, SearchQuery("attention", since=date(2026, 1, 1)), remote)


async def test_only_words_reach_the_source(stores: Stores) -> None:
    remote = Remote()
    await paper_search.find_papers(
        stores, [offering_search(remote)], SearchQuery('title:(sparse) AND "x\\" OR * -evil ~2'), NOW
    )
    assert remote.asked == ["title sparse and x or 2"]
    await paper_search.find_papers(stores, [offering_search(remote)], SearchQuery("w " * 249), NOW)
    assert len(remote.asked[-1]) <= 250


async def test_a_silent_source_costs_the_budget_and_no_more(stores: Stores) -> None:
    results = await paper_search.find_papers(
        stores,
        [offering_search(Remote(silent=True))],
        SearchQuery("sparse"),
        NOW,
        remote_seconds=0.01,
    )
    assert results.papers
    assert results.notes == ("Hugging Face’s own search did not answer in time; stored papers only.",)


async def test_a_failing_source_is_a_note(stores: Stores) -> None:
    results = await paper_search.find_papers(
        stores, [offering_search(Remote(error=SourceDown("no")))], SearchQuery("sparse"), NOW
    )
    assert results.papers
    assert results.notes == ("Hugging Face’s own search is not available; stored papers only.",)


async def test_every_source_is_searched_and_only_what_fails_is_told(stores: Stores) -> None:
    """A paper that two sources have comes before one that either has alone."""
    first = Remote([Paper("8", "Sparse nets"), Paper("9", "Sparser nets")])
    second = Remote([Paper("9", "Sparser nets"), Paper("7", "Sparsest nets")])
    sources = [
        offering_search(first),
        offering_search(second, "Preprints"),
        offering_search(Remote(error=SourceDown("no")), "Archive"),
    ]
    results = await paper_search.find_papers(stores, sources, SearchQuery("nets"), NOW)
    assert [paper.id for paper in results.papers] == ["9", "8", "7"]
    assert results.notes == ("Archive’s own search did not answer.",)


async def test_nothing_found_suggests_the_nearest_words_of_titles(stores: Stores) -> None:
    results = await paper_search.find_papers(stores, (), SearchQuery("sprase cookin"), NOW)
    assert not results.papers
    assert results.suggestion == "sparse cooking"


async def test_nothing_stored_is_no_error(tmp_path: Path) -> None:
    async with open_stores(tmp_path / "empty", NOW) as opened:
        results = await paper_search.find_papers(opened, (), SearchQuery("sparse"), NOW)
    assert (results.papers, results.searched_count, results.suggestion) == ((), 0, "")


@pytest.mark.parametrize(
    "text", ["", "   ", "!!!", "-all -of -it", "not all without it", "cat:cs.CL", '""', "…", "\u202e"]
)
def test_a_query_needs_a_word(text: str) -> None:
    with pytest.raises(Mistake, match="at least one word"):
        parse_query(text)


@pytest.mark.parametrize("text", ['"sparse attention', 'sparse "attention', 'sparse attention"', "“sparse attention"])
def test_a_quotation_mark_that_is_left_open_says_nothing(text: str) -> None:
    assert parse_query(text) == parse_query("sparse attention")


def test_what_names_no_field_is_a_word() -> None:
    assert parse_query('title:"sparse attention"') == ParsedQuery(("title", "sparse", "attention"), ())


def test_a_query_is_not_too_long() -> None:
    with pytest.raises(Mistake, match="at most 500 characters"):
        parse_query("x" * 501)


@given(st.text(max_size=200))
def test_any_text_is_words_or_a_mistake(text: str) -> None:
    try:
        asked = parse_query(text)
    except Mistake:
        return
    assert asked.words
    assert all(word.isalnum() for word in asked.words)
