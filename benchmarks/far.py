"""Child process that runs a platform's test server on loopback, controlled by lines on stdin and stdout."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

from benchmarks import stage

_MAX_LINE_BYTES: Final = 2**24
"""Bytes of a line."""


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """The process, as whoever started it sees it."""

    process: Process

    async def send_order(self, order: str) -> str:
        """Give an order; return what is said to it."""
        assert self.process.stdin is not None  # noqa: S101 - it is a pipe
        self.process.stdin.write(f"{order}\n".encode())
        return await self.read_reply()

    async def read_reply(self) -> str:
        """Return the next line. Raises `RuntimeError` when there is none; the reason stands on the error output."""
        assert self.process.stdout is not None  # noqa: S101 - it is a pipe
        reply = (await self.process.stdout.readline()).decode().strip()
        if not reply:
            raise RuntimeError("The platform's process ended early.")
        return reply


@asynccontextmanager
async def start_process(module: str, *arguments: str) -> AsyncIterator[tuple[ServerProcess, str]]:
    """Run *module* with some arguments in a process of its own; give it and the first line that it says."""
    command = (sys.executable, "-m", module, *arguments)
    process = await asyncio.create_subprocess_exec(
        *command, cwd=stage.ROOT, stdin=PIPE, stdout=PIPE, limit=_MAX_LINE_BYTES
    )
    try:
        server = ServerProcess(process)
        yield server, await server.read_reply()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def open_stdin() -> asyncio.StreamReader:
    """Return, in such a process, the lines that are said to it."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader
