"""Bot process for benchmarks: starts `python -m bot run`, sends commands over HTTP, stops it with SIGTERM."""

from __future__ import annotations

import json
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final

from benchmarks import stage

_START_TIMEOUT: Final = 60.0
_STOP_TIMEOUT: Final = 30.0
_ANSWER_TIMEOUT: Final = 60.0


@contextmanager
def run_bot(env: Mapping[str, str], limit: int | None = None) -> Iterator[int]:
    """Run the bot while the block runs, with at most *limit* MiB of data; give its process once it answers.

    Raises `RuntimeError` when it does not start, or ends with another exit code than 0 after SIGTERM.
    """
    command = [sys.executable, "-m", "bot", "run"]
    devnull = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=stage.ROOT, env=env, stdout=devnull, stderr=devnull) as bot:  # noqa: S603 - our own
        try:
            stage.limit_memory(bot.pid, limit)
            _wait_until_ready(bot, env)
            yield bot.pid
            bot.send_signal(signal.SIGTERM)
            if code := bot.wait(_STOP_TIMEOUT):
                raise RuntimeError(f"The bot ended with exit code {code} after SIGTERM.")
        finally:
            bot.kill()


def send_command(env: Mapping[str, str], line: str) -> None:
    """Send *line* as somebody would type it in the workspace, and wait for the answer.

    Raises `urllib.error.URLError` when there is none, or it is an error.
    """
    body = json.dumps({"id": secrets.token_hex(8), "channel": "papers", "line": line}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{_format_address(env)}/api/command", body, headers)  # noqa: S310 - on loopback
    with urllib.request.urlopen(request, timeout=_ANSWER_TIMEOUT) as answer:  # noqa: S310 - on loopback
        answer.read()


def _wait_until_ready(bot: subprocess.Popen[bytes], env: Mapping[str, str]) -> None:
    began = time.perf_counter()
    while not _is_answering(f"{_format_address(env)}/healthz"):
        if bot.poll() is not None or time.perf_counter() - began > _START_TIMEOUT:
            raise RuntimeError("The bot did not start.")
        time.sleep(0.05)


def _format_address(env: Mapping[str, str]) -> str:
    return f"http://127.0.0.1:{env['WEB_PORT']}"


def _is_answering(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - an address on loopback
            return bool(answer.status == HTTPStatus.OK)
    except (urllib.error.URLError, OSError):
        return False
