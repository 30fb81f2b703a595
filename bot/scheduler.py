"""The ticks: a handful of fixed interval jobs. The clock ticks, the database decides what is due."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import follows, poller, presence
from bot.delivery import Courier
from bot.digests import planning, refresh
from bot.ports.sources import Announcements, DailyPapers
from bot.ports.stores import Stores

log = logging.getLogger(__name__)

MOMENT: Final = timedelta(seconds=1)
"""Somebody who asks for a digest now watches for it; an idle look at the ledger is one indexed query."""
TICK: Final = timedelta(seconds=15)
POLL: Final = timedelta(minutes=10)
SWEEP: Final = timedelta(minutes=1)
HOURLY: Final = timedelta(hours=1)
DAILY: Final = timedelta(days=1)

AUDIT_KEPT: Final = timedelta(days=180)
CARDS_KEPT: Final = timedelta(days=180)
EVENTS_KEPT: Final = timedelta(minutes=30)
"""So long a repeated event has no second effect, and a link no second card."""
ACTIONS_KEPT: Final = timedelta(days=30)
SIGHTINGS_KEPT: Final = timedelta(days=30)
_START: Final = 60.0
"""Seconds that the first digests wait at most for the lists that were missed while nothing ran."""
_DRAIN: Final = 10.0
_LEAVING: Final = 2.0
_LONG: Final = 60.0
"""Seconds after which a job that is still at work is worth a line."""


@dataclass(slots=True)
class Pulse:
    """When the ticks started, when each job last ended, and how: what `/healthz` looks at."""

    started: datetime | None = None
    ended: dict[str, datetime] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Jobs:
    """What the ticks do. ``clock`` gives aware UTC; ``pulse`` is written, never read, here."""

    stores: Stores
    courier: Courier
    daily: DailyPapers
    arxiv: Announcements
    categories: Sequence[str]
    clock: Callable[[], datetime]
    pulse: Pulse = field(default_factory=Pulse)

    async def tick(self) -> None:
        """Record the digests that are due and the alerts that are owed."""
        now = self.clock()
        await planning.plan(self.stores, now)
        await follows.alert(self.stores, now)

    async def deliver(self) -> None:
        """Send what waits."""
        await self.courier.pump()

    async def poll(self) -> None:
        """Read the newest lists."""
        await poller.poll(self.stores, self.daily, self.clock())

    async def announcements(self) -> None:
        """Read arXiv once for each of its announcements."""
        await poller.poll_arxiv(self.stores, self.arxiv, self.categories, self.clock())

    async def sweep(self) -> None:
        """Look after messages whose fate is unknown, and forget events that can't come again."""
        await self.courier.sweep()
        await self.stores.inbox.prune(self.clock() - EVENTS_KEPT)

    async def votes(self) -> None:
        """Bring the votes of posted digests up to date."""
        await refresh.refresh(self.stores, self.clock())

    async def housekeeping(self) -> None:
        """Read the last week again and forget what is kept only for a time."""
        now = self.clock()
        await poller.look_back(self.stores, self.daily, now)
        await self.stores.audit.prune(now - AUDIT_KEPT)
        await self.stores.ledger.prune(now - CARDS_KEPT)
        await self.stores.papers.thin(now - SIGHTINGS_KEPT)
        await self.stores.actions.prune(now - ACTIONS_KEPT)
        await presence.tidy(self.stores, now)

    def every(self) -> Sequence[tuple[timedelta, Callable[[], Awaitable[None]]]]:
        """Return the jobs with their intervals."""
        return (
            (MOMENT, self.deliver),
            (TICK, self.tick),
            (POLL, self.poll),
            (SWEEP, self.sweep),
            (HOURLY, self.announcements),
            (HOURLY, self.votes),
            (DAILY, self.housekeeping),
        )

    async def once(self, job: Callable[[], Awaitable[None]]) -> None:
        """Run one job; a failure is a line in the log, and the next tick tries again."""
        name = getattr(job, "__name__", "job")
        line = "The job “%s” has been at work for %g s; its next turns wait until it has ended"
        late = asyncio.get_running_loop().call_later(_LONG, log.warning, line, name, _LONG)
        try:
            await job()
        except Exception:
            log.exception("The job “%s” failed; it runs again at its next turn", name)
            self.pulse.failures[name] = self.pulse.failures.get(name, 0) + 1
        else:
            self.pulse.failures[name] = 0
        finally:
            late.cancel()
        self.pulse.ended[name] = self.clock()


async def run(jobs: Jobs, stop: asyncio.Event) -> None:
    """Tick until *stop* is set, then drain: no job begins any more, those in flight end."""
    jobs.pulse.started = jobs.clock()
    running: set[asyncio.Task[None]] = set()
    turn = partial(_turn, jobs, running, stop)
    scheduler = AsyncIOScheduler(timezone="UTC")
    # Messages go out from the start; digests wait for the lists that were missed while nothing ran.
    _add(scheduler, turn, MOMENT, jobs.deliver, jobs.clock())
    scheduler.start()
    caught_up = asyncio.ensure_future(_catch_up(jobs))
    stopped = asyncio.ensure_future(stop.wait())
    await asyncio.wait((caught_up, stopped), return_when=asyncio.FIRST_COMPLETED)
    caught_up.cancel()
    await asyncio.wait((caught_up,))
    for interval, job in jobs.every():
        _add(scheduler, turn, interval, job, jobs.clock())
    await stopped
    scheduler.pause()
    if running:
        await asyncio.wait(running, timeout=_DRAIN)
    late = tuple(running)
    scheduler.shutdown(wait=False)
    if late:  # they were cancelled, and give back what they held
        await asyncio.wait(late, timeout=_LEAVING)


def _add(
    scheduler: AsyncIOScheduler,
    turn: Callable[[Callable[[], Awaitable[None]]], Awaitable[None]],
    interval: timedelta,
    job: Callable[[], Awaitable[None]],
    now: datetime,
) -> None:
    scheduler.add_job(
        turn,
        "interval",
        (job,),
        seconds=interval.total_seconds(),
        id=job.__name__,
        name=job.__name__,
        replace_existing=True,
        next_run_time=now if interval <= TICK else now + interval,
        # The default grace of one second drops a tick whenever the loop was busy.
        misfire_grace_time=None,
        coalesce=True,
        max_instances=1,
    )


async def _catch_up(jobs: Jobs) -> None:
    """Read what was missed, for at most a minute; a source that keeps silent does not hold up the other."""
    try:
        async with asyncio.timeout(_START):
            await asyncio.gather(_lists(jobs), jobs.once(jobs.announcements))
    except TimeoutError:
        log.warning("The sources are slow; digests go on with what is stored")


async def _lists(jobs: Jobs) -> None:
    await jobs.once(jobs.housekeeping)
    await jobs.once(jobs.poll)


async def _turn(
    jobs: Jobs, running: set[asyncio.Task[None]], stop: asyncio.Event, job: Callable[[], Awaitable[None]]
) -> None:
    """Run one job and let the drain know of it; what was about to begin when the drain began does not."""
    if stop.is_set():
        return
    task = asyncio.current_task()
    if task is not None:
        running.add(task)
        task.add_done_callback(running.discard)
    await jobs.once(job)
