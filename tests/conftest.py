"""What all tests stand on: where they keep their files, who hears of Ctrl+C, and what the collector goes through."""

from __future__ import annotations

import gc
import os
import shutil
import signal
from pathlib import Path
from typing import Final, NoReturn

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - only to look whether there is one
_ENOUGH: Final = 2**30
"""Bytes. Docker gives 64 MiB unless it is told otherwise, and what one run needs is far below this."""


def pytest_configure() -> None:
    """Keep the files in memory where that can be had, and take Ctrl+C from asyncio."""
    if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _ENOUGH:
        # A disk takes as long for what is committed as all else does; what is written, and when, is the same.
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))
    # Otherwise asyncio asks after every fixture whether the handler is still its own, for which Python writes out, and
    # throws away, all that the fixture gave: a fifth of the time of many tests.
    signal.signal(signal.SIGINT, _interrupted)


def _interrupted(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


def pytest_collection_finish() -> None:
    """Leave what was collected, which is kept to the end, out of the collector's rounds."""
    gc.collect()
    gc.freeze()
