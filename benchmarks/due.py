"""Due scan and digest planning: 100,000 channels none of which is due, and 10,000 due in the same minute."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks import stage
from benchmarks.lag import sample_lag
from benchmarks.report import Figure, compute_percentile
from bot import poller
from bot.digests import inputs, planner
from bot.digests.digest_builder import load_digest_builder
from bot.domain.preferences import Preferences
from bot.ports.stores import Stores
from bot.sources import file_import
from storage.database import Database
from storage.preferences_json import encode_preferences
from storage.tables import channels, follows, topics

CHANNELS: Final = 100_000
DUE: Final = 10_000
PLANNING_TIME: Final = datetime(2026, 2, 26, 22, tzinfo=UTC)
"""When the digests are planned: the list of that day has settled."""
_FIRST_LIST: Final = date(2026, 1, 5)
_ROWS_PER_INSERT: Final = 5_000
_SCAN_COUNT: Final = 200
_FOLLOW_INTERVAL: Final = 5
"""Every fifth channel follows a topic."""
_TOPICS: Final = ("diffusion", "agents", "world model", "reinforcement learning", "speech", "video", "robots", "graphs")

_APSCHEDULER_CODE: Final = """
import asyncio, json, os, sys, time
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from benchmarks.stage import read_resident_memory

async def job(channel): pass

async def main(number):
    before, began = read_resident_memory(os.getpid()), time.perf_counter()
    scheduler = AsyncIOScheduler(timezone="UTC")
    for channel in range(number):
        scheduler.add_job(job, "cron", (channel,), hour=9, minute=0, timezone="Europe/Berlin", id=str(channel))
    scheduler.start()
    await asyncio.sleep(0)
    print(json.dumps([time.perf_counter() - began, read_resident_memory(os.getpid()) - before]))
    scheduler.shutdown(wait=False)

asyncio.run(main(int(sys.argv[1])))
"""
_DUE_SCAN_CODE: Final = """
import asyncio, json, os, sys, time
from pathlib import Path
from benchmarks import due, stage

async def main(folder):
    before, began = stage.read_resident_memory(os.getpid()), time.perf_counter()
    async with stage.open_benchmark_stores(Path(folder)) as (stores, _):
        await stores.channels.list_due(due.PLANNING_TIME, 100)
        print(json.dumps([time.perf_counter() - began, stage.read_resident_memory(os.getpid()) - before]))

