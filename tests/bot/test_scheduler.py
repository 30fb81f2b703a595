"""The ticks on the real APScheduler: they run, survive failures, and drain."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot import health, logs, scheduler
from bot import jobs as job_table
from bot.bootstrap.context import read_monotonic
from bot.cards.models import Card
from bot.delivery.dispatcher import Dispatcher
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey, DeliveryState
from bot.domain.feed import find_newest_feed_date
from bot.jobs import DELIVERY_INTERVAL, SWEEP_INTERVAL, Job, JobHistory, Jobs
from bot.ports.chat import Delivery
from bot.ports.deliveries import Draft
from bot.ports.stores import Stores
from bot.reasons.reason import to_reason
from tests.papers import publish
from tests.servers.sources import DAILY, Sources, drip, entry
from tests.sources import open_sources
from tests.stores import open_stores

KEY = DeliveryKey(Channel("web", "local", "papers", name="papers"), "digest", "2026-11-24")


def clock() -> datetime:
    return datetime.now(UTC)


@dataclass
class Slow:
    """Takes a message only when it is told to."""

    platform: str = "web"
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, delivery: Delivery, now: datetime) -> str:
        self.begun.set()
        await self.go.wait()
        return "m1"

    async def find_message(self, delivery: Delivery) -> str | None:
        return None

    async def run(self) -> None: ...

    async def close(self) -> None: ...


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    async with open_stores(tmp_path, clock()) as opened:
        await opened.channels.get_or_create(KEY.channel, clock())
        yield opened


@pytest.fixture
async def sources() -> AsyncIterator[Sources]:
    async with Sources(announced=[entry("2611.00311v1", "Speaking in Tongues")]) as server:
        yield server


@pytest.fixture
async def jobs(stores: Stores, sources: Sources) -> AsyncIterator[Jobs]:
    async with open_sources(stores, sources.url, clock) as opened:
        yield Jobs(stores, Dispatcher(stores, {"web": Slow()}, clock), tuple(opened.values()), clock, read_monotonic)


def in_minutes(jobs: Jobs, minutes: float) -> Jobs:
    """Return *jobs* as they stand some minutes from now."""
    return replace(jobs, monotonic=lambda: read_monotonic() + 60 * minutes)


async def until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not met():
            await asyncio.sleep(0.01)


async def test_jobs_run_and_the_program_says_it_is_well(jobs: Jobs) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(scheduler.run(jobs, stop))
    await until(lambda: {"deliver web", "tick", "poll", "housekeeping"} <= set(jobs.history.ended_at))
    report = await health.build_report(jobs.stores, jobs, clock())
    assert report["ok"] is True
    assert report["newest_list"] is None
    late = await health.build_report(jobs.stores, in_minutes(jobs, 10), clock())
    assert late["ok"] is False
    assert "tick" in late["overdue"]
    stop.set()
    await running


async def test_the_daily_round_empties_the_cards_of_half_a_year_ago(jobs: Jobs) -> None:
    keys = [replace(KEY, subject=str(age)) for age in (179, 181)]
    await jobs.stores.channels.retire(KEY.channel, to_reason("it was archived"))
    for key in reversed(keys):
        at = clock() - timedelta(days=int(key.subject))
        await jobs.stores.ledger.add([Draft(key, Card(text=key.subject))], at)
    await jobs.run_housekeeping()
    young, old = [await jobs.stores.ledger.find_by_key(key) for key in keys]
    assert young
    assert old
    assert (young.card, old.card) == (Card(text="179"), Card())


async def test_stopping_waits_for_the_message_in_flight(jobs: Jobs) -> None:
    chat = jobs.dispatcher.chats["web"]
    assert isinstance(chat, Slow)
    await jobs.stores.ledger.add([Draft(KEY, Card(text="x"))], clock())
    stop = asyncio.Event()
    running = asyncio.create_task(scheduler.run(jobs, stop))
    await chat.begun.wait()
    stop.set()
    await asyncio.sleep(0)
    assert not running.done()
    chat.go.set()
    await running
    sent = await jobs.stores.ledger.find_by_key(KEY)
    assert sent
    assert sent.state is DeliveryState.SENT


async def test_stopping_waits_for_what_it_cut_short(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "_DRAIN_TIMEOUT", 0.05)
    begun, given_back = asyncio.Event(), asyncio.Event()

    async def deliver(_: Jobs, platform: str) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            given_back.set()

    monkeypatch.setattr(Jobs, "deliver", deliver)
    stop = asyncio.Event()
    running = asyncio.create_task(scheduler.run(jobs, stop))
    await begun.wait()
    stop.set()
    await running
    assert given_back.is_set()


async def test_what_was_about_to_begin_when_it_stops_does_not(jobs: Jobs) -> None:
    stop = asyncio.Event()
    await scheduler._run_tracked(jobs, set(), stop, Job("sweep", SWEEP_INTERVAL, jobs.sweep))
    stop.set()
    await scheduler._run_tracked(jobs, set(), stop, Job("deliver", DELIVERY_INTERVAL, jobs.deliver))
    assert set(jobs.history.ended_at) == {"sweep"}


async def test_arxiv_is_read_at_the_start_before_the_first_digests(jobs: Jobs, sources: Sources) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(scheduler.run(jobs, stop))
    await until(lambda: "tick" in jobs.history.ended_at)
    assert jobs.history.ended_at["announcements"] <= jobs.history.ended_at["tick"]
    assert len(sources.asked("/atom/cs.CL")) == 1
    assert set(await jobs.stores.papers.get(["2611.00311"])) == {"2611.00311"}
    stop.set()
    await running


async def store_newest_list(stores: Stores) -> None:
    await publish(stores, find_newest_feed_date(clock()), clock())


async def test_digests_wait_for_no_source_where_the_newest_list_is_stored(jobs: Jobs, sources: Sources) -> None:
    sources.always(DAILY, drip())
    await store_newest_list(jobs.stores)
    stop = asyncio.Event()
    running = asyncio.create_task(scheduler.run(jobs, stop))
    await until(lambda: {"deliver web", "tick", "sweep"} <= jobs.history.ended_at.keys())
    assert "poll" not in jobs.history.ended_at
    assert jobs.history.begun_at["tick"] - (jobs.history.started_at or 0) < scheduler._LIST_WAIT.total_seconds()
    stop.set()
    await running


async def test_digests_wait_once_and_not_for_long_for_a_list_that_is_missing(
    jobs: Jobs, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources.always(DAILY, drip())
    for wait in (timedelta(milliseconds=300), timedelta(hours=1)):
        monkeypatch.setattr(scheduler, "_LIST_WAIT", wait)
        begun = replace(jobs, history=JobHistory())
        stop = asyncio.Event()
        running = asyncio.create_task(scheduler.run(begun, stop))
        await until(lambda: "tick" in begun.history.ended_at)  # noqa: B023 - asked in this turn alone
        waited = begun.history.begun_at["tick"] - (begun.history.started_at or 0)
        assert (waited >= 0.3) is (wait < timedelta(seconds=1))
        assert "poll" not in begun.history.ended_at
        stop.set()
        await running


async def test_digests_are_planned_as_soon_as_the_missing_list_was_read(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "_LIST_WAIT", timedelta(hours=1))
    stop = asyncio.Event()
    running = asyncio.create_task(scheduler.run(jobs, stop))
    await until(lambda: "tick" in jobs.history.ended_at)
    assert jobs.history.ended_at["poll"] <= jobs.history.begun_at["tick"]
    stop.set()
    await running


@dataclass
class WallClock:
    """The time of day, which can be set."""

    ahead: timedelta = timedelta(0)

    def __call__(self, zone: tzinfo | None = UTC) -> datetime:
        return datetime.now(zone) + self.ahead


@pytest.fixture
def wall_clock(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> WallClock:
    """Let APScheduler and the jobs have a clock that can be set, and look at it often."""
    settable = WallClock()
    monkeypatch.setattr("apscheduler.schedulers.base.datetime", SimpleNamespace(now=settable))
    monkeypatch.setattr(job_table, "DELIVERY_INTERVAL", timedelta(milliseconds=10))
    monkeypatch.setattr(scheduler, "_WATCH_INTERVAL", 0.05)
    return settable


@pytest.mark.parametrize("hours", [-1, -24, 1, 24, 24 * 365 * 30])
async def test_jobs_keep_their_intervals_when_the_clock_is_set_and_put_right_again(
    jobs: Jobs, wall_clock: WallClock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    hourly: list[float] = []

    async def refresh_votes(self: Jobs) -> None:
        hourly.append(self.monotonic())

    monkeypatch.setattr(Jobs, "refresh_votes", refresh_votes)
    jobs = replace(jobs, clock=wall_clock)
    stop = asyncio.Event()
    running = asyncio.create_task(scheduler.run(jobs, stop))
    await until(lambda: {"tick", "announcements"} <= jobs.history.ended_at.keys())
    for times, ahead in enumerate((timedelta(hours=hours), timedelta(0)), 1):
        wall_clock.ahead = ahead
        await until(lambda: caplog.text.count("The clock was set ") == times)  # noqa: B023 - asked in this turn alone
        set_at = jobs.monotonic()
        await until(lambda: jobs.history.begun_at["deliver web"] > set_at + 0.1)  # noqa: B023 - the same
        assert (await health.build_report(jobs.stores, jobs, wall_clock()))["overdue"] == []
    assert hourly == [], "nothing runs because the clock is ahead"
    assert f"set {'back' if hours < 0 else 'forward'} by " in caplog.text
    stop.set()
    await running


async def test_arxiv_is_read_at_the_start_though_hugging_face_keeps_silent(jobs: Jobs, sources: Sources) -> None:
    sources.always(DAILY, drip())
    stop = asyncio.Event()
    running = asyncio.create_task(scheduler.run(jobs, stop))
    await until(lambda: "announcements" in jobs.history.ended_at)
    assert "housekeeping" not in jobs.history.ended_at
    assert await jobs.stores.papers.count_papers() == 1
    stop.set()
    await running


async def test_a_job_that_hangs_from_the_start_is_not_well(jobs: Jobs) -> None:
    chat = jobs.dispatcher.chats["web"]
    assert isinstance(chat, Slow)
    await jobs.stores.ledger.add([Draft(KEY, Card(text="x"))], clock())
    stop = asyncio.Event()
    running = asyncio.create_task(scheduler.run(jobs, stop))
    await chat.begun.wait()
    assert "deliver web" not in jobs.history.ended_at
    assert "deliver web" not in (await health.build_report(jobs.stores, jobs, clock()))["overdue"]
    late = await health.build_report(jobs.stores, in_minutes(jobs, 5), clock())
    assert "deliver web" in late["overdue"]
    chat.go.set()
    stop.set()
    await running


async def test_a_job_that_fails_is_logged_counted_and_runs_again(jobs: Jobs, caplog: pytest.LogCaptureFixture) -> None:
    turns = 0

    async def shaky() -> None:
        nonlocal turns
        turns += 1
        if turns == 1:
            raise RuntimeError("boom")

    await jobs.run_job("shaky", shaky)
    assert jobs.history.failures["shaky"] == 1
    assert "boom" in caplog.text
    await jobs.run_job("shaky", shaky)
    assert jobs.history.failures["shaky"] == 0


@pytest.fixture
def quiet(tmp_path: Path) -> Iterator[None]:
    """Set the log up as the running bot does, and put it back."""
    root, library = logging.getLogger(), logging.getLogger("apscheduler")
    kept = root.level, root.handlers[:], library.level
    logs.configure("INFO", tmp_path)
    root.handlers += kept[1]
    yield
    for handler in root.handlers[:]:
        if handler not in kept[1]:
            root.removeHandler(handler)
            handler.close()
    root.setLevel(kept[0])
    library.setLevel(kept[2])


@pytest.mark.usefixtures("quiet")
async def test_a_job_that_takes_long_is_told_once_while_it_lasts(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(job_table, "DELIVERY_INTERVAL", timedelta(milliseconds=10))
    monkeypatch.setattr(job_table, "SWEEP_INTERVAL", timedelta(milliseconds=10))
    monkeypatch.setattr(job_table, "_SLOW_JOB_SECONDS", 0.05)
    chat = jobs.dispatcher.chats["web"]
    assert isinstance(chat, Slow)
    await jobs.stores.ledger.add([Draft(KEY, Card(text="x"))], clock())
    stop = asyncio.Event()
    running = asyncio.create_task(scheduler.run(jobs, stop))
    await until(lambda: "“deliver web” has been at work" in caplog.text and "sweep" in jobs.history.ended_at)
    ended = jobs.history.ended_at["sweep"]
    await until(lambda: jobs.history.ended_at["sweep"] > ended + 0.05)
    chat.go.set()
    stop.set()
    await running
    warned = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len([text for text in warned if "“deliver web”" in text]) == 1
    assert [text for text in warned if "skipped" in text] == []


async def test_stopping_at_once_is_possible_while_the_sources_are_slow(jobs: Jobs) -> None:
    stop = asyncio.Event()
    stop.set()
    async with asyncio.timeout(10):
        await scheduler.run(jobs, stop)
