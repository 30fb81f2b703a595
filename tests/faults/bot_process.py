"""`python -m bot run` as a process of its own: started, killed, stopped, and asked how it is."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tests.bot.cli.test_cli import environment

START_SECONDS = 60
"""A machine with better things to do takes long over the imports."""
STOP_SECONDS = 30


@dataclass
class BotProcess:
    """One life of the bot; what it writes to stderr stands in the file beside its data."""

    process: Process
    url: str = ""

    async def get_health(self) -> Mapping[str, Any]:
        """Return what /healthz says; it may say that the bot is not well."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.url}/healthz") as answer:
            report: Mapping[str, Any] = await answer.json()
            return report

    async def wait_until_settled(self, seconds: float) -> float:
        """Wait until the bot is well, has planned since now, and no message waits; return how many seconds it took."""
        began, planned = time.monotonic(), False
        while True:
            report = await self.get_health()
            passed = time.monotonic() - began
            # The sweep of today's digests is a tick's work, so that one has to have ended since.
            planned = planned or report["jobs"].get("tick", passed) < passed
            if planned and report["ok"] and not sum(report["waiting"].values()):
                return passed
            assert passed < seconds, f"not settled after {seconds:g} s: {report}"
            await asyncio.sleep(0.2)  # nobody tells when: /healthz is asked

    async def kill(self) -> None:
        """SIGKILL, if it still lives."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
        await self.process.communicate()

    async def stop(self) -> float:
        """SIGTERM; it ends with 0. Return how many seconds that took."""
        began = time.monotonic()
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(self.process.communicate(), STOP_SECONDS)
        assert self.process.returncode == 0
        return time.monotonic() - began


async def launch(data: Path, settings: Mapping[str, str]) -> BotProcess:
    """Start a bot without waiting for it."""
    everything = environment(data, WEB_PORT="0", **settings)
    with get_error_file(data).open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env=everything, cwd=data.parent, stdout=PIPE, stderr=errors
        )
    return BotProcess(process)


async def await_start(bot: BotProcess, data: Path) -> BotProcess:
    """Wait until a bot runs."""
    assert bot.process.stdout
    line = (await asyncio.wait_for(bot.process.stdout.readline(), START_SECONDS)).decode()
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert found, line + get_error_file(data).read_text(encoding="utf-8")[-2_000:]
    bot.url = found[0]
    return bot


@asynccontextmanager
async def run_bot(data: Path, settings: Mapping[str, str]) -> AsyncIterator[BotProcess]:
    """Run a bot; at the end of the block it is stopped, unless it was ended before."""
    bot = await launch(data, settings)
    try:
        yield await await_start(bot, data)
        if bot.process.returncode is None:
            await bot.stop()
    finally:
        if bot.process.returncode is None:
            await bot.kill()


def get_error_file(data: Path) -> Path:
    """Return the file that takes what bots on a DATA_DIR write to stderr."""
    return data.parent / f"{data.name}.stderr"


def read_logs(data: Path) -> str:
    """Return all that bots on a DATA_DIR have said."""
    files = [*data.glob("*.log*"), get_error_file(data)]
    return "".join(file.read_text(encoding="utf-8", errors="replace") for file in files if file.exists())
