"""Idle memory (RSS) and start time of `run` without tokens, beside a bare Python with aiohttp."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping

from benchmarks import stage
from benchmarks.live import run_bot
from benchmarks.report import Figure


def run(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - every benchmark takes the one flag
    """Measure `run` and a bare Python with aiohttp, both after they settled."""
    settle_seconds = 3.0 if quick else 20.0
    with stage.make_temporary_folder() as folder:
        env = stage.build_environment(folder)
        started, ours = _measure_bot(env, settle_seconds)
        bare = _measure_bare_python(env)
    yield Figure("idle memory of run, RSS", ours, "MiB", 160, bare, "a Python that imported aiohttp")
    yield Figure("from nothing to the first answer of /healthz, sample included", started, "s")


def _measure_bot(env: Mapping[str, str], settle_seconds: float) -> tuple[float, float]:
    """Return the seconds to the first answer, and the memory in MiB."""
    began = time.perf_counter()
    with run_bot(env) as bot:
        started = time.perf_counter() - began
        time.sleep(settle_seconds)
        return started, stage.read_resident_memory(bot)


def _measure_bare_python(env: Mapping[str, str]) -> float:
    command = [sys.executable, "-c", "import aiohttp.web; print('ready', flush=True); input()"]
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as bare:  # noqa: S603 - our own code
        assert bare.stdout is not None  # noqa: S101 - it is a pipe
        bare.stdout.readline()
        memory = stage.read_resident_memory(bare.pid)
        bare.communicate(b"\n")
    return memory
