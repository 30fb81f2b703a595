"""A bot that runs: started, asked and stopped as people and services do."""

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

_START: Final = 60.0
_STOP: Final = 30.0
_ANSWER: Final = 60.0


@contextmanager
def running(env: Mapping[str, str], limit: int | None = None) -> Iterator[int]:
    """Run the bot while the block runs, with at most *limit* MiB of data; give its process once it answers.

    Raises `RuntimeError` when it does not start, or ends with another exit code than 0 after SIGTERM.
    """
    command = [sys.executable, "-m", "bot", "run"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=stage.ROOT, env=env, stdout=quiet, stderr=quiet) as bot:  # noqa: S603 - our own
        try:
            stage.confine(bot.pid, limit)
            _await(bot, env)
            yield bot.pid
            bot.send_signal(signal.SIGTERM)
            if code := bot.wait(_STOP):
                raise RuntimeError(f"The bot ended with exit code {code} after SIGTERM.")
        finally:
            bot.kill()


def ask(env: Mapping[str, str], line: str) -> None:
    """Send *line* as somebody would type it in the workspace, and wait for the answer.

    Raises `urllib.error.URLError` when there is none, or it is an error.
    """
    body = json.dumps({"id": secrets.token_hex(8), "channel": "papers", "line": line}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{_address(env)}/api/command", body, headers)  # noqa: S310 - on loopback
    with urllib.request.urlopen(request, timeout=_ANSWER) as answer:  # noqa: S310 - on loopback
        answer.read()


def _await(bot: subprocess.Popen[bytes], env: Mapping[str, str]) -> None:
    began = time.perf_counter()
    while not _answers(f"{_address(env)}/healthz"):
        if bot.poll() is not None or time.perf_counter() - began > _START:
            raise RuntimeError("The bot did not start.")
        time.sleep(0.05)


def _address(env: Mapping[str, str]) -> str:
    return f"http://127.0.0.1:{env['WEB_PORT']}"


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - an address on loopback
            return bool(answer.status == HTTPStatus.OK)
    except (urllib.error.URLError, OSError):
        return False
