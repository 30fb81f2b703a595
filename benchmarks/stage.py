"""Benchmark environment: temporary folders, real stores, recorded papers, child processes and their memory."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from unittest.mock import patch

from bot.bootstrap.platforms import build_settings_class
from bot.ports.stores import Stores
from bot.sources.sample import recordings
from storage.database import Database, open_database
from storage.maintenance.upgrade import upgrade_database
from storage.search_index.index import open_index
from storage.stores import build_stores

ROOT: Final = Path(__file__).parents[1]
NOW: Final = datetime(2026, 2, 28, 12, tzinfo=UTC)
"""The moment of the benchmarks, just after the newest recorded list."""
_SHARED_DATA: Final = ROOT / "../shared/data"
_KIB_PER_MIB: Final = 1024
_WATCH_INTERVAL: Final = 0.005


@contextmanager
def make_temporary_folder() -> Iterator[Path]:
    """Give a folder that is gone afterwards."""
    with TemporaryDirectory(prefix="broadsheet-") as name:
        yield Path(name)


@asynccontextmanager
async def open_benchmark_stores(directory: Path) -> AsyncIterator[tuple[Stores, Database]]:
    """Open the real stores on a database in *directory*, which is made when it is missing."""
    url = f"sqlite:///{directory / 'broadsheet.db'}"
    upgrade_database(url, directory, NOW)
    database = open_database(url)
    try:
        yield build_stores(database, open_index(directory / "index", database)), database
    finally:
        await database.close()


def start_clock() -> Callable[[], datetime]:
    """Return a clock that is at `NOW` and goes on from there: what was recorded then is not too old to be sent."""
    began = time.monotonic()
    return lambda: NOW + timedelta(seconds=time.monotonic() - began)


def find_recorded_lists() -> list[Path]:
    """Return the recorded lists, oldest first; those of the sample, with a sentence, where there are no others."""
    days = sorted((_SHARED_DATA / "hf_daily/raw_api").glob("*.json"))
    if days:
        return days
    print("The two years of recorded lists are not beside the repository; the sample's 18 stand in.")
    return sorted(recordings.FOLDER.glob("*.json.gz"))


def find_recorded_papers() -> Path:
    """Return a file of recorded arXiv papers, or the sample, with a sentence."""
    papers = _SHARED_DATA / "arxiv/papers.jsonl.gz"
    if papers.exists():
        return papers
    print("The recorded arXiv papers are not beside the repository; the sample stands in.")
    return recordings.FOLDER


def build_environment(directory: Path) -> dict[str, str]:
    """Return an environment in which Broadsheet writes to *directory*, reaches no source and connects to no chat.

    Every other setting has its default, whatever the operator's own environment and `.env` say.
    """
    fields = build_settings_class().model_fields
    defaults = {name.upper(): _format_setting(field.default) for name, field in fields.items()}
    nowhere = f"http://127.0.0.1:{find_free_port()}"
    ours = {"DATA_DIR": str(directory), "HF_ENDPOINT": nowhere, "ARXIV_URL": nowhere, "WEB_PORT": str(find_free_port())}
    return {**os.environ, **defaults, **ours, "PYTHONPATH": str(ROOT)}


@contextmanager
def hide_slack_settings() -> Iterator[None]:
    """Hide the operator's settings of Slack from slack_bolt, which reads them from the environment by itself."""
    remaining = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
    with patch.dict(os.environ, remaining, clear=True):
        yield


def _format_setting(default: object) -> str:
    """Return a setting's default as an environment holds it; what is empty counts as not set."""
    return " ".join(default) if isinstance(default, tuple) else "" if default is None else str(default)


def find_free_port() -> int:
    """Return a port of the loopback interface that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def time_python(*arguments: str, env: Mapping[str, str]) -> float:
    """Run Python with *arguments*; return the seconds by the wall.

    Raises `RuntimeError` with its words when it fails.
    """
    began = time.perf_counter()
    command = [sys.executable, *arguments]
    completed = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if completed.returncode:
        raise RuntimeError(completed.stderr)
    return time.perf_counter() - began


def measure_peak_memory(*arguments: str, env: Mapping[str, str], limit: int | None = None) -> float:
    """Run Python with *arguments* and at most *limit* MiB of data; return the most memory that it held, in MiB.

    The kernel's own count at the end (ru_maxrss) begins with what the parent held, so the process is watched instead.
    Raises `RuntimeError` when it fails.
    """
    command = [sys.executable, *arguments]
    peak_memory = 0.0
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL) as process:  # noqa: S603 - our own code
        limit_memory(process.pid, limit)
        while process.poll() is None:
            peak_memory = max(peak_memory, read_peak_memory(process.pid))
            time.sleep(_WATCH_INTERVAL)
    if process.returncode:
        raise RuntimeError(f"{arguments} ended with exit code {process.returncode}.")
    return peak_memory


def limit_memory(process: int, limit: int | None) -> None:
    """Let *process* have at most *limit* MiB of data; what it asks for beyond fails. None: as much as there is."""
    if limit is not None:
        resource.prlimit(process, resource.RLIMIT_DATA, (limit * 2**20,) * 2)


def read_resident_memory(process: int) -> float:
    """Return the memory that *process* holds, in MiB."""
    return _read_memory_field(process, "VmRSS:")


def read_peak_memory(process: int) -> float:
    """Return the most memory that *process* has held so far, in MiB."""
    return _read_memory_field(process, "VmHWM:")


def _read_memory_field(process: int, name: str) -> float:
    """Return a figure of the kernel's, in MiB; 0 for a process that has just ended."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    line = next((line for line in status.splitlines() if line.startswith(name)), f"{name} 0")
    return int(line.split()[1]) / _KIB_PER_MIB


def to_arguments(paths: Iterable[Path]) -> list[str]:
    """Return *paths* as arguments."""
    return [str(path) for path in paths]
