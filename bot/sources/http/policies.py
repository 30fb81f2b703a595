"""Source policies: request spacing, connections, retries, Retry-After and RateLimit headers, circuit breaker."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.ports.sources import SourceState
    from bot.reasons.reason import Reason


@dataclass(frozen=True, slots=True)
class SourcePolicy:
    """The terms of one source; times in seconds.

    ``deadline`` is for a whole request with its retries, ``attempt_timeout`` for each of them, ``max_bytes`` the bytes
    of an answer, packed or unpacked. After ``failure_threshold`` in a row the source rests for ``circuit_open_time``;
    where ``cooldown`` is given, a single 429 makes it rest that long.
    """

    name: str
    title: str
    spacing: float = 0.0
    max_connections: int = 4
    deadline: float = 45.0
    attempt_timeout: float = 20.0
    max_attempts: int = 3
    backoff: float = 0.5
    max_bytes: int = 20_000_000
    failure_threshold: int = 5
    circuit_open_time: timedelta = timedelta(minutes=5)
    cooldown: timedelta | None = None


MAX_PAUSE: Final = timedelta(hours=1)
"""However long a source asks to be left alone, it is tried again after this."""


def close_circuit(state: SourceState, now: datetime) -> SourceState:
    """Return the state after an answer: the circuit is closed."""
    return replace(state, failures=0, open_until=None, succeeded=now, error=None)


def record_failure(
    state: SourceState, now: datetime, error: Reason, policy: SourcePolicy, until: datetime | None = None
) -> SourceState:
    """Return the state after a failure: open from the fifth in a row, and again after each failed probe.

    ``until`` opens it at once.
    """
    failures = state.failures + 1
    if failures >= policy.failure_threshold:
        until = max(until or now, now + policy.circuit_open_time)
    return replace(state, failures=failures, open_until=until, failed=now, error=error)


def parse_retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that an answer asks us to wait, or None when it does not say.

    Reads ``Retry-After`` in both its forms (RFC 9110, 10.2.3) and Hugging Face's ``RateLimit: "api";r=0;t=55``.
    """
    after = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,18}", after):
        return float(after)
    if after and (moment := _parse_http_date(after)):
        return max(0.0, (moment - now).total_seconds())
    if match := re.search(r";\s*t=(\d{1,9})", headers.get("ratelimit", "")):
        return float(match[1])
    return None


def format_duration(seconds: float) -> str:
    """Return a length of time as people say it: "40 s", "12 min", "3 h", "2 d", the same in every language."""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _parse_http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
