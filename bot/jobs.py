"""Jobs: what the ticks do (poll, plan, deliver, look up, prune), how often, and when each last ended."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from bot import poller, workspace_lifecycle
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.skipped_papers import sync_skipped_papers
from bot.digests import planner, vote_refresh
from bot.errors import StoreError
from bot.follows import alerts
from bot.ports.sources import Source
from bot.ports.stores import Stores
from bot.reasons.reason import Reason

log = logging.getLogger(__name__)

DELIVERY_INTERVAL: Final = timedelta(seconds=1)
"""Somebody who asks for a digest now watches for it; an idle look at the ledger is one indexed query."""
TICK_INTERVAL: Final = timedelta(seconds=15)
LOOKUP_INTERVAL: Final = timedelta(seconds=10)
"""What may be looked up is due at its own moment; an idle look at the ledger is one indexed query."""
SWEEP_INTERVAL: Final = timedelta(minutes=1)
WATCH_INTERVAL: Final = timedelta(seconds=30)
HOURLY: Final = timedelta(hours=1)
DAILY: Final = timedelta(days=1)

AUDIT_RETENTION: Final = timedelta(days=180)
CARD_RETENTION: Final = timedelta(days=180)
EVENT_RETENTION: Final = timedelta(minutes=30)
"""So long a repeated event has no second effect, and a link no second card."""
ACTION_RETENTION: Final = timedelta(days=30)
SIGHTING_RETENTION: Final = timedelta(days=30)
TICK: Final = "tick"
"""The name of the job that plans digests and alerts."""
_SLOW_JOB_SECONDS: Final = 60.0
"""Seconds after which a job that is still at work is worth a line."""


@dataclass(slots=True)
class JobHistory:
    """When the ticks started, when each job last began and ended, and how: what `/healthz` looks at.

    Moments are seconds of `Jobs.monotonic`.
    """

    started_at: float | None = None
    begun_at: dict[str, float] = field(default_factory=dict)
    ended_at: dict[str, float] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    damage: Reason | None = None
    """What is wrong with the database, as of its last check."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is done again and again; ``name`` stands in `/healthz`."""

    name: str
    interval: timedelta
    run: Callable[[], Awaitable[None]]


class Watch(Protocol):
    """Who looks at how things are."""

    async def check(self, jobs: Jobs, now: datetime) -> None:
        """Look at them now."""
        ...


