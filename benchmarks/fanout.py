"""Discord fan-out within the global rate limit: 10,000 digests due at once while people use commands.

Discord takes fifty requests a second of a bot, so that is what the time is measured against; the server on loopback
counts them, refuses what is more, and answers as late as the real one.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks import stage
from benchmarks.discord import REQUESTS_PER_SECOND, TOKEN, build_channel_id, build_server_id, start_server
from benchmarks.report import Figure, compute_percentile
from bot import poller
from bot.bootstrap import context
from bot.bootstrap.context import Context
from bot.bootstrap.platforms import PLATFORMS, build_settings_class, list_features
from bot.bootstrap.run import freeze_garbage_collector
from bot.bootstrap.services import open_platforms
from bot.commands.context import CommandContext
from bot.commands.table import build_table
from bot.delivery.dispatcher import Dispatcher
from bot.digests import planner
from bot.domain.channels import Channel
from bot.domain.preferences import Preferences
from bot.ports.workspaces import Workspace
from bot.sources import file_import

_CHANNELS_PER_SERVER: Final = 25
_LIST_COUNT: Final = 40
_TOLERANCE: Final = 1.1
"""How much longer than the limit allows it may take."""
_MEMORY_GOAL: Final = 300
_SAMPLE_INTERVAL: Final = 0.5


@dataclass(frozen=True, slots=True)
class Load:
    """How many channels get their digest, and how many commands a second people use meanwhile."""

    channels: int = 10_000
    commands_per_second: int = 5

    @property
    def servers(self) -> int:
        """How many servers the channels are in."""
        return self.channels // _CHANNELS_PER_SERVER

    @property
    def minimum_seconds(self) -> float:
        """The seconds in which Discord's limit lets so many messages through."""
        return self.channels / REQUESTS_PER_SECOND


@dataclass(frozen=True, slots=True)
class Result:
    """What all digests took, in seconds, what each command waited, the most memory in MiB, and Discord's own word."""

    digest_seconds: float
    answer_seconds: Sequence[float]
    peak_memory: float
    server_report: dict[str, Any]


def run(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - every benchmark takes the one flag
    """Measure it once: it takes as long as Discord's limit wants."""
    load = Load(600, 10) if quick else Load()
    with stage.make_temporary_folder() as folder:
        asyncio.run(_prepare_channels(folder, load))
        result = asyncio.run(_deliver_digests(folder, load))
    print(f"  {load.channels:,} digests: {_format_result(result)}")
    against = f"what {REQUESTS_PER_SECOND} requests a second allow"
    yield Figure(
        f"{load.channels:,} channels that are due at once",
        result.digest_seconds,
        "s",
        round(_TOLERANCE * load.minimum_seconds, 1),
        load.minimum_seconds,
        against,
    )
    p99, middle = compute_percentile(result.answer_seconds, 99) * 1e3, median(result.answer_seconds) * 1e3
    yield Figure("answering a command meanwhile, p99", p99, "ms", 1_000, middle, "the median")
    yield Figure("most memory meanwhile", result.peak_memory, "MiB", _MEMORY_GOAL)


def _format_result(result: Result) -> str:
    """Say what happened besides."""
    server_report = result.server_report
    return (
        f"{result.digest_seconds:.1f} s beside {len(result.answer_seconds)} commands "
        f"({server_report['busy']} told that the bot is busy); "
        f"{server_report['refused']} requests refused, "
        f"Discord's own loop {server_report['lag'] * 1e3:.1f} ms late at p99"
    )


async def _prepare_channels(folder: Path, load: Load) -> None:
    """Take the bot into the servers, and plan a digest for every channel of theirs."""
    async with stage.open_benchmark_stores(folder) as (stores, _):
        for batch in file_import.read_batches(stage.find_recorded_lists()[-_LIST_COUNT:]):
            await poller.import_batch(stores, batch.day, batch.papers, stage.NOW)
        await stores.search_index.refresh()
        for number in range(load.servers):
            server_id = build_server_id(number, load.servers)
            await stores.workspaces.save(Workspace("discord", server_id, managers=(f"{server_id}0",)))
        for number in range(load.channels):
            server_id = build_server_id(number, load.servers)
            channel = Channel("discord", server_id, build_channel_id(number), name=f"papers-{number}")
            await stores.channels.get_or_create(channel, stage.NOW)
            await stores.channels.save_preferences(channel, Preferences(on=True), stage.NOW)
        await planner.plan_due_digests(stores, stage.NOW)
        planned = await stores.ledger.count_open()
        assert sum(planned.values()) == load.channels, planned  # noqa: S101 - what is measured must be so


async def _deliver_digests(folder: Path, load: Load) -> Result:
    """Send the digests that *folder* holds while people use commands."""
    async with (
        start_server(load.servers, load.channels, load.commands_per_second) as (server, addresses),
        _open_context(folder, json.loads(addresses)) as app_context,
        open_platforms(PLATFORMS, app_context.settings, app_context.stores) as platforms,
    ):
        platform, stop = platforms["discord"], asyncio.Event()
        commands = build_table(
            CommandContext(app_context.stores, directories={"discord": platform.directory}, platforms=list_features())
        )
        serving = asyncio.ensure_future(platform.connect(commands).serve(stop))
        await server.send_order("begin")
        freeze_garbage_collector()
        async with _sample_memory() as memory:
            began = time.perf_counter()
            dispatcher = Dispatcher(app_context.stores, {"discord": platform.chat}, stage.start_clock())
            sent = await dispatcher.dispatch_due()
            seconds = time.perf_counter() - began
        server_report = json.loads(await server.send_order("stop"))
        stop.set()
        await serving
        await platform.chat.close()
    assert sent == server_report["posts"] == load.channels, (sent, server_report["posts"])  # noqa: S101 - what is measured must be so
    assert not server_report["wrong"], server_report["wrong"]  # noqa: S101 - as above
    return Result(seconds, server_report.pop("answered"), max(memory), server_report)


@asynccontextmanager
async def _open_context(folder: Path, addresses: dict[str, str]) -> AsyncIterator[Context]:
    """Give a context with Discord at those addresses, which nothing of the environment has touched."""
    nowhere = f"http://127.0.0.1:{stage.find_free_port()}"
    settings = build_settings_class().model_construct(
        data_dir=folder,
        discord_token=TOKEN,
        discord_api_url=addresses["api"],
        discord_gateway_url=addresses["gateway"],
        hf_endpoint=nowhere,
        arxiv_url=nowhere,
    )
    async with context.open_stores(settings) as stores, context.open_sources(settings, stores) as sources:
        yield Context(settings, stores, sources)


@asynccontextmanager
async def _sample_memory() -> AsyncIterator[list[float]]:
    """Collect, while the block runs, the memory that this process holds, in MiB."""
    samples = [stage.read_resident_memory(os.getpid())]
    recorder = asyncio.create_task(_record_memory(samples))
    try:
        yield samples
    finally:
        recorder.cancel()
        with suppress(asyncio.CancelledError):
            await recorder
        samples.append(stage.read_resident_memory(os.getpid()))


async def _record_memory(samples: list[float]) -> None:
    while True:
        await asyncio.sleep(_SAMPLE_INTERVAL)
        samples.append(stage.read_resident_memory(os.getpid()))
