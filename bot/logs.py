"""Logging: one-line records on stderr, tracebacks in a rotating file, secrets redacted in both."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from bot.log_failures import OnceFailingFileHandler, StoreErrorFilter
from bot.redaction import REPLACEMENT, SecretRegistry

LOG_FILE: Final = "broadsheet.log"
_MAX_BYTES: Final = 1_000_000
_BACKUP_COUNT: Final = 4
_SECRET_PATTERNS: Final = (
    r"gAAAAA[\w=-]{20,}",
    r"(?<=Bearer )\S+",
    r"(?<=Basic )(?=\S*[\dA-Z=])(?:[\w+/-]{4})+(?:[\w+/-]{2}==|[\w+/-]{3}=)?(?![\w+/=-])",
    r"(?<=://)[^/\s@]+(?=@)",
)
"""Fernet texts, bearer tokens, basic credentials, secrets in addresses; each platform declares its own tokens' form."""


def redact(text: str, patterns: Sequence[str] = ()) -> str:
    """Return *text* without anything that looks like a secret, or like one of *patterns*."""
    return re.sub("|".join((*patterns, *_SECRET_PATTERNS)), REPLACEMENT, text)


class _RedactingFormatter(logging.Formatter):
    """Formats, then takes secrets out of the whole, tracebacks included: those that are known, and what looks like one.

    *patterns* are as in `redact`.
    """

    def __init__(
        self, form: str, date_form: str | None = None, *, registry: SecretRegistry, patterns: Sequence[str]
    ) -> None:
        super().__init__(form, date_form)
        self._registry, self._patterns = registry, patterns

    def format(self, record: logging.LogRecord) -> str:
        return redact(self._registry.redact(super().format(record)), self._patterns)


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


def configure(
    level: str, directory: Path, registry: SecretRegistry | None = None, secret_patterns: Sequence[str] = ()
) -> None:
    """Send the root logger to stderr at *level* and to a rotating file in *directory*, if that can be written.

    What *registry* knows is in neither, nor what looks like one of *secret_patterns* or like another secret.
    """
    build_formatter = partial(_RedactingFormatter, registry=registry or SecretRegistry(), patterns=secret_patterns)
    console = logging.StreamHandler(sys.stderr)
    console.setLevel(level)
    console.setFormatter(
        _ConsoleFormatter("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S", **build_formatter.keywords)
    )
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
        file.setFormatter(build_formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
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
