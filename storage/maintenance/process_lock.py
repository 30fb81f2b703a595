"""The process lock of the data directory (fcntl.flock): only one process runs on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bot.errors import Locked, StoreError
from storage.database import create_private_directory

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no flock
    fcntl = None  # type: ignore[assignment]

_LOCK_FILE_NAME: Final = "lock"


@contextmanager
def lock_data_directory(directory: Path) -> Iterator[None]:
    """Hold *directory* while the block runs; the system lets go of it however the process ends.

    Raises `bot.errors.Locked` when another process holds it, `bot.errors.StoreError` when it can't be locked at all.
    """
    if fcntl is None:
        raise StoreError("This system can't lock a folder (it has no flock); Broadsheet runs on Linux and macOS.")
    create_private_directory(directory)
    try:
        file = (directory / _LOCK_FILE_NAME).open("a")
    except OSError as error:
        raise StoreError(f"{directory} can't be written to: {error.strerror}.") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Locked(
                f"Another Broadsheet runs on {directory}. Stop it first, or give this one another DATA_DIR."
            ) from error
        yield
