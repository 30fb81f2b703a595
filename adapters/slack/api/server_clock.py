"""The Date header: how far Slack’s clock, by which messages are named, is from ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


class ServerClock:
    """Slack's clock as its answers tell it; ``clock`` gives our own moment, aware UTC.

    Both ends of ``offsets`` are needed because ours may have been put right since a message was sent.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._seen: tuple[timedelta, timedelta] | None = None

    @property
    def offsets(self) -> tuple[timedelta, timedelta]:
        """The least and the most by which Slack's clock was ahead."""
        return self._seen or (timedelta(0), timedelta(0))

    def record(self, headers: Mapping[str, str]) -> None:
        """Take note of an answer's Date, which is as exact as a second."""
        try:
            offset = parsedate_to_datetime(headers["Date"]).replace(tzinfo=UTC) - self._clock()
        except (KeyError, ValueError):
            return
        least, most = self._seen or (offset, offset)
        self._seen = min(least, offset), max(most, offset)
