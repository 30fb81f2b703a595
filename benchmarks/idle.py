"""What an idle bot holds: `run` without tokens, with the sample posted and no source to be reached."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Final

from benchmarks import stage
from benchmarks.report import Figure

_START: Final = 60.0
_STOP: Final = 30.0


def run(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - every benchmark takes the one flag
    """Measure `run` and a bare Python with aiohttp, both after they settled."""
    settle = 3.0 if quick else 20.0
    with stage.folder() as folder:
        port = stage.free_port()
        env = {**stage.environment(folder), "WEB_PORT": str(port)}
        started, ours, code = _ours(env, port, settle)
        bare = _bare(env)
    if code:
        raise RuntimeError(f"The bot ended with exit code {code} after SIGTERM.")
    yield Figure("idle memory of run, RSS", ours, "MiB", 160, bare, "a Python that imported aiohttp")
    yield Figure("from nothing to the first answer of /healthz, sample included", started, "s")


def _ours(env: Mapping[str, str], port: int, settle: float) -> tuple[float, float, int]:
    """Return the seconds to the first answer, the memory in MiB, and the exit code after SIGTERM."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "bot", "run"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=stage.ROOT, env=env, stdout=quiet, stderr=quiet) as bot:  # noqa: S603 - our own
        try:
            while not _answers(f"http://127.0.0.1:{port}/healthz"):
                if bot.poll() is not None or time.perf_counter() - began > _START:
                    raise RuntimeError("The bot did not start.")
                time.sleep(0.05)
            started = time.perf_counter() - began
            time.sleep(settle)
            memory = stage.resident(bot.pid)
            bot.send_signal(signal.SIGTERM)
            return started, memory, bot.wait(_STOP)
        finally:
            bot.kill()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - an address on loopback
            return bool(answer.status == HTTPStatus.OK)
    except (urllib.error.URLError, OSError):
        return False


def _bare(env: Mapping[str, str]) -> float:
    command = [sys.executable, "-c", "import aiohttp.web; print('ready', flush=True); input()"]
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as bare:  # noqa: S603 - our own code
        assert bare.stdout is not None  # noqa: S101 - it is a pipe
        bare.stdout.readline()
        memory = stage.resident(bare.pid)
        bare.communicate(b"\n")
    return memory
