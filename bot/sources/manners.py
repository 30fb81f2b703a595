"""How each source wants to be asked, and how long it is left alone when it fails."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.ports.sources import SourceState


@dataclass(frozen=True, slots=True)
class Manners:
    """The terms of one source; times in seconds.

    ``deadline`` is for a whole request with its retries, ``attempt`` for each of them, ``cap`` the bytes of an answer,
    packed or unpacked. After ``failures`` in a row the source rests for ``rest``; where ``cooldown`` is given, a single
    429 makes it rest that long.
    """

    name: str
    title: str
    spacing: float = 0.0
    connections: int = 4
    deadline: float = 45.0
    attempt: float = 20.0
    attempts: int = 3
    backoff: float = 0.5
    cap: int = 20_000_000
    failures: int = 5
    rest: timedelta = timedelta(minutes=5)
    cooldown: timedelta | None = None


HUGGING_FACE: Final = Manners("huggingface", "Hugging Face")
"""500 requests in five minutes without an account: https://huggingface.co/docs/hub/rate-limits."""

ARXIV: Final = Manners("arxiv", "arXiv", spacing=3.0, connections=1, cooldown=timedelta(minutes=15))
"""One request in three seconds, on one connection, for API and feeds together: https://info.arxiv.org/help/api/tou.html."""

LONGEST_PAUSE: Final = timedelta(hours=1)
"""However long a source asks to be left alone, it is tried again after this."""


def succeeded(state: SourceState, now: datetime) -> SourceState:
    """Return the state after an answer: the circuit is closed."""
    return replace(state, failures=0, open_until=None, succeeded=now, error="")


def failed(
    state: SourceState, now: datetime, error: str, manners: Manners, until: datetime | None = None
) -> SourceState:
    """Return the state after a failure: open from the fifth in a row, and again after each failed probe.

    ``until`` opens it at once.
    """
    failures = state.failures + 1
    if failures >= manners.failures:
        until = max(until or now, now + manners.rest)
    return replace(state, failures=failures, open_until=until, failed=now, error=error)


def pause(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that an answer asks us to wait, or None when it does not say.

    Reads ``Retry-After`` in both its forms (RFC 9110, 10.2.3) and Hugging Face's ``RateLimit: "api";r=0;t=55``.
    """
    after = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,18}", after):
        return float(after)
    if after and (moment := _moment(after)):
        return max(0.0, (moment - now).total_seconds())
    if found := re.search(r";\s*t=(\d{1,9})", headers.get("ratelimit", "")):
        return float(found[1])
    return None


def span(seconds: float) -> str:
    """Return a length of time as people say it: "40 s", "12 min", "3 h", "2 d", the same in every language."""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
