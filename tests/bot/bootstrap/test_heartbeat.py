"""The heartbeat: after good ticks, at most once a minute, only while all is well, and its address in no log."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from bot.bootstrap import heartbeat
from bot.bootstrap.heartbeat import INTERVAL, Heartbeat
from bot.errors import StoreError
from bot.jobs import JobHistory
from bot.reasons.reason import to_reason
from tests.fakes import FakeMonotonic

CAPABILITY = "secret-path-7f3a"


@dataclass
class Watcher:
    """What is called, and how it answers."""

    url: str = ""
    status: int = 200
    calls: list[str] = field(default_factory=list)
    hang: bool = False

    async def answer(self, request: web.Request) -> web.Response:
        self.calls.append(f"{request.method} {request.path}")
        if self.hang:
            await asyncio.Event().wait()
        return web.Response(status=self.status, headers={"Location": "/elsewhere"})


@pytest.fixture
async def watcher() -> AsyncIterator[Watcher]:
    serving = Watcher()
    app = web.Application()
    app.router.add_get("/{path:.*}", serving.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    serving.url = "http://{}:{}/".format(*runner.addresses[0][:2]) + CAPABILITY
    yield serving
    await runner.cleanup()


@dataclass
class World:
    """A heartbeat that looks all the time, and what it looks at."""

    watcher: Watcher = field(repr=False)
    monotonic: FakeMonotonic = field(default_factory=FakeMonotonic)
    history: JobHistory = field(default_factory=JobHistory)
    well: bool = True
    stored: bool = True
    looks: int = 0

    def __post_init__(self) -> None:
        self.heartbeat = Heartbeat(self.watcher.url, self.history, self.look_at_the_clock, self.is_well)

    def look_at_the_clock(self) -> float:
        self.looks += 1
        return self.monotonic()

    async def is_well(self) -> bool:
        self.looks += 1
        if not self.stored:
            raise StoreError(to_reason("the disk is full"))
        return self.well

    def tick(self, after: float = 0.0, *, failures: int = 0) -> None:
        self.monotonic.now += after
        self.history.ended_at["tick"] = self.monotonic.now
        self.history.failures["tick"] = failures

    async def look_a_few_times(self) -> None:
        seen = self.looks
        await until(lambda: self.looks >= seen + 3)


async def until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not met():
            await asyncio.sleep(0.01)


@pytest.fixture
async def world(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[World]:
    monkeypatch.setattr(heartbeat, "_LOOK_INTERVAL", 0.01)
    for library in ("httpx", "httpcore"):
        caplog.set_level(logging.WARNING, library)  # as `bot.logs` does
    caplog.set_level(logging.DEBUG)
    world, stop = World(watcher), asyncio.Event()
    running = asyncio.create_task(world.heartbeat.run(stop))
    yield world
    stop.set()
    await running
    assert CAPABILITY not in caplog.text + repr(world.heartbeat)


async def test_it_is_sent_after_the_first_good_tick_and_then_once_a_minute(world: World) -> None:
    world.tick()
    await until(lambda: len(world.watcher.calls) == 1)
    world.tick(INTERVAL - 1)
    await world.look_a_few_times()
    assert len(world.watcher.calls) == 1
    world.tick(1)
    await until(lambda: len(world.watcher.calls) == 2)
    assert set(world.watcher.calls) == {f"GET /{CAPABILITY}"}


async def test_without_a_tick_there_is_none_however_long_that_lasts(world: World) -> None:
    world.tick()
    await until(lambda: len(world.watcher.calls) == 1)
    world.monotonic.now += 10 * INTERVAL
    assert not world.heartbeat._is_due()
    world.tick(failures=1)
    assert not world.heartbeat._is_due()
    assert len(world.watcher.calls) == 1
    world.tick()
    await until(lambda: len(world.watcher.calls) == 2)


async def test_it_is_not_sent_while_something_is_not_well_or_that_can_not_be_known(world: World) -> None:
    world.well = False
    world.tick()
    await world.look_a_few_times()
    world.well, world.stored = True, False
    await world.look_a_few_times()
    assert world.watcher.calls == []
    world.stored = True
    await until(lambda: len(world.watcher.calls) == 1)


async def test_what_goes_wrong_is_a_line_when_it_begins_and_one_when_it_ends(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    for calls, status in enumerate((302, 302, 500, 204, 204), 1):
        world.watcher.status = status
        world.tick(INTERVAL)
        told = f"HTTP {status}" if status != 204 else ""
        await until(lambda: (len(world.watcher.calls), world.heartbeat._problem) == (calls, told))  # noqa: B023 - now
    lines = [record.getMessage() for record in caplog.records if "HEARTBEAT_URL" in record.getMessage()]
    again = "it is tried again every minute"
    assert lines == [
        f"HEARTBEAT_URL did not take the heartbeat (HTTP 302); {again}",
        f"HEARTBEAT_URL did not take the heartbeat (HTTP 500); {again}",
        "HEARTBEAT_URL takes heartbeats again",
    ]


async def test_one_that_never_answers_is_given_up(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(heartbeat, "_TIMEOUT", 0.05)
    world.watcher.hang = True
    world.tick()
    await until(lambda: "(TimeoutError)" in caplog.text)


async def test_nobody_there_is_a_line_without_the_address(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.heartbeat.url = f"http://127.0.0.1:9/{CAPABILITY}"
    world.tick()
    await until(lambda: "(ConnectError)" in caplog.text)
