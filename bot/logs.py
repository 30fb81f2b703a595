"""Logging: one-line records on stderr, tracebacks in a rotating file, secrets redacted in both; as JSON if asked."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
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


Redaction = Callable[[str], str]
"""Returns a text without secrets."""


class _RedactingFormatter(logging.Formatter):
    """Formats, then takes secrets out of the whole, tracebacks included."""

    def __init__(self, form: str, date_form: str | None = None, *, remove_secrets: Redaction) -> None:
        super().__init__(form, date_form)
        self._remove_secrets = remove_secrets

    def format(self, record: logging.LogRecord) -> str:
        return self._remove_secrets(super().format(record))


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

    def __init__(self, remove_secrets: Redaction) -> None:
        super().__init__()
        self._remove_secrets = remove_secrets

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
        return json.dumps({name: self._remove_secrets(value) for name, value in fields.items()}, ensure_ascii=False)


def configure(
    level: str,
    directory: Path,
    registry: SecretRegistry | None = None,
    secret_patterns: Sequence[str] = (),
    *,
    as_json: bool = False,
) -> None:
    """Send the root logger to stderr at *level* and to a rotating file in *directory*, if that can be written.

    What *registry* knows is in neither, nor what looks like one of *secret_patterns* or like another secret.
    """
    secret_registry = registry or SecretRegistry()

    def remove_secrets(text: str) -> str:
        return redact(secret_registry.redact(text), secret_patterns)

    for_machines = _JsonFormatter(remove_secrets)
    console = logging.StreamHandler(sys.stderr)
    console.setLevel(level)
    for_people = _ConsoleFormatter("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S", remove_secrets=remove_secrets)
    console.setFormatter(for_machines if as_json else for_people)
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
        lines = _RedactingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", remove_secrets=remove_secrets)
        file.setFormatter(for_machines if as_json else lines)
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
