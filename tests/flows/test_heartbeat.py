"""A running bot tells its watcher that all is well, and its log, as JSON, does not say where that is."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest

from tests.bot.cli.test_cli import running


@contextmanager
def watching() -> Iterator[tuple[str, Queue[str]]]:
    """Give the address of a watcher, and the paths that are called there."""
    calls: Queue[str] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.put(self.path)
            self.send_error(503)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", calls
        server.shutdown()
        thread.join()


@pytest.mark.long
def test_the_watcher_is_called_and_the_log_keeps_its_address(tmp_path: Path) -> None:
    with watching() as (address, calls):
        settings = {"HEARTBEAT_URL": f"{address}/secret-path/", "LOG_FORMAT": "json", "LOG_LEVEL": "DEBUG"}
        with running(tmp_path / "data", **settings) as (process, _):
            assert calls.get(timeout=60) == "/secret-path/"
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0
    log = (tmp_path / "data" / "broadsheet.log").read_text()
    lines = [json.loads(line) for line in log.splitlines()]
    assert [line["level"] for line in lines if "heartbeat (HTTP 503)" in line["message"]] == ["WARNING"]
    assert "secret-path" not in log
