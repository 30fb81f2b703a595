"""What fails again and again is logged once, until it works again."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.log_failures import OnceFailingFileHandler, StoreErrorFilter
from bot.reasons.reason import Reason

FULL = StoreError(Reason("database.disk_full"))
BUSY = StoreError(Reason("database.busy"))


class Lines(logging.Handler):
    """Keeps what is logged, tracebacks too."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


class Watch:
    """Seconds, as a test wants them."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def log() -> Iterator[logging.Logger]:
    """A logger of its own."""
    logger = logging.getLogger("tests.log_failures")
    logger.propagate = False
    yield logger
    logger.propagate = True
    logger.handlers.clear()


def fail(log: logging.Logger, error: Exception, job: str = "tick") -> None:
    try:
        raise error
    except type(error):
        log.exception("The job “%s” failed", job)


def listen(log: logging.Logger, watch: Watch) -> tuple[Lines, Lines]:
    """Let two handlers listen through one filter, as the terminal and the file do."""
    handlers, once = (Lines(), Lines()), StoreErrorFilter(watch)
    for handler in handlers:
        handler.addFilter(once)
        log.addHandler(handler)
    return handlers


def test_a_full_disk_is_one_line_for_each_handler_until_it_is_over(log: logging.Logger) -> None:
    watch = Watch()
    one, other = listen(log, watch)
    for second in range(0, 600, 15):
        watch.seconds = second
        fail(log, FULL)
        fail(log, FULL, "sweep")
        log.warning("Something was answered without being recorded: %s", FULL)
    assert one.lines == other.lines == [f"The job “tick” failed: {FULL}"]
    watch.seconds += 121
    fail(log, FULL, "sweep")
    assert one.lines[1:] == other.lines[1:] == [f"The job “sweep” failed: {FULL}"]


def test_another_state_is_another_line(log: logging.Logger) -> None:
    one, _ = listen(log, Watch())
    fail(log, FULL)
    log.warning("Not recorded: %s", BUSY)
    assert one.lines == [f"The job “tick” failed: {FULL}", f"Not recorded: {BUSY}"]


@pytest.mark.parametrize("error", [ValueError("x"), StoreError(Reason("database.refused", cause="x")), StoreError("x")])
def test_what_nobody_expected_keeps_its_traceback_each_time(log: logging.Logger, error: Exception) -> None:
    one, _ = listen(log, Watch())
    fail(log, error)
    fail(log, error)
    assert [line.count("Traceback") for line in one.lines] == [1, 1]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="There is no /dev/full, a disk that is always full.")
def test_a_log_that_can_not_be_written_is_one_line_until_it_can(
    log: logging.Logger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "broadsheet.log"
    path.symlink_to("/dev/full")
    handler = OnceFailingFileHandler(path, maxBytes=1000, backupCount=1, encoding="utf-8", delay=True)
    log.addHandler(handler)
    for _ in range(50):
        log.warning("x" * 100)
    assert capsys.readouterr().err == f"The log can't be written to {path}: [Errno 28] No space left on device\n"
    path.unlink()
    with suppress(OSError):
        handler.close()
    log.warning("again")
    assert "again" in path.read_text()
    assert capsys.readouterr().err == ""
    handler.close()
