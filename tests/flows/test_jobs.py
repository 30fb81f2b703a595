"""What each job of the clock leaves in the store."""

import inspect
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.bootstrap.context import read_monotonic
from bot.bootstrap.operator_watch import OperatorWatch
from bot.cards.models import Card
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.operator_notices import OperatorNotices
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DeliveryKey, DeliveryState
from bot.domain.follows import Follow
from bot.domain.people import Person
from bot.domain.topics.parser import parse_topic
from bot.jobs import Jobs
from bot.ports.deliveries import Draft
from bot.ports.stores import Stores
from bot.reasons.reason import to_reason
from tests.bot.sources.fakes import Clock
from tests.fakes import FakeChat
from tests.papers import paper, publish, subscribe
from tests.servers.sources import Sources, entry, record
from tests.sources import open_sources
from tests.stores import open_stores

TUESDAY = date(2026, 2, 10)
NOON = datetime(2026, 2, 10, 12, tzinfo=UTC)
PAPERS = Channel("fake", "local", "papers", name="papers")
DIRECT = Channel("fake", "local", "ada", ChannelKind.DIRECT, "Ada")
ADA = Person("ada", "Ada")
DIGEST = DeliveryKey(PAPERS, "digest", "2026-02-10")


@dataclass
class World:
    server: Sources
    stores: Stores
    chat: FakeChat
    clock: Clock
    jobs: Jobs

    async def run(self, name: str) -> None:
        """Run one job, by the name that it has in `/healthz`."""
        await next(job for job in self.jobs.list_jobs() if job.name == name).run()

    async def state(self, key: DeliveryKey) -> DeliveryState | None:
        found = await self.stores.ledger.find_by_key(key)
        return found.state if found else None


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Both sources, a chat and a channel whose digest is due at noon."""
    clock = Clock(NOON)
    async with (
        Sources(closed_from=date(2026, 2, 11)) as server,
        open_stores(tmp_path, NOON) as stores,
        open_sources(stores, server.url, clock, clock.sleep) as sources,
    ):
        chat = FakeChat()
        dispatcher = Dispatcher(stores, {"fake": chat}, clock)
        jobs = Jobs(stores, dispatcher, tuple(sources.values()), clock, read_monotonic)
        yield World(server, stores, chat, clock, jobs)


async def due(world: World) -> None:
    """Let a digest be due now."""
    await publish(world.stores, date(2026, 2, 9), NOON)
    standing = await subscribe(world.stores, PAPERS, "UTC", NOON - timedelta(days=1))
    await world.stores.channels.save_preferences(PAPERS, standing.preferences, NOON)


async def test_the_tick_records_digests_that_are_due_and_alerts_that_are_owed(world: World) -> None:
    await due(world)
    await world.stores.channels.get_or_create(DIRECT, NOON)
    await world.stores.follows.add(
        Follow(DIRECT, str(parse_topic("graphs")), ADA, NOON - timedelta(hours=1), alerts=True)
    )
    await world.stores.papers.add([paper("2602.90000", "Graphs at Sea")], NOON, queue_matching=True)
    await world.jobs.tick()
    assert await world.state(DIGEST) is DeliveryState.PENDING
    assert await world.state(DeliveryKey(DIRECT, "alert", "2602.90000")) is DeliveryState.PENDING


async def test_delivering_sends_what_waits(world: World) -> None:
    await world.stores.ledger.add([Draft(DIGEST, Card(text="x"))], NOON)
    await world.jobs.deliver()
    assert await world.state(DIGEST) is DeliveryState.SENT
    assert len(world.chat.board.posts) == 1


async def test_the_poll_reads_the_newest_lists(world: World) -> None:
    world.server.days = {TUESDAY: [record("2602.00001", "Graphs of Thought")]}
    await world.run("poll")
    newest = await world.stores.feed_days.get_newest()
    assert newest
    assert (newest.date, newest.papers) == (TUESDAY, ("2602.00001",))


async def test_announcements_are_read_and_findable(world: World) -> None:
    world.server.announced = [entry("2602.00311v1", "Speaking in Tongues")]
    await world.run("announcements")
    assert list(await world.stores.papers.get(["2602.00311"])) == ["2602.00311"]
    assert [hit.paper_id for hit in await world.stores.search_index.search(("tongues",), 5)] == ["2602.00311"]


async def test_messages_are_taken_up_whose_sender_died(world: World) -> None:
    await world.stores.ledger.add([Draft(DIGEST, Card(text="x"))], NOON)
    await world.stores.ledger.claim(NOON, NOON + timedelta(seconds=90), 1)
    await world.jobs.expire()
    assert await world.state(DIGEST) is DeliveryState.SENDING, "whoever claimed it may still be at it"
    for _ in range(2):
        world.clock.pass_(minutes=2)
        await world.jobs.expire()
        await world.jobs.look_up()
    assert await world.state(DIGEST) is DeliveryState.RETRY, "the chat was asked, and had no such message"


async def test_the_sweep_forgets_events_after_half_an_hour(world: World) -> None:
    assert await world.stores.processed_events.add_if_new("e1", NOON)
    for minutes, first in ((29, False), (2, True)):
        world.clock.pass_(minutes=minutes)
        await world.jobs.sweep()
        assert await world.stores.processed_events.add_if_new("e1", world.clock()) is first


async def test_votes_of_posted_digests_are_brought_up_to_date(world: World) -> None:
    await due(world)
    await world.jobs.tick()
    await world.jobs.deliver()
    world.clock.pass_(hours=6)
    await world.stores.papers.add([paper("2602.09004", votes=500, listed=date(2026, 2, 9))], world.clock())
    await world.run("votes")
    await world.jobs.deliver()
    (post,) = world.chat.board.posts.values()
    assert [item.votes for item in post.card.items] == [100, 99, 98, 97, 500]
    assert post.edited_at == world.clock()


async def test_the_daily_round_reads_the_last_seven_days_again(world: World) -> None:
    first = TUESDAY - timedelta(days=7)
    papers = {first: "2602.03000", first - timedelta(days=1): "2602.02000"}
    for day, identifier in papers.items():
        await world.stores.papers.add([paper(identifier, votes=1, listed=day)], NOON - timedelta(days=1))
    world.server.days = {day: [record(identifier, "Late", votes=50)] for day, identifier in papers.items()}
    await world.run("housekeeping")
    asked = {one.query["date"] for one in world.server.asked("/api/daily_papers")}
    assert asked == {(first + timedelta(days=n)).isoformat() for n in range(8)}
    now = await world.stores.papers.get(papers.values())
    assert {identifier: paper.votes for identifier, paper in now.items()} == {"2602.03000": 50, "2602.02000": 1}


async def test_the_poll_makes_good_what_was_missed_in_seven_days(world: World) -> None:
    first = TUESDAY - timedelta(days=7)
    world.server.days = {first - timedelta(days=n): [record(f"2602.0000{n}", "Missed")] for n in range(2)}
    await world.run("poll")
    stored = await world.stores.feed_days.list_between(first - timedelta(days=1), first)
    assert [day.date for day in stored if day.papers] == [first]


async def test_the_daily_round_forgets_changes_after_180_days(world: World) -> None:
    for age in (181, 179):
        at = NOON - timedelta(days=age)
        await world.stores.audit.record_change(PAPERS, ADA, "follow", to_reason(f"{age}"), at, before={}, after={})
    await world.run("housekeeping")
    assert [str(change.summary) for change in await world.stores.audit.list_changes(PAPERS)] == ["179"]


async def test_the_daily_round_keeps_one_sighting_a_day_of_what_is_older_than_30_days(world: World) -> None:
    for votes, age in enumerate((31, 31, 31, 29, 29)):
        at = NOON.replace(hour=6 + votes) - timedelta(days=age)
        await world.stores.papers.add([paper("2601.00001", votes=votes)], at)
    await world.run("housekeeping")
    assert [votes for _, votes in await world.stores.papers.list_vote_history("2601.00001")] == [2, 3, 4]


async def test_the_clock_calls_every_job(world: World) -> None:
    """A job that nobody calls would be none."""
    watch = OperatorWatch(OperatorNotices(world.stores, PAPERS))
    jobs = replace(world.jobs, watch=watch).list_jobs()
    names = {
        "deliver fake",
        "look up fake",
        "expire",
        "tick",
        "poll",
        "announcements",
        "sweep",
        "votes",
        "housekeeping",
    }
    assert names | {"operator"} <= {job.name for job in jobs}, "people know them from /healthz"
    called = {getattr(job.run, "func", job.run).__name__ for job in jobs}
    every = {name for name, value in vars(Jobs).items() if inspect.iscoroutinefunction(value)}
    assert called == every - {"run_job", "recover"}
    assert all(timedelta(0) < job.interval <= timedelta(days=1) for job in jobs)