asyncio.run(main(sys.argv[1]))
"""


def run(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - every benchmark takes the one flag
    """Measure the scan and the planning."""
    number, jobs = (10_000, 2_000) if quick else (CHANNELS, 20_000)
    with stage.make_temporary_folder() as folder:
        print(f"  {number:,} channels were made in {asyncio.run(_make_channels(folder, number)):.1f} s")
        yield Figure(
            f"due scan, none of {number:,} due, median", median(asyncio.run(_time_due_scans(folder))) * 1e3, "ms", 5
        )
        first, grown = _measure_process(_DUE_SCAN_CODE, str(folder))
    seconds, memory = (figure * number / jobs for figure in _measure_process(_APSCHEDULER_CODE, str(jobs)))
    against = f"one APScheduler job a channel (scaled from {jobs:,})"
    yield Figure("start: open the database and look once", first * 1e3, "ms", None, seconds * 1e3, against)
    yield Figure("memory that this takes", grown, "MiB", None, memory, against)
    due, alone = (1_000, 50) if quick else (DUE, 300)
    with stage.make_temporary_folder() as folder:
        whole, lags, single = asyncio.run(_time_planning(folder, due, alone))
    each = f"a channel at a time (scaled from {alone})"
    yield Figure(f"planning {due:,} digests due in one minute", whole, "s", 5, single / alone * due, each)
    yield Figure("lag of the event loop meanwhile, p99", compute_percentile(lags, 99) * 1e3, "ms", goal=200)
    yield Figure("lag of the event loop meanwhile, longest", max(lags) * 1e3, "ms")


def _measure_process(code: str, *arguments: str) -> tuple[float, float]:
    """Return the seconds and the MiB that *code* prints, from a process of its own."""
    with stage.make_temporary_folder() as folder:
        command = [sys.executable, "-c", code, *arguments]
        env = stage.build_environment(folder)
        printed = subprocess.run(command, check=True, capture_output=True, env=env, cwd=stage.ROOT).stdout  # noqa: S603 - our own code
    seconds, memory = json.loads(printed)
    return float(seconds), float(memory)


async def _make_channels(folder: Path, number: int) -> float:
    """Make channels that are not due; return the seconds."""
    began = time.perf_counter()
    async with stage.open_benchmark_stores(folder) as (_, database):
        await _insert_channels(database, number, PLANNING_TIME + timedelta(hours=12))
    return time.perf_counter() - began


async def _time_due_scans(folder: Path) -> list[float]:
    """Return the seconds of many scans."""
    times = []
    async with stage.open_benchmark_stores(folder) as (stores, _):
        for _ in range(_SCAN_COUNT):
            began = time.perf_counter()
            found = await stores.channels.list_due(PLANNING_TIME, planner.BATCH_SIZE)
            times.append(time.perf_counter() - began)
            assert not found  # noqa: S101 - what is measured must be so
    return times


async def _time_planning(folder: Path, number: int, single_count: int) -> tuple[float, list[float], float]:
    """Return the seconds of planning all, the lags of the loop, and the seconds of planning *single_count* singly."""
    async with stage.open_benchmark_stores(folder) as (stores, database):
        days = [day for day in stage.find_recorded_lists() if day.name >= _FIRST_LIST.isoformat()]
        for batch in file_import.read_batches(days):
            await poller.import_batch(stores, batch.day, batch.papers, PLANNING_TIME)
        await _insert_channels(database, number + single_count, PLANNING_TIME)
        await _insert_follows(database, number + single_count)
        single_seconds = await _time_single_planning(stores, single_count)
        async with sample_lag() as lags:
            began = time.perf_counter()
            planned = await planner.plan_due_digests(stores, PLANNING_TIME)
            seconds = time.perf_counter() - began
        assert planned == number, planned  # noqa: S101 - what is measured must be so
    return seconds, lags, single_seconds


async def _time_single_planning(stores: Stores, number: int) -> float:
    """Plan *number* channels as a job for each would: its own reads, its own transaction."""
    began = time.perf_counter()
    for _ in range(number):
        (state,) = await stores.channels.list_due(PLANNING_TIME, 1)
        known = await inputs.load_feed(stores, PLANNING_TIME)
        built = await load_digest_builder(stores, [state], known, PLANNING_TIME)
        await stores.digests.commit_digests([built.build_digest_record(state, PLANNING_TIME)], PLANNING_TIME)
    return time.perf_counter() - began


async def _insert_channels(database: Database, number: int, next_run: datetime) -> None:
    """Make *number* channels that post at *next_run*."""
    preferences = encode_preferences(Preferences(on=True))
    for first in range(0, number, _ROWS_PER_INSERT):
        rows = [
            _build_channel_row(n, preferences, next_run) for n in range(first, min(first + _ROWS_PER_INSERT, number))
        ]
        async with database.begin_write() as connection:
            await connection.execute(channels.insert(), rows)


def _build_channel_row(number: int, preferences: dict[str, Any], next_run: datetime) -> dict[str, Any]:
    return {
        "platform": "web",
        "workspace": f"team-{number // 20}",
        "external_id": f"channel-{number}",
        "kind": "channel",
        "name": f"channel-{number}",
        "preferences": preferences,
        "enabled": True,
        "paused": False,
        "next_run": next_run,
        "due": next_run,
        "retired": "",
        "since": PLANNING_TIME - timedelta(days=30),
    }


async def _insert_follows(database: Database, number: int) -> None:
    """Let every fifth channel follow one of a few topics."""
    rows = [
        {
            "channel_id": channel,
            "topic_id": channel // _FOLLOW_INTERVAL % len(_TOPICS) + 1,
            "person": "somebody",
            "person_name": "",
            "since": PLANNING_TIME - timedelta(days=20),
            "alerts": False,
        }
        for channel in range(1, number + 1, _FOLLOW_INTERVAL)
    ]
    async with database.begin_write() as connection:
        texts = [{"id": n, "text": f'"{topic}"'} for n, topic in enumerate(_TOPICS, 1)]
        await connection.execute(topics.insert(), texts)
        await connection.execute(follows.insert(), rows)
