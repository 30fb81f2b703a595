"""Health: whether the database is whole, which jobs are overdue or failing, which channels stopped or are late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain.channels import Channel
from bot.domain.feed import find_newest_feed_date
from bot.jobs import DAILY, Jobs
from bot.ports.deliveries import Circuit
from bot.ports.delivery_reports import UnpostedDigest
from bot.ports.sources import SourceState
from bot.ports.stores import Stores
from bot.reasons.installations import WORKSPACE_UNAVAILABLE
from bot.reasons.reason import Reason

_MAX_SILENT_CHANNELS: Final = 20
"""So many silent channels are named; `doctor` looks at all."""
_MAX_SKIPPED_PAPERS: Final = 20
"""So many papers that are left out are named; the log has all."""
_MAX_UNPOSTED_DIGESTS: Final = 100
_FAILURE_THRESHOLD: Final = 3
"""Failures of a job in a row that may pass by themselves."""
_MAX_LATE_CHANNELS: Final = 100
"""So many are counted; one is enough not to be well."""
_DIGEST_GRACE: Final = timedelta(minutes=15)
"""A channel whose time passed this long ago was not looked at; one that waits for a list has its time put off."""
_UNPOSTED_SPAN: Final = timedelta(days=1)
"""So long a digest that was given up is told of, unless the channel's next one ends it."""
_RESENT_SPAN: Final = timedelta(days=7)
_OVERDUE_GRACE: Final = timedelta(minutes=3)
"""A job that did not end for its interval and this long, counted from the start if it never did, is not well."""


async def build_report(
    stores: Stores, jobs: Jobs, now: datetime, labels: Mapping[str, str] | None = None
) -> Mapping[str, Any]:
    """Return JSON data: ``ok``, the jobs' ages in seconds, each source's last word, what waits, who gets nothing.

    ``skipped_papers`` are papers that are left out of what is posted. *labels* are what people call the platforms, by
    their names.
    """
    overdue, failing = _list_overdue_jobs(jobs), _list_failing_jobs(jobs)
    late = len(await stores.channels.list_due(now - _DIGEST_GRACE, _MAX_LATE_CHANNELS))
    newest = await stores.feed_days.get_newest()
    skipped = stores.skipped_papers.list_skipped()
    attention = await _list_attention(stores, now)
    failed = [each for each in attention if each["state"] == "failed"]
    return {
        "ok": not overdue and not failing and not late and not failed and jobs.history.damage is None,
        "database": str(jobs.history.damage or "ok"),
        "failing": failing,
        "overdue": overdue,
        "late": late,
        "failed_digests": failed,
        "jobs": {name: round(jobs.monotonic() - ended) for name, ended in sorted(jobs.history.ended_at.items())},
        "sources": [encode_source_state(state) for state in await stores.source_states.list_states()],
        "papers": await stores.papers.count_papers(),
        "newest_list": newest.date.isoformat() if newest else None,
        "feed_date": find_newest_feed_date(now).isoformat(),
        "waiting": {str(state): number for state, number in (await stores.ledger.count_open()).items()},
        "queue": [asdict(length) for length in await stores.delivery_reports.list_queue_lengths()],
        "circuits": [_encode_circuit(circuit) for circuit in await stores.circuits.list_open()],
        "resent": await stores.ledger.count_resent(now - _RESENT_SPAN),
        "silent": [_format_silent_channel(each, labels or {}) for each in attention if each["state"] != "failed"],
        "attention": attention,
        "skipped_papers": len({each.paper for each in skipped}),
        "skipped": [str(each) for each in skipped[-_MAX_SKIPPED_PAPERS:]],
    }


def _list_overdue_jobs(jobs: Jobs) -> list[str]:
    history, now = jobs.history, jobs.monotonic()
    return [
        job.name
        for job in jobs.list_jobs()
        if job.interval < DAILY and _is_overdue(history.ended_at.get(job.name, history.started_at), job.interval, now)
    ]


def _list_failing_jobs(jobs: Jobs) -> list[str]:
    return [name for name, times in sorted(jobs.history.failures.items()) if times >= _FAILURE_THRESHOLD]


async def _list_attention(stores: Stores, now: datetime) -> list[dict[str, Any]]:
    """Return the channels that get nothing any more, and those whose latest digest was not posted, as JSON data."""
    retired = [
        _encode_channel_problem(channel_state.channel, "retired", channel_state.retired_reason)
        for channel_state in await stores.channels.list_retired(_MAX_SILENT_CHANNELS)
        if channel_state.retired_code != WORKSPACE_UNAVAILABLE
    ]
    unposted = await stores.delivery_reports.list_unposted_digests(now - _UNPOSTED_SPAN, _MAX_UNPOSTED_DIGESTS)
    return retired + [_encode_unposted_digest(digest) for digest in unposted]


def _encode_unposted_digest(digest: UnpostedDigest) -> dict[str, Any]:
    problem = _encode_channel_problem(digest.channel, digest.state, digest.reason)
    return problem | {"day": digest.day.isoformat()}


def _encode_channel_problem(channel: Channel, state: str, reason: Reason | None) -> dict[str, Any]:
    return {
        "state": state,
        "platform": channel.platform,
        "workspace": channel.workspace,
        "channel": channel.id,
        "name": channel.name,
        "reason": str(reason or ""),
    }


def _encode_circuit(circuit: Circuit) -> dict[str, Any]:
    return {
        "platform": circuit.platform,
        "workspace": circuit.workspace,
        "since": circuit.opened.isoformat(),
        "until": circuit.open_until.isoformat(),
        "reason": str(circuit.reason or ""),
    }


def _format_silent_channel(problem: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """Say which channel should get digests and gets none, and why."""
    name = f"#{problem['name'].removeprefix('#')}" if problem["name"] else problem["channel"]
    label = labels.get(problem["platform"], problem["platform"])
    return f"{name} on {label}: {problem['reason']}"


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
