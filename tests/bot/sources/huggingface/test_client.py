"""Hugging Face over HTTP: the right questions, every page, and honest errors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from bot.errors import Malformed, SourceDown, SourceRefused
from bot.ports.sources import DailyLists, PaperLookup, PaperSearch, SourceResponse, TrendingPapers
from bot.sources.http.client import SourceClient
from bot.sources.huggingface.client import HuggingFace
from tests.bot.sources.fakes import Memory
from tests.servers.sources import DAILY, SEARCH, Answer, Sources, page, raw, record, status, truncated, value

MONDAY = date(2026, 2, 9)
TUESDAY = date(2026, 2, 10)


def ids(reply: SourceResponse) -> list[str]:
    return [paper.id for paper in reply.papers]


def test_is_what_the_port_asks_for(hub: HuggingFace) -> None:
    lists: DailyLists = hub
    trending: TrendingPapers = hub
    search: PaperSearch = hub
    lookup: PaperLookup = hub
    assert all((lists, trending, search, lookup))


async def test_a_day(hub: HuggingFace, server: Sources) -> None:
    reply = await hub.fetch_day(MONDAY)
    assert ids(reply) == ["2602.00001", "2602.00002"]
    assert reply.papers[0].listed == MONDAY
    assert reply.papers[0].votes == 12
    assert dict(server.log[0].query) == {"date": "2026-02-09", "limit": "100", "p": "0"}


async def test_a_day_without_papers(hub: HuggingFace) -> None:
    assert await hub.fetch_day(date(2026, 2, 8)) == SourceResponse()


async def test_a_day_that_is_not_open(hub: HuggingFace) -> None:
    with pytest.raises(SourceRefused, match=r"^Hugging Face turned the request down \(HTTP 400\)\.$"):
        await hub.fetch_day(date(2026, 2, 11))


async def test_the_rank_can_not_be_refused(hub: HuggingFace, server: Sources) -> None:
    server.always(DAILY, status(400))
    with pytest.raises(SourceDown, match="HTTP 400"):
        await hub.fetch_trending()


@pytest.mark.parametrize(("day", "code"), [(date(2026, 2, 11), 404), (MONDAY, 400), (MONDAY, 404)])
async def test_no_other_day_can_be_refused(
    hub: HuggingFace, server: Sources, memory: Memory, day: date, code: int
) -> None:
    server.always(DAILY, status(code))
    with pytest.raises(SourceDown, match=f"HTTP {code}"):
        await hub.fetch_day(day)
    assert (await memory.get_state("huggingface")).failures == 1


async def test_an_unchanged_day(hub: HuggingFace, server: Sources, memory: Memory) -> None:
    reply = await hub.fetch_day(MONDAY)
    assert len(ids(await hub.fetch_day(MONDAY))) == 2, "nobody said that the first was kept"
    await memory.save_validators(reply.url, reply.validators)
    assert await hub.fetch_day(MONDAY) == SourceResponse(unchanged=True)
    assert len(ids(await hub.fetch_day(MONDAY, fresh=True))) == 2
    server.days = {**server.days, MONDAY: [record("2602.00009", "Late")]}
    assert ids(await hub.fetch_day(MONDAY)) == ["2602.00009"]


async def test_every_page_of_a_long_day(hub: HuggingFace, server: Sources) -> None:
    server.days = {MONDAY: [record(f"2602.{n:05}", f"Paper {n}") for n in range(1, 251)]}
    reply = await hub.fetch_day(MONDAY)
    assert ids(reply) == [f"2602.{n:05}" for n in range(1, 251)]
    assert [one.query["p"] for one in server.log] == ["0", "1", "2"]


async def test_pages_without_links(hub: HuggingFace, server: Sources) -> None:
    full = [record(f"2602.{n:05}", f"Paper {n}") for n in range(100)]
    server.answer(DAILY, value(full), value([record("2602.77777", "Last")]))
    assert len(ids(await hub.fetch_day(MONDAY))) == 101


async def test_a_source_that_ignores_pages_does_not_go_on_for_ever(hub: HuggingFace, server: Sources) -> None:
    full = [record(f"2602.{n:05}", f"Paper {n}") for n in range(100)]
    server.always(DAILY, value(full))
    assert len(ids(await hub.fetch_day(MONDAY))) == 100
    assert len(server.log) == 2


async def test_a_link_to_elsewhere_is_not_followed(hub: HuggingFace, server: Sources) -> None:
    server.answer(
        DAILY, raw(b'[{"paper": {"id": "2602.00001", "title": "A"}}]', headers={"Link": '<http://evil/>; rel="next"'})
    )
    await hub.fetch_day(TUESDAY)
    assert [one.query["p"] for one in server.log] == ["0", "1"]


async def test_a_day_whose_second_page_failed_is_asked_for_again(hub: HuggingFace, server: Sources) -> None:
    server.days = {MONDAY: [record(f"2602.{n:05}", f"Paper {n}") for n in range(1, 150)]}
    broken = status(500)
    server.answer(DAILY, value([record(f"2602.{n:05}", f"Paper {n}") for n in range(100)]), broken, broken, broken)
    with pytest.raises(SourceDown):
        await hub.fetch_day(MONDAY)
    assert len(ids(await hub.fetch_day(MONDAY))) == 149


async def test_week_month_and_trending(hub: HuggingFace, server: Sources) -> None:
    assert len(ids(await hub.fetch_week(2026, 7))) == 3
    assert len(ids(await hub.fetch_month(2026, 2))) == 3
    assert [one.query.get("week") or one.query.get("month") for one in server.log] == ["2026-W07", "2026-02"]
    server.trending = [record("2502.00001", "Old Gold"), record("2602.00001", "Slow Thinking")]
    assert ids(await hub.fetch_trending()) == ["2502.00001", "2602.00001"]
    assert server.log[-1].query["sort"] == "trending"


async def test_search(hub: HuggingFace, server: Sources) -> None:
    assert ids(await hub.search_papers("thinking", limit=1)) == ["2602.00001"]
    await hub.search_papers("x" * 1000, limit=5000)
    assert (len(server.log[-1].query["q"]), server.log[-1].query["limit"]) == (250, "120")
    assert await hub.search_papers(" \u202e ") == SourceResponse()
    assert len(server.log) == 2


async def test_search_in_an_envelope(hub: HuggingFace, server: Sources) -> None:
    server.answer(SEARCH, value({"papers": [{"id": "2602.00005", "title": "Flat"}]}))
    assert ids(await hub.search_papers("flat")) == ["2602.00005"]


async def test_one_paper(hub: HuggingFace, server: Sources) -> None:
    found = await hub.fetch_paper("https://arxiv.org/abs/2602.00001v3")
    assert found
    assert found.title == "Slow Thinking"
    assert await hub.fetch_paper("2602.99999") is None
    assert await hub.fetch_paper("../../secret") is None
    assert len(server.log) == 2


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (page(), "a web page"),
        (raw(b""), "nothing"),
        (raw(b'[{"paper": '), "not JSON"),
        (raw(b"\xff\xfe\x00"), "not JSON"),
        (raw(b"[" * 200_000), "not JSON"),
        (value({"error": "x"}), "other than a list"),
        (value("papers"), "other than a list"),
        (value(None), "other than a list"),
        (value(12), "other than a list"),
    ],
)
async def test_what_is_no_list_is_malformed_once(hub: HuggingFace, server: Sources, answer: Answer, says: str) -> None:
    server.answer(DAILY, answer)
    with pytest.raises(Malformed, match=f"^Hugging Face sent .*{says}"):
        await hub.fetch_day(MONDAY)
    assert len(server.log) == 1
    assert ids(await hub.fetch_day(MONDAY)) == ["2602.00001", "2602.00002"]


async def test_a_broken_record_spoils_nothing(hub: HuggingFace, server: Sources) -> None:
    server.answer(DAILY, value([1, None, {}, {"paper": {"id": 7}}, record("2602.00001", "Good"), ["x"], "y"]))
    reply = await hub.fetch_day(MONDAY)
    assert ids(reply) == ["2602.00001"]
    assert reply.rejected == 6


async def test_a_broken_answer_is_asked_for_again(hub: HuggingFace, server: Sources) -> None:
    server.answer(DAILY, truncated())
    assert len(ids(await hub.fetch_day(MONDAY))) == 2


async def test_an_endpoint_with_a_slash(polite: Callable[..., SourceClient], server: Sources) -> None:
    await HuggingFace(polite(), server.url + "/").fetch_day(MONDAY)
    assert server.log[0].path == DAILY
