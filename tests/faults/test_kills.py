"""A bot that is killed again and again, seconds after it began, while no source answers: what is due is posted."""

import signal
import socket
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.bootstrap.web import PAPERS_CHANNEL
from bot.domain.deliveries import DeliveryKey
from bot.domain.feed import find_newest_feed_date
from bot.domain.schedules import Schedule
from bot.i18n.formatting import format_day
from tests.bot.cli.test_cli import get, running
from tests.papers import publish, subscribe
from tests.stores import open_stores

LIVES = tuple(0.05 + 2.95 * number / 9 for number in range(10))
"""Seconds after "Broadsheet runs" at which it is killed."""


@pytest.fixture
def silence() -> Iterator[str]:
    """Return an address that takes connections and never says anything."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(100)
        yield "http://{}:{}".format(*listener.getsockname())


async def store_digest_due(data: Path, now: datetime) -> DeliveryKey:
    """Let a digest be due now, of a list that is stored; the newest list is not. Return its key."""
    due = (now - timedelta(minutes=1)).replace(second=0, microsecond=0)
    schedule = Schedule(due.time(), "UTC", tuple(range(7)))
    async with open_stores(data, now) as stores:
        await stores.key_values.set("furnished", "yes")
        await publish(stores, find_newest_feed_date(now) - timedelta(days=2), now)
        await subscribe(stores, PAPERS_CHANNEL, "UTC", due - timedelta(minutes=1), schedule=schedule)
    return DeliveryKey(PAPERS_CHANNEL, "digest", due.date().isoformat())


@pytest.mark.long
async def test_a_digest_that_is_due_is_posted_between_kills(tmp_path: Path, silence: str) -> None:
    now, data = datetime.now(UTC), tmp_path / "data"
    key = await store_digest_due(data, now)
    sources = {"HF_ENDPOINT": silence, "ARXIV_URL": silence}
    for life in LIVES:
        with running(data, **sources) as (process, _):
            time.sleep(life)  # noqa: ASYNC251 - how long it lives is the point
            process.send_signal(signal.SIGKILL)
    async with open_stores(data, now) as stores:
        assert await stores.ledger.find_by_key(key), "it was not even planned"
    with running(data, **sources) as (_, url):
        deadline = time.monotonic() + 200  # a kill in the midst of a post leaves a lease, and a look-up after it
        while not (posted := get(f"{url}/api/messages?channel=papers")["messages"]):
            assert time.monotonic() < deadline, "it was not posted"
            time.sleep(0.2)  # noqa: ASYNC251 - nobody else runs here
        assert [message["said"] for message in posted] == [f"{format_day(date.fromisoformat(key.subject))}, top 5 of 8"]
