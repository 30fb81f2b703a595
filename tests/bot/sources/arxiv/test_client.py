"""arXiv over HTTP, from recorded replies and from a feed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.domain.papers import Paper
from bot.errors import Malformed, SourceDown, SourceRefused
from bot.ports.sources import Announcements, PaperLookup, SourceResponse
from bot.sources.arxiv import parser
from bot.sources.arxiv.announcements import CategoryAnnouncements
from bot.sources.arxiv.client import ArXiv
from bot.sources.arxiv.source import POLICY as ARXIV
from bot.sources.http.client import SourceClient
from tests.bot.sources.fakes import Clock, Memory, shared
from tests.servers.sources import ATOM, QUERY, Answer, Sources, entry, feed, page, raw

CATEGORIES = ["cs.AI", "cs.CL", "stat.ML"]
FEED = ATOM + "+".join(CATEGORIES)


def recorded(pattern: str) -> dict[str, Any]:
    (file,) = shared("fixtures/arxiv_api").glob(f"{pattern}.json")
    reply: dict[str, Any] = json.loads(file.read_bytes())
    return reply


def replay(server: Sources, pattern: str) -> None:
    reply = recorded(pattern)
    server.answer(QUERY, raw(reply["body"].encode(), reply["status_code"]))


def test_is_what_the_port_asks_for(arxiv: ArXiv) -> None:
    lookup: PaperLookup = arxiv
    announcements: Announcements = CategoryAnnouncements(arxiv, ("cs.CL",))
    assert lookup
    assert announcements


class TestAnnouncements:
    async def test_new_papers_and_cross_lists(self, arxiv: ArXiv, server: Sources) -> None:
        reply = await arxiv.fetch_announcement(CATEGORIES)
        assert reply == SourceResponse(
            (
                Paper(
                    "2602.00011",
                    "Speaking in Tongues",
                    "Languages are many.",
                    authors=("Ada Lovelace", "Alan Turing"),
                    categories=("cs.CL",),
                    published=date(2026, 2, 10),
                ),
                Paper("2602.00013", "Across", "", authors=("Ada Lovelace",), categories=("math.CO", "cs.CL")),
            )
        )
        assert server.log[0].path == FEED

    async def test_is_asked_for_once_until_it_changes(self, arxiv: ArXiv, server: Sources, memory: Memory) -> None:
        reply = await arxiv.fetch_announcement(CATEGORIES)
        assert len((await arxiv.fetch_announcement(CATEGORIES)).papers) == 2, "nobody said that the first was kept"
        await memory.save_validators(reply.url, reply.validators)
        assert await arxiv.fetch_announcement(CATEGORIES) == SourceResponse(unchanged=True)
        server.announced = [entry("2602.00099v1", "Fresh")]
        assert [paper.id for paper in (await arxiv.fetch_announcement(CATEGORIES)).papers] == ["2602.00099"]

    async def test_a_weekend(self, arxiv: ArXiv, server: Sources) -> None:
        server.announced = []
        assert await arxiv.fetch_announcement(CATEGORIES) == SourceResponse()

    async def test_one_paper_once(self, arxiv: ArXiv, server: Sources) -> None:
        server.announced = [entry("2602.00011v1", "One"), entry("2602.00011v1", "One", kind="cross")]
        assert len((await arxiv.fetch_announcement(CATEGORIES)).papers) == 1

    async def test_a_bad_category(self, arxiv: ArXiv, server: Sources) -> None:
        server.answer(FEED, raw(feed([], "Feed error for query: cs.XX").body))  # type: ignore[arg-type]  # bytes, here
        with pytest.raises(SourceRefused, match="check ARXIV_CATEGORIES"):
            await arxiv.fetch_announcement(CATEGORIES)
        with pytest.raises(SourceRefused, match=r"“\.\./x” is no arXiv category"):
            await arxiv.fetch_announcement(["cs.CL", "../x"])
        assert len(server.log) == 1

    async def test_names_with_latex_and_generations(self, arxiv: ArXiv, server: Sources) -> None:
        server.announced = [entry("2602.00011v1", "One", authors=r"Andr\'e Weil, Hank Jones, Jr., J\"org M")]
        (paper,) = (await arxiv.fetch_announcement(CATEGORIES)).papers
        assert paper.authors == ("André Weil", "Hank Jones, Jr.", "Jörg M")

    async def test_a_broken_entry_spoils_nothing(self, arxiv: ArXiv, server: Sources) -> None:
        server.announced = [entry("nonsense", "A"), entry("2602.00011v1", " "), entry("2602.00012v1", "Good")]
        reply = await arxiv.fetch_announcement(CATEGORIES)
        assert [paper.id for paper in reply.papers] == ["2602.00012"]
        assert reply.rejected == 2


class TestPapers:
    async def test_recorded_ones(self, arxiv: ArXiv, server: Sources) -> None:
        replay(server, "id_1605.08386_*")
        (paper,) = (await arxiv.fetch_papers(["1605.08386v1"])).papers
        assert paper == Paper(
            "1605.08386",
            "Heat-bath random walks with Markov bases",
            paper.abstract,
            authors=("Caprice Stanley", "Tobias Windisch"),
            categories=paper.categories,
            published=date(2016, 5, 26),
        )
        assert paper.abstract.startswith("Graphs on lattice points are studied")
        assert "math.CO" in paper.categories
        assert server.log[0].query["id_list"] == "1605.08386"

    async def test_old_ones_and_the_order_asked_for(self, arxiv: ArXiv, server: Sources) -> None:
        replay(server, "id_quant-ph_0201082v1_*")
        (paper,) = (await arxiv.fetch_papers(["quant-ph/0201082"])).papers
        assert paper.id == "quant-ph/0201082"
        first, second = (await arxiv.fetch_papers(["2602.00013", "2602.00011", "2602.00013"])).papers
        assert (first.id, second.id) == ("2602.00013", "2602.00011")

    async def test_unknown_ones_are_missing(self, arxiv: ArXiv, server: Sources) -> None:
        assert await arxiv.fetch_papers(["2602.99999"]) == SourceResponse()
        assert await arxiv.fetch_papers(["abc", ""]) == SourceResponse()
        assert len(server.log) == 1

    async def test_many_take_several_requests_with_distance(self, arxiv: ArXiv, server: Sources, clock: Clock) -> None:
        await arxiv.fetch_papers([f"2602.{n:05}" for n in range(250)])
        assert [len(one.query["id_list"].split(",")) for one in server.log] == [100, 100, 50]
        assert clock.slept == [3, 3]

    async def test_an_error_entry(self, arxiv: ArXiv, server: Sources) -> None:
        reply = recorded("id_abc_*")
        with pytest.raises(SourceRefused, match=r"^arXiv turned the request down: incorrect id format for abc\.$"):
            parser.parse_results(reply["body"].encode())
        replay(server, "id_abc_*")
        with pytest.raises(SourceRefused, match="HTTP 400"):
            await arxiv.fetch_papers(["1605.08386"])


class TestSearch:
    async def test_recorded_results_newest_first(self, arxiv: ArXiv, server: Sources) -> None:
        replay(server, "q_testing_s0_m100_*")
        reply = await arxiv.search_papers("testing", limit=100)
        dates = [paper.published for paper in reply.papers]
        assert len(dates) == 100
        assert reply.rejected == 0
        assert None not in dates
        assert dates == sorted(dates, key=lambda day: day or date.min, reverse=True)

    async def test_only_words_get_through(self, arxiv: ArXiv, server: Sources) -> None:
        await arxiv.search_papers('graphs") OR cat:cs.* AND (ti:"x')
        assert server.log[0].query["search_query"] == " AND ".join(
            f'all:"{word}"' for word in ["graphs", "OR", "cat", "cs", "AND", "ti", "x"]
        )
        assert await arxiv.search_papers('"" () \u202e') == SourceResponse()
        assert len(server.log) == 1

    async def test_an_empty_page_is_asked_for_once_more(self, arxiv: ArXiv, server: Sources) -> None:
        empty = raw(feed([], total=7).body)  # type: ignore[arg-type]  # bytes, here
        server.answer(QUERY, empty)
        assert len((await arxiv.search_papers("Tongues")).papers) == 1
        server.answer(QUERY, empty, empty)
        with pytest.raises(SourceDown, match="counts 7 papers and sends none"):
            await arxiv.search_papers("Tongues")


def files() -> list[Path]:
    folder = Path(__file__).parents[4] / "../shared/data/fixtures/arxiv_api"
    return sorted(folder.glob("*.json"))


@pytest.mark.parametrize("file", files() or [Path("absent")], ids=lambda file: file.stem)
def test_every_recorded_reply_is_understood(file: Path) -> None:
    reply = json.loads((shared("fixtures/arxiv_api") / file.name).read_bytes())
    if reply["status_code"] != 200:
        with pytest.raises(SourceRefused):
            parser.parse_results(reply["body"].encode())
        return
    parsed, _ = parser.parse_results(reply["body"].encode())
    assert parsed.rejected == 0
    assert parsed.record_count == reply["body"].count("<entry>")


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<feed xmlns="http://www.w3.org/2005/Atom"><title>&b;</title></feed>"""
STRANGER = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<feed xmlns="http://www.w3.org/2005/Atom"><title>&a;</title></feed>"""


@pytest.mark.parametrize(
    "answer", [page(), raw(b""), raw(b"<feed"), raw(b"[]"), raw(BOMB), raw(STRANGER), raw(b"<a/>")]
)
async def test_what_is_no_feed_is_malformed(arxiv: ArXiv, server: Sources, answer: Answer) -> None:
    server.answer(QUERY, answer)
    server.answer(FEED, answer)
    with pytest.raises(Malformed, match=r"^arXiv sent"):
        await arxiv.search_papers("x")
    with pytest.raises(Malformed, match=r"^arXiv sent"):
        await arxiv.fetch_announcement(CATEGORIES)


def test_the_hosts_by_default(polite: Callable[..., SourceClient]) -> None:
    arxiv = ArXiv(polite(ARXIV))
    assert arxiv._query_url == "https://export.arxiv.org/api/query"
    assert arxiv._feed_url == "https://rss.arxiv.org/atom"
