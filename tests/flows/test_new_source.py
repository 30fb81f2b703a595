"""A source of papers that nobody has heard of: one line of registration, and the bot polls, finds and posts it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import web

from bot import health, scheduler
from bot.bootstrap.context import read_clock, read_monotonic
from bot.cards.models import Card
from bot.commands.context import CommandContext
from bot.commands.table import build_table
from bot.config import Settings
from bot.delivery.dispatcher import Dispatcher
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DeliveryKey
from bot.domain.follows import Follow
from bot.domain.papers import Paper
from bot.domain.people import Person
from bot.errors import Malformed, SourceRefused
from bot.jobs import Jobs
from bot.ports.commands import Request
from bot.ports.deliveries import Draft
from bot.ports.sources import PollingJob, Source, SourceResponse
from bot.ports.stores import Stores
from bot.search import paper_search
from bot.sources.http.client import Connect, SourceClient
from bot.sources.http.policies import SourcePolicy
from bot.sources.parsed_papers import ParsedPapers
from bot.sources.registry import SOURCES, OpenSource
from bot.sources.text import cleaning
from tests.bot.sources.fakes import Clock
from tests.fakes import FakeChat
from tests.papers import subscribe
from tests.servers.sources import Sources, record
from tests.sources import open_sources
from tests.stores import open_stores

NOON = datetime(2026, 2, 10, 12, tzinfo=UTC)
MONDAY: Final = date(2026, 2, 9)
PAPERS = Channel("fake", "local", "papers", name="papers")
ADAS = Channel("fake", "local", "ada", ChannelKind.DIRECT, "Ada")
ADA = Person("ada", "Ada", is_manager=True)
KNOWN = "2602.07777"

# -- what a folder of bot/sources would hold -------------------------------------------------------------------------

POLICY: Final = SourcePolicy("preprints", "Preprints", max_connections=1)


class Preprints:
    """Announcements at any time, lists, search and single papers of a server that speaks JSON."""

    def __init__(self, client: SourceClient, url: str) -> None:
        self._client = client
        self._url = url

    async def fetch_announcement(self) -> SourceResponse:
        page = await self._client.get(f"{self._url}/new", {}, parse_papers, conditional=True)
        if page.content is None:
            return SourceResponse(unchanged=True)
        found = page.content
        return SourceResponse(found.papers, rejected=found.rejected, url=page.url, validators=page.validators)

    def get_announcement_date(self, now: datetime) -> date:
        return now.date()

    def is_final(self, now: datetime, *, has_news: bool) -> bool:
        return False

    async def fetch_day(self, day: date, *, fresh: bool = False) -> SourceResponse:
        page = await self._client.get(f"{self._url}/days/{day}", {}, parse_papers, conditional=not fresh)
        return SourceResponse(page.content.papers if page.content else (), unchanged=page.unchanged)

    async def search_papers(self, query: str, limit: int = 20) -> SourceResponse:
        page = await self._client.get(f"{self._url}/search", {"q": query, "limit": str(limit)}, parse_papers)
        return SourceResponse(page.content.papers if page.content else ())

    async def fetch_paper(self, identifier: str) -> Paper | None:
        try:
            page = await self._client.get(f"{self._url}/papers/{identifier}", {}, parse_papers)
        except SourceRefused:
            return None
        return next(iter(page.content.papers), None) if page.content else None


def parse_papers(body: bytes) -> ParsedPapers:
    """Parse a list of records; one that can't be used is counted."""
    try:
        records = json.loads(body)
    except ValueError as error:
        raise Malformed("Preprints sent something that is not JSON.") from error
    if not isinstance(records, list):
        raise Malformed("Preprints sent something other than a list.")
    found = [parse_record(each) for each in records]
    return ParsedPapers(tuple(filter(None, found)), found.count(None), len(found))


def parse_record(values: Any) -> Paper | None:
    if not isinstance(values, dict) or not (title := cleaning.clean_title(values.get("title"))):
        return None
    return Paper(
        id=str(values["id"]),
        title=title,
        abstract=cleaning.clean_prose(values.get("abstract"), cleaning.MAX_ABSTRACT_LENGTH),
        published=cleaning.parse_date(values.get("date")),
    )


