"""Failures that come again and again, logged once: a log file that can't be written, a database that takes nothing."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from typing import Final

from bot.errors import StoreError

_OVER_AFTER_SECONDS: Final = 120.0
"""Without a failure for so long a state counts as over; jobs that write run more often."""
_PREFIX: Final = "database."
_UNKNOWN_CODE: Final = "database.refused"
"""What nobody expected: there the traceback is worth its lines."""


class OnceFailingFileHandler(RotatingFileHandler):
    """Writes to a file; that it can't is one line on stderr, not a traceback a record, until it can again."""

    _is_told = False
    _has_failed = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        self._has_failed = False
        super().emit(record)
        self._is_told = self._has_failed

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  the name is logging's
        """Say that a record could not be written, once."""
        del record
        self._has_failed = True
        if not self._is_told:
            sys.stderr.write(f"The log can't be written to {self.baseFilename}: {sys.exc_info()[1]}\n")
            self._is_told = True


class StoreErrorFilter(logging.Filter):
    """Lets a state of the database (full disk, lock) through once, as a sentence without a traceback.

    One filter may serve several handlers: what it decides of a record holds for all of them. *monotonic* gives seconds.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._monotonic = monotonic
        self._last_seen: dict[str, float] = {}
        """When a state was met last, by its code."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is logged."""
        error = _find_store_error(record)
        if error is None or not _is_known(error.reason.code):
            return bool(getattr(record, "is_first_of_state", True))
        now, code = self._monotonic(), error.reason.code
        is_first = now - self._last_seen.get(code, -_OVER_AFTER_SECONDS) >= _OVER_AFTER_SECONDS
        self._last_seen[code] = now
        message = record.getMessage()
        record.msg = message if str(error) in message else f"{message}: {error}"
        record.args, record.exc_info, record.exc_text = (), None, None
        record.is_first_of_state = is_first
        return is_first


def _is_known(code: str) -> bool:
    return code.startswith(_PREFIX) and code != _UNKNOWN_CODE


def _find_store_error(record: logging.LogRecord) -> StoreError | None:
    told = record.args if isinstance(record.args, tuple) else ()
    candidates = (record.exc_info[1] if record.exc_info else None, *told)
    return next((each for each in candidates if isinstance(each, StoreError)), None)