@dataclass(frozen=True, slots=True)
class Jobs:
    """What the ticks do. ``clock`` gives aware UTC, ``monotonic`` seconds that nobody can set.

    ``watch`` tells somebody how things are.
    """

    stores: Stores
    dispatcher: Dispatcher
    sources: Sequence[Source]
    clock: Callable[[], datetime]
    monotonic: Callable[[], float]
    history: JobHistory = field(default_factory=JobHistory)
    watch: Watch | None = None

    def __post_init__(self) -> None:
        """Refuse two jobs of one name: the scheduler would keep one of them, and `/healthz` would tell of one."""
        if shared := [name for name, times in Counter(job.name for job in self.list_jobs()).items() if times > 1]:
            raise ValueError(f"Two jobs are named {shared[0]}")

    async def recover(self) -> None:
        """Take over what a process that died was sending. The data directory's lock says that no other one runs."""
        try:
            number = await self.dispatcher.recover()
        except StoreError:
            log.exception("What was being sent at the last stop is looked up once its lease has run out")
        else:
            if number:
                log.info("Messages that were being sent at the last stop, and are looked up: %d", number)

    async def tick(self) -> None:
        """Record the digests that are due and the alerts that are owed."""
        now = self.clock()
        await planner.plan_due_digests(self.stores, now)
        await alerts.record_alerts(self.stores, now)

    async def deliver(self, platform: str = "") -> None:
        """Send what waits, for one platform or for all: one that hangs holds up no other."""
        await self.dispatcher.dispatch_due(platform)

    async def poll(self, source: Source) -> None:
        """Read what is new at a source."""
        await poller.poll_source(self.stores, source, self.clock())

    async def expire(self) -> None:
        """Put in doubt what nobody sends any more, and give up what is too old."""
        await self.dispatcher.expire_overdue()

    async def look_up(self, platform: str = "") -> None:
        """Look after messages whose fate is unknown, of one platform or of all."""
        await self.dispatcher.resolve_uncertain(platform)

    async def sweep(self) -> None:
        """Forget events that can't come again, and keep which papers were left out."""
        await self.stores.processed_events.delete_older(self.clock() - EVENT_RETENTION)
        await sync_skipped_papers(self.stores, self.clock())

    async def refresh_votes(self) -> None:
        """Bring the votes of posted digests up to date."""
        await vote_refresh.refresh_votes(self.stores, self.clock())

    async def record_alive(self) -> None:
        """Record that the database is in use."""
        await self.stores.maintenance.record_alive(self.clock())

    async def check_health(self, watch: Watch) -> None:
        """Let the operator channel be told of what began or ended."""
        await watch.check(self, self.clock())

    async def run_housekeeping(self) -> None:
        """Read the last week again and forget what is kept only for a time."""
        now = self.clock()
        for source in self.sources:
            if source.lists:
                await poller.reread_last_week(self.stores, source.lists, now)
        await self.stores.audit.delete_older(now - AUDIT_RETENTION)
        await self.stores.ledger.clear_old_cards(now - CARD_RETENTION)
        await self.stores.papers.thin_vote_history(now - SIGHTING_RETENTION)
        await self.stores.button_payloads.delete_older(now - ACTION_RETENTION)
        await workspace_lifecycle.delete_departed_workspaces(self.stores, now)
        self.history.damage = await self.stores.maintenance.check_database()

    def list_jobs(self) -> Sequence[Job]:
        """Return every job; messages go out first."""
        return (
            *self.list_delivery_jobs(),
            Job("expire", LOOKUP_INTERVAL, self.expire),
            Job(TICK, TICK_INTERVAL, self.tick),
            *self.list_polling_jobs(self.sources),
            Job("sweep", SWEEP_INTERVAL, self.sweep),
            Job("votes", HOURLY, self.refresh_votes),
            Job("alive", HOURLY, self.record_alive),
            Job("housekeeping", DAILY, self.run_housekeeping),
            *([Job("operator", WATCH_INTERVAL, partial(self.check_health, self.watch))] if self.watch else []),
        )

    def list_delivery_jobs(self) -> Sequence[Job]:
        """Return the jobs that send, and look up, what is recorded; those of each platform are its own."""
        return [
            job
            for platform in self.dispatcher.chats
            for job in (
                Job(f"deliver {platform}", DELIVERY_INTERVAL, partial(self.deliver, platform)),
                Job(f"look up {platform}", LOOKUP_INTERVAL, partial(self.look_up, platform)),
            )
        ]

    def list_polling_jobs(self, sources: Iterable[Source]) -> Sequence[Job]:
        """Return the jobs of sources, as each names its own."""
        return [Job(s.job.name, s.job.interval, partial(self.poll, s)) for s in sources if s.job]

    async def run_job(self, name: str, job: Callable[[], Awaitable[None]]) -> None:
        """Run one job; a failure is a line in the log, and the next tick tries again."""
        self.history.begun_at[name] = self.monotonic()
        line = "The job “%s” has been at work for %g s; its next turns wait until it has ended"
        warning = asyncio.get_running_loop().call_later(_SLOW_JOB_SECONDS, log.warning, line, name, _SLOW_JOB_SECONDS)
        try:
            await job()
        except Exception:
            log.exception("The job “%s” failed; it runs again at its next turn", name)
            self.history.failures[name] = self.history.failures.get(name, 0) + 1
        else:
            self.history.failures[name] = 0
        finally:
            warning.cancel()
        self.history.ended_at[name] = self.monotonic()