def announcing(url: str) -> OpenSource:
    """Return what opens the source; a real one has its address from the settings."""

    def open_source(settings: Settings, connect: Connect) -> Source:
        client = Preprints(connect(POLICY), url)
        job = PollingJob("preprints", timedelta(minutes=5))
        return Source(POLICY.name, POLICY.title, announcements=client, search=client, lookup=client, job=job)

    return open_source


def listing(url: str) -> OpenSource:
    """Return what opens the same source where it offers lists, and nothing else."""

    def open_source(settings: Settings, connect: Connect) -> Source:
        lists = Preprints(connect(POLICY), url)
        return Source(POLICY.name, POLICY.title, lists=lists, job=PollingJob("preprints", timedelta(minutes=5)))

    return open_source


# -- the source's server, and a bot with it --------------------------------------------------------------------------


@dataclass
class Server:
    """Its server on loopback: ``answer`` is what it says to everything, ``asked`` the paths that were asked for."""

    answer: Any = ()
    asked: list[str] = field(default_factory=list)
    url: str = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        return web.json_response(self.answer)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    serving = Server([{"id": KNOWN, "title": "Sea Ice from Space", "abstract": "We map ice.", "date": "2026-02-10"}])
    app = web.Application()
    app.router.add_get("/{path:.*}", serving.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    serving.url = "http://{}:{}".format(*runner.addresses[0][:2])
    yield serving
    await runner.cleanup()


@dataclass
class World:
    stores: Stores
    jobs: Jobs
    chat: FakeChat

    async def run(self, *names: str) -> None:
        """Run jobs by the names that they have in `/healthz`."""
        jobs = {job.name: job for job in self.jobs.list_jobs()}
        for name in names:
            await self.jobs.run_job(name, jobs[name].run)
            assert not self.jobs.history.failures[name]

    async def find(self, words: str, sources: Sequence[Source] = ()) -> list[str]:
        found = await paper_search.find_papers(self.stores, sources, paper_search.SearchQuery(words), NOON)
        return [paper.id for paper in found.papers]

    async def ask(self, command: str, **arguments: str) -> Card:
        table = build_table(CommandContext(self.stores, self.jobs.sources))
        body = (await table.answer(Request(command, PAPERS, ADA, NOON, command, arguments))).body
        assert isinstance(body, Card)
        return body

    async def posted(self, key: DeliveryKey) -> list[str]:
        sent = await self.stores.ledger.find_by_key(key)
        assert sent
        return [item.paper for item in sent.card.items]


@asynccontextmanager
async def running(
    folder: Path,
    hub: Sources,
    table: Sequence[OpenSource],
    clock: Callable[[], datetime],
    monotonic: Callable[[], float] = read_monotonic,
) -> AsyncIterator[World]:
    async with (
        open_stores(folder, clock()) as stores,
        open_sources(stores, hub.url, clock, table=table) as sources,
    ):
        chat = FakeChat()
        jobs = Jobs(stores, Dispatcher(stores, {"fake": chat}, clock), tuple(sources.values()), clock, monotonic)
        yield World(stores, jobs, chat)


@pytest.fixture
async def hub() -> AsyncIterator[Sources]:
    async with Sources({MONDAY: [record(f"2602.0000{n}", f"Monday {n}") for n in range(6)]}) as serving:
        yield serving


@pytest.fixture
async def world(tmp_path: Path, server: Server, hub: Sources) -> AsyncIterator[World]:
    async with running(tmp_path, hub, (*SOURCES, announcing(server.url)), Clock(NOON)) as opened:
        yield opened


# -- what comes of it ------------------------------------------------------------------------------------------------


async def test_what_it_announces_is_stored_found_and_told_to_those_who_follow_it(world: World) -> None:
    await world.stores.channels.get_or_create(ADAS, NOON)
    await world.stores.follows.add(Follow(ADAS, '"sea ice"', ADA, NOON - timedelta(hours=1), alerts=True))
    await world.run("preprints", "tick", "deliver fake")
    assert (await world.stores.papers.get([KNOWN]))[KNOWN].title == "Sea Ice from Space"
    assert await world.find("ice space") == [KNOWN]
    assert await world.posted(DeliveryKey(ADAS, "alert", KNOWN)) == [KNOWN]
    assert [post.card.items[0].paper for post in world.chat.board.posts.values()] == [KNOWN]


async def test_a_digest_has_it_among_the_topics_of_its_channel(world: World) -> None:
    standing = await subscribe(world.stores, PAPERS, "UTC", NOON - timedelta(days=1))
    await world.stores.channels.save_preferences(PAPERS, standing.preferences, NOON)
    await world.stores.follows.add(Follow(PAPERS, '"sea ice"', ADA, NOON - timedelta(hours=1)))
    await world.run("poll", "preprints", "tick")
    assert KNOWN in await world.posted(DeliveryKey(PAPERS, "digest", "2026-02-10"))


async def test_it_is_asked_again_and_what_is_unchanged_is_read_once(world: World, server: Server) -> None:
    await world.run("preprints", "preprints")
    assert server.asked == ["/new", "/new"]
    server.answer = [{"id": "2602.08888", "title": "Sea Ice from Below"}]
    await world.run("preprints")
    assert await world.stores.papers.count_papers() == 2


async def test_it_is_searched_asked_for_a_paper_and_named(world: World, server: Server) -> None:
    assert KNOWN in await world.find("ice", world.jobs.sources)
    assert (await world.ask("show", paper=KNOWN)).items[0].title == "Sea Ice from Space"
    assert server.asked == ["/search", f"/papers/{KNOWN}"]
    rows = {item.title: item.text for item in (await world.ask("status")).items}
    assert rows["Preprints"].startswith("Last answer")


@pytest.mark.parametrize(
    ("answer", "stored"),
    [({"error": "down"}, 0), ("text", 0), (None, 0), ([{"title": ""}, 7, {"id": KNOWN, "title": "Sea Ice"}], 1)],
)
async def test_nonsense_of_its_server_harms_no_other_source(
    world: World, server: Server, answer: Any, stored: int
) -> None:
    server.answer = answer
    await world.run("preprints")
    assert await world.stores.papers.count_papers() == stored
    await world.run("poll")
    assert await world.stores.papers.count_papers() == stored + 6
    failures = (await world.stores.source_states.get_state("preprints")).failures
    assert bool(failures) is not bool(stored)


async def test_a_source_of_lists_is_what_digests_are_made_of(tmp_path: Path, server: Server, hub: Sources) -> None:
    async with running(tmp_path, hub, (listing(server.url),), Clock(NOON)) as world:
        standing = await subscribe(world.stores, PAPERS, "UTC", NOON - timedelta(days=1))
        await world.stores.channels.save_preferences(PAPERS, standing.preferences, NOON)
        await world.run("preprints", "tick")
        assert await world.posted(DeliveryKey(PAPERS, "digest", "2026-02-10")) == [KNOWN]
    assert not hub.log, "nobody else is asked"


def in_minutes(minutes: float) -> Callable[[], float]:
    return lambda: read_monotonic() + 60 * minutes


async def until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not met():
            await asyncio.sleep(0.01)


async def test_the_scheduler_polls_it_from_the_start_and_health_tells_of_it(
    tmp_path: Path, server: Server, hub: Sources
) -> None:
    async with running(tmp_path, hub, (*SOURCES, announcing(server.url)), read_clock) as world:
        await world.stores.channels.get_or_create(PAPERS, read_clock())
        await world.stores.ledger.add([Draft(DeliveryKey(PAPERS, "share", "1"), Card(text="x"))], read_clock())
        stop = asyncio.Event()
        ticking = asyncio.create_task(scheduler.run(world.jobs, stop))
        await until(lambda: {"tick", "poll", "announcements", "preprints"} <= world.jobs.history.ended_at.keys())
        assert server.asked == ["/new"]
        report = await health.build_report(world.stores, world.jobs, read_clock())
        assert {"poll", "announcements", "preprints"} <= set(report["jobs"])
        assert "preprints" in [source["name"] for source in report["sources"]]
        late = await health.build_report(world.stores, replace(world.jobs, monotonic=in_minutes(9)), read_clock())
        assert "preprints" in late["overdue"]
        stop.set()
        await ticking


async def test_two_jobs_of_one_name_are_refused(tmp_path: Path, server: Server, hub: Sources) -> None:
    """Else one would take the other's place without a word."""
    opens = announcing(server.url)

    def open_twin(settings: Settings, connect: Connect) -> Source:
        return replace(opens(settings, connect), name="twin")

    with pytest.raises(ValueError, match="Two jobs are named preprints"):
        async with running(tmp_path, hub, (opens, open_twin), read_clock):
            pytest.fail("It was opened.")
