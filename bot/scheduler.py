"""Scheduler: APScheduler calls the jobs at their intervals; the database decides what is due."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot import poller
from bot.clock_steps import StepDetector
from bot.jobs import SWEEP_INTERVAL, TICK, Job, Jobs
from bot.sources.http.policies import format_duration

log = logging.getLogger(__name__)


_LIST_WAIT: Final = timedelta(seconds=5)
"""How long the first digests wait at most for the newest list, where it was missed while nothing ran."""
_WATCH_INTERVAL: Final = 2.0
"""Seconds between looks at whether the clock was set."""
_CATCH_UP_GRACE: Final = 1.0
"""Seconds that what is read at the start has to end in when it is stopped; a source may keep it for much longer."""
_DRAIN_TIMEOUT: Final = 10.0
_CANCEL_TIMEOUT: Final = 2.0


async def run(jobs: Jobs, stop: asyncio.Event) -> None:
    """Tick until *stop* is set, then drain: no job begins any more, those in flight end."""
    jobs.history.started_at = jobs.monotonic()
    running: set[asyncio.Task[None]] = set()
    scheduler = AsyncIOScheduler(timezone="UTC")
    await jobs.recover()
    tick_delay = _LIST_WAIT if await poller.claim_list_wait(jobs.stores, jobs.sources, jobs.clock()) else timedelta(0)
    for job in jobs.list_jobs():
        delay = _get_delay(job, tick_delay)
        _add_job(scheduler, partial(_run_tracked, jobs, running, stop), job, jobs.clock() + delay)
        if job.interval > SWEEP_INTERVAL:  # as if it had begun now: it is not due before
            jobs.history.begun_at[job.name] = jobs.monotonic()
    scheduler.start()
    catching_up = asyncio.ensure_future(_catch_up(scheduler, jobs))
    watching = asyncio.ensure_future(_track_clock(scheduler, jobs))
    await stop.wait()
    scheduler.pause()
    watching.cancel()
    await asyncio.wait((catching_up,), timeout=_CATCH_UP_GRACE)
    catching_up.cancel()
    await asyncio.wait((catching_up, watching))
    if running:
        await asyncio.wait(running, timeout=_DRAIN_TIMEOUT)
    late = tuple(running)
    scheduler.shutdown(wait=False)
    if late:  # they were cancelled, and give back what they held
        await asyncio.wait(late, timeout=_CANCEL_TIMEOUT)


def _get_delay(job: Job, tick_delay: timedelta) -> timedelta:
    """Return how long after the start a job's first turn is; what `_catch_up` does then comes an interval later."""
    if job.name == TICK:
        return tick_delay
    return timedelta(0) if job.interval <= SWEEP_INTERVAL else job.interval


@dataclass(frozen=True, slots=True)
class _IntervalTrigger(BaseTrigger):  # type: ignore[misc]
    """Fires again an interval later.

    APScheduler's own counts every turn that was missed, by which a clock that is set forward by years stops the loop.
    """

    interval: timedelta

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        following = (previous_fire_time or now) + self.interval
        return following if following > now else now + self.interval


def _add_job(
    scheduler: AsyncIOScheduler,
    run_tracked: Callable[[Job], Awaitable[None]],
    job: Job,
    first: datetime,
) -> None:
    scheduler.add_job(
        run_tracked,
        _IntervalTrigger(job.interval),
        (job,),
        id=job.name,
        name=job.name,
        next_run_time=first,
        # The default grace of one second drops a tick whenever the loop was busy.
        misfire_grace_time=None,
        coalesce=True,
        max_instances=1,
    )


async def _catch_up(scheduler: AsyncIOScheduler, jobs: Jobs) -> None:
    """Read what was missed while nothing ran, then tick; a source that keeps silent holds up nothing."""
    await asyncio.gather(*(jobs.run_job(job.name, job.run) for job in jobs.list_polling_jobs(jobs.sources)))
    scheduler.modify_job(TICK, next_run_time=jobs.clock())
    await jobs.run_job("housekeeping", jobs.run_housekeeping)


async def _track_clock(scheduler: AsyncIOScheduler, jobs: Jobs) -> None:
    """Keep the jobs at their intervals when the wall clock is set, by which APScheduler goes."""
    detector = StepDetector(jobs.clock, jobs.monotonic)
    while True:
        await asyncio.sleep(_WATCH_INTERVAL)
        if step := detector.measure_step():
            direction, span = "forward" if step > timedelta(0) else "back", format_duration(abs(step).total_seconds())
            log.warning("The clock was set %s by %s; the jobs keep their intervals", direction, span)
            _move_jobs(scheduler, step, jobs.clock())


def _move_jobs(scheduler: AsyncIOScheduler, step: timedelta, now: datetime) -> None:
    """Move every job's next turn with the clock; none is further away than its interval, whoever saw the step first."""
    for scheduled in scheduler.get_jobs():
        (job,) = scheduled.args
        rest = scheduled.next_run_time + step - now
        scheduled.modify(next_run_time=now + max(timedelta(0), min(rest, job.interval)))


async def _run_tracked(jobs: Jobs, running: set[asyncio.Task[None]], stop: asyncio.Event, job: Job) -> None:
    """Run one job and let the drain know of it; what was about to begin when the drain began does not."""
    if stop.is_set() or not _is_turn(jobs, job):
        return
    task = asyncio.current_task()
    if task is not None:
        running.add(task)
        task.add_done_callback(running.discard)
    await jobs.run_job(job.name, job.run)


def _is_turn(jobs: Jobs, job: Job) -> bool:
    """Tell whether at least half the interval is over; where less is, the clock was set forward and all seems due."""
    begun = jobs.history.begun_at.get(job.name)
    return begun is None or jobs.monotonic() - begun >= job.interval.total_seconds() / 2
