"""Logging: one-line records on stderr, tracebacks in a rotating file, secrets redacted in both."""

from __future__ import annotations

import logging
import os
import re
import sys
from pathlib import Path
from typing import Final

from bot.log_failures import OnceFailingFileHandler, StoreErrorFilter
from bot.redaction import REPLACEMENT, SecretRegistry

LOG_FILE: Final = "broadsheet.log"
_MAX_BYTES: Final = 1_000_000
_BACKUP_COUNT: Final = 4
_SECRET_PATTERN: Final = re.compile(
    r"xox[a-z](?:\.xox[a-z])?-[\w-]+|xapp-[\w-]+|\b[\w-]{23,28}\.[\w-]{6}\.[\w-]{27,}|gAAAAA[\w=-]{20,}"
    r"|(?<=Bearer )\S+|(?<=Basic )(?=\S*[\dA-Z=])(?:[\w+/-]{4})+(?:[\w+/-]{2}==|[\w+/-]{3}=)?(?![\w+/=-])"
    r"|(?<=://)[^/\s@]+(?=@)"
)
"""Slack's and Discord's tokens, Fernet texts, bearer tokens, basic credentials, tokens and passwords in addresses."""


def redact(text: str) -> str:
    """Return *text* without anything that looks like a secret."""
    return _SECRET_PATTERN.sub(REPLACEMENT, text)


class _RedactingFormatter(logging.Formatter):
    """Formats, then takes secrets out of the whole: those that are known, and what looks like one."""

    def __init__(self, registry: SecretRegistry, pattern: str, time_pattern: str | None = None) -> None:
        super().__init__(pattern, time_pattern)
        self._registry = registry

    def format(self, record: logging.LogRecord) -> str:
        return redact(self._registry.redact(super().format(record)))


class _ConsoleFormatter(_RedactingFormatter):
    """For people who watch a terminal: no traceback, that is in the file."""

    def formatException(self, ei: object) -> str:  # noqa: ARG002, N802  the name is logging's
        return ""

    def format(self, record: logging.LogRecord) -> str:
        # The text of the traceback is cached on the record, for the file's sake; leave it alone.
        cached, record.exc_text = record.exc_text, None
        try:
            return super().format(record).rstrip()
        finally:
            record.exc_text = cached


def configure(level: str, directory: Path, registry: SecretRegistry | None = None) -> None:
    """Send the root logger to stderr at *level* and to a rotating file in *directory*, if that can be written.

    What *registry* knows stands in neither.
    """
    registry = registry or SecretRegistry()
    console = logging.StreamHandler(sys.stderr)
    console.setLevel(level)
    console.setFormatter(_ConsoleFormatter(registry, "%(asctime)s %(levelname)s %(message)s", "%H:%M:%S"))
    handlers: list[logging.Handler] = [console]
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = OnceFailingFileHandler(
            directory / LOG_FILE, maxBytes=_MAX_BYTES, backupCount=_BACKUP_COUNT, encoding="utf-8", delay=True
        )
        # Opened for writing once: a file that refuses that would put a traceback on stderr with every line.
        os.close(os.open(directory / LOG_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    except OSError:
        pass  # the command says what is wrong with the directory when it needs it
    else:
        file.setFormatter(_RedactingFormatter(registry, "%(asctime)s %(levelname)s %(name)s %(message)s"))
        handlers.append(file)
    once = StoreErrorFilter()
    for handler in handlers:
        handler.addFilter(once)
    logging.basicConfig(level=min(logging.INFO, logging.getLevelName(level)), handlers=handlers, force=True)
    for library in ("httpx", "httpcore", "aiohttp.access", "aiosqlite", "alembic", "pylatexenc"):
        logging.getLogger(library).setLevel(logging.WARNING)
    # What these warn of, `bot.scheduler` and `bot.sources.http.client` say once, in words of ours.
    for library in ("apscheduler", "stamina"):
        logging.getLogger(library).setLevel(logging.ERROR)
