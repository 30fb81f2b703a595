"""Logging: one-line records on stderr, tracebacks in a rotating file, secrets redacted in both; as JSON if asked."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

LOG_FILE: Final = "broadsheet.log"
_MAX_BYTES: Final = 1_000_000
_BACKUP_COUNT: Final = 4
_SECRET_PATTERN: Final = re.compile(
    r"xox[a-z](?:\.xox[a-z])?-[\w-]+|xapp-[\w-]+|\b[\w-]{23,28}\.[\w-]{6}\.[\w-]{27,}|gAAAAA[\w=-]{20,}"
    r"|(?<=Bearer )\S+|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
)
"""Slack's and Discord's tokens, Fernet texts, bearer tokens, passwords in addresses."""


def redact(text: str) -> str:
    """Return *text* without anything that looks like a secret."""
    return _SECRET_PATTERN.sub("[secret]", text)


class _RedactingFormatter(logging.Formatter):
    """Formats, then takes secrets out of the whole, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


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


_FIELDS: Final[ContextVar[Mapping[str, str]]] = ContextVar("log_fields", default={})  # noqa: B039 - never changed
_FIELD_NAMES: Final = ("delivery", "request")


@contextmanager
def use_log_fields(**fields: str) -> Iterator[None]:
    """Put *fields* (`delivery`, a key; `request`, an id) into what is logged as JSON meanwhile, in this task."""
    token = _FIELDS.set({**_FIELDS.get(), **fields})
    try:
        yield
    finally:
        _FIELDS.reset(token)


class _JsonFormatter(logging.Formatter):
    """For machines: one object a line, the traceback in it; secrets are taken out of each value."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_FIELDS.get(),
            **{name: str(getattr(record, name)) for name in _FIELD_NAMES if hasattr(record, name)},
        }
        if record.exc_info:
            fields["traceback"] = self.formatException(record.exc_info)
        return json.dumps({name: redact(value) for name, value in fields.items()}, ensure_ascii=False)


def configure(level: str, directory: Path, *, as_json: bool = False) -> None:
    """Send the root logger to stderr at *level* and to a rotating file in *directory*, if that can be written."""
    console = logging.StreamHandler(sys.stderr)
    console.setLevel(level)
    console.setFormatter(_ConsoleFormatter("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S"))
    if as_json:
        console.setFormatter(_JsonFormatter())
    handlers: list[logging.Handler] = [console]
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = RotatingFileHandler(
            directory / LOG_FILE, maxBytes=_MAX_BYTES, backupCount=_BACKUP_COUNT, encoding="utf-8", delay=True
        )
        # Opened for writing once: a file that refuses that would put a traceback on stderr with every line.
        os.close(os.open(directory / LOG_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    except OSError:
        pass  # the command says what is wrong with the directory when it needs it
    else:
        text = _RedactingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s")
        file.setFormatter(_JsonFormatter() if as_json else text)
        handlers.append(file)
    logging.basicConfig(level=min(logging.INFO, logging.getLevelName(level)), handlers=handlers, force=True)
    for library in ("httpx", "httpcore", "aiohttp.access", "aiosqlite", "alembic", "pylatexenc"):
        logging.getLogger(library).setLevel(logging.WARNING)
    # What these warn of, `bot.scheduler` and `bot.sources.http.client` say once, in words of ours.
    for library in ("apscheduler", "stamina"):
        logging.getLogger(library).setLevel(logging.ERROR)
