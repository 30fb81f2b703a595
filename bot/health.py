"""Health: whether the database is whole, which jobs are overdue or failing, which channels stopped or are late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain.feed import find_newest_feed_date
from bot.jobs import DAILY, Jobs
from bot.ports.channels import ChannelState
from bot.ports.sources import SourceState
from bot.ports.stores import Stores
from bot.reasons.installations import WORKSPACE_UNAVAILABLE

_MAX_SILENT_CHANNELS: Final = 20
"""So many silent channels are named; `doctor` looks at all."""
_MAX_SKIPPED_PAPERS: Final = 20
"""So many papers that are left out are named; the log has all."""
_FAILURE_THRESHOLD: Final = 3
"""Failures of a job in a row that may pass by themselves."""
_MAX_LATE_CHANNELS: Final = 100
"""So many are counted; one is enough not to be well."""
_DIGEST_GRACE: Final = timedelta(minutes=15)
"""A channel whose time passed this long ago was not looked at; one that waits for a list has its time put off."""
_OVERDUE_GRACE: Final = timedelta(minutes=3)
"""A job that did not end for its interval and this long, counted from the start if it never did, is not well."""


async def build_report(
    stores: Stores, jobs: Jobs, now: datetime, labels: Mapping[str, str] | None = None
) -> Mapping[str, Any]:
    """Return JSON data: ``ok``, the jobs' ages in seconds, each source's last word, what waits, who gets nothing.

    ``skipped_papers`` are papers that are left out of what is posted. *labels* are what people call the platforms, by
    their names.
    """
    overdue = [
        job.name
        for job in jobs.list_jobs()
        if job.interval < DAILY
        and _is_overdue(jobs.history.ended_at.get(job.name, jobs.history.started_at), job.interval, jobs.monotonic())
    ]
    failing = [name for name, times in sorted(jobs.history.failures.items()) if times >= _FAILURE_THRESHOLD]
    late = len(await stores.channels.list_due(now - _DIGEST_GRACE, _MAX_LATE_CHANNELS))
    newest = await stores.feed_days.get_newest()
    skipped = stores.skipped_papers.list_skipped()
    return {
        "ok": not overdue and not failing and not late and jobs.history.damage is None,
        "database": str(jobs.history.damage or "ok"),
        "failing": failing,
        "overdue": overdue,
        "late": late,
        "jobs": {name: round(jobs.monotonic() - ended) for name, ended in sorted(jobs.history.ended_at.items())},
        "sources": [encode_source_state(state) for state in await stores.source_states.list_states()],
        "papers": await stores.papers.count_papers(),
        "newest_list": newest.date.isoformat() if newest else None,
        "feed_date": find_newest_feed_date(now).isoformat(),
        "waiting": {str(state): number for state, number in (await stores.ledger.count_open()).items()},
        "silent": [
            _format_silent_channel(channel_state, labels or {})
            for channel_state in await stores.channels.list_retired(_MAX_SILENT_CHANNELS)
            if channel_state.retired_code != WORKSPACE_UNAVAILABLE
        ],
        "skipped_papers": len({each.paper for each in skipped}),
        "skipped": [str(each) for each in skipped[-_MAX_SKIPPED_PAPERS:]],
    }


def _format_silent_channel(channel_state: ChannelState, labels: Mapping[str, str]) -> str:
    """Say which channel should get digests and gets none, and why."""
    channel = channel_state.channel
    name = f"#{channel.name.removeprefix('#')}" if channel.name else channel.id
    label = labels.get(channel.platform, channel.platform)
    return f"{name} on {label}: {channel_state.retired_reason}"


def _is_overdue(since: float | None, interval: timedelta, now: float) -> bool:
    """Tell whether a job is late that last ended, or has never ended and was started, at *since*.

    An end that is still to come says that the clock can't be trusted, which is not well either.
    """
    return since is not None and not 0 <= now - since <= (interval + _OVERDUE_GRACE).total_seconds()


def encode_source_state(state: SourceState) -> dict[str, Any]:
    """Return what is known of one source as JSON data."""
    return {
        "name": state.name,
        "succeeded": state.succeeded.isoformat() if state.succeeded else None,
        "failures": state.failures,
        "closed_until": state.open_until.isoformat() if state.open_until else None,
        "error": str(state.error or ""),
    }


def format_source_states(states: Sequence[SourceState]) -> tuple[str, ...]:
    """Return one sentence a source."""
    return tuple(_format_source_state(state) for state in states)


def _format_source_state(state: SourceState) -> str:
    if not state.failures and state.succeeded:
        return f"{state.name} answered last on {state.succeeded:%d %b %H:%M} UTC."
    return f"{state.name} failed {state.failures} times in a row: {state.error or ''}"
