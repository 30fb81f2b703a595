"""How the program is: what `/healthz`, `/status`, `doctor` and the chat's `status` tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from bot import wording
from bot.models import feed_date
from bot.ports.places import Standing
from bot.ports.sources import SourceState
from bot.ports.stores import Stores
from bot.scheduler import DAILY, Jobs

_SILENT: Final = 20
"""So many silent channels are named; `doctor` looks at all."""
_PATIENT_WITH: Final = 3
"""Failures of a job in a row that may pass by themselves."""
_PATIENCE: Final = timedelta(minutes=3)
"""A job that did not end for its interval and this long, counted from the start if it never did, is not well."""


async def report(stores: Stores, jobs: Jobs, now: datetime) -> Mapping[str, Any]:
    """Return JSON data: ``ok``, the jobs' ages in seconds, each source's last word, what waits, who gets nothing."""
    overdue = [
        job.__name__
        for interval, job in jobs.every()
        if interval < DAILY and _overdue(jobs.pulse.ended.get(job.__name__, jobs.pulse.started), interval, now)
    ]
    failing = [name for name, times in sorted(jobs.pulse.failures.items()) if times >= _PATIENT_WITH]
    newest = await stores.days.newest()
    return {
        "ok": not overdue and not failing,
        "failing": failing,
        "overdue": overdue,
        "jobs": {name: round((now - ended).total_seconds()) for name, ended in sorted(jobs.pulse.ended.items())},
        "sources": [source(state) for state in await stores.sources.states()],
        "papers": await stores.papers.count(),
        "newest_list": newest.date.isoformat() if newest else None,
        "feed_date": feed_date(now).isoformat(),
        "waiting": {str(state): number for state, number in (await stores.ledger.waiting()).items()},
        "silent": [
            _silent(standing)
            for standing in await stores.channels.silent(_SILENT)
            if not wording.is_away(standing.retired)
        ],
    }


def _silent(standing: Standing) -> str:
    """Say which channel should get digests and gets none, and why."""
    channel = standing.channel
    named = f"#{channel.name.removeprefix('#')}" if channel.name else channel.id
    return f"{named} on {channel.platform.capitalize()}: {wording.reason(standing.retired)}"


def _overdue(since: datetime | None, interval: timedelta, now: datetime) -> bool:
    """Tell whether a job is late that last ended, or has never ended and was started, at *since*."""
    return since is not None and now - since > interval + _PATIENCE


def source(state: SourceState) -> dict[str, Any]:
    """Return what is known of one source as JSON data."""
    return {
        "name": state.name,
        "succeeded": state.succeeded.isoformat() if state.succeeded else None,
        "failures": state.failures,
        "closed_until": state.open_until.isoformat() if state.open_until else None,
        "error": state.error,
    }


def lines(states: Sequence[SourceState]) -> tuple[str, ...]:
    """Return one sentence a source."""
    return tuple(_line(state) for state in states)


def _line(state: SourceState) -> str:
    if not state.failures and state.succeeded:
        return f"{state.name} answered last on {state.succeeded:%d %b %H:%M} UTC."
    return f"{state.name} failed {state.failures} times in a row: {state.error}"
