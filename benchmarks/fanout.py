"""Ten thousand Discord channels whose digest is due in the same minute, while people use commands.

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
from benchmarks.discord import LIMIT, TOKEN, apart, channel_id, server_of
from benchmarks.report import Figure, percentile
from bot import house, poller
from bot.app.discord import line
from bot.app.lines import settle
from bot.commands.desk import Desk
from bot.commands.table import table
from bot.config import Settings
from bot.delivery import Courier
from bot.digests import planning
from bot.house import House, clock
from bot.models import Channel, Preferences
from bot.ports.places import Workspace
from bot.sources import recorded

_IN_A_SERVER: Final = 25
_LISTS: Final = 40
_SLACK: Final = 1.1
"""How much longer than the limit allows it may take."""
_MEMORY: Final = 300
_EVERY: Final = 0.5


@dataclass(frozen=True, slots=True)
class Load:
    """How many channels get their digest, and how many commands a second people use meanwhile."""

    channels: int = 10_000
    rate: int = 5

    @property
    def servers(self) -> int:
        """How many servers the channels are in."""
        return self.channels // _IN_A_SERVER

    @property
    def least(self) -> float:
        """The seconds in which Discord's limit lets so many messages through."""
        return self.channels / LIMIT


@dataclass(frozen=True, slots=True)
class Seen:
    """What all digests took, in seconds, what each command waited, the most memory in MiB, and Discord's own word."""

    digests: float
    answers: Sequence[float]
    memory: float
    word: dict[str, Any]


def run(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - every benchmark takes the one flag
    """Measure it once: it takes as long as Discord's limit wants."""
    load = Load(600, 10) if quick else Load()
    with stage.folder() as folder:
        asyncio.run(_prepare(folder, load))
        seen = asyncio.run(_drain(folder, load))
    print(f"  {load.channels:,} digests: {_told(seen)}")
    against = f"what {LIMIT} requests a second allow"
    yield Figure(
        f"{load.channels:,} channels that are due at once",
        seen.digests,
        "s",
        round(_SLACK * load.least, 1),
        load.least,
        against,
    )
    p99, middle = percentile(seen.answers, 99) * 1e3, median(seen.answers) * 1e3
    yield Figure("answering a command meanwhile, p99", p99, "ms", 1_000, middle, "the median")
    yield Figure("most memory meanwhile", seen.memory, "MiB", _MEMORY)


def _told(seen: Seen) -> str:
    """Say what happened besides."""
    word = seen.word
    return (
        f"{seen.digests:.1f} s beside {len(seen.answers)} commands ({word['busy']} told that the bot is busy); "
        f"{word['refused']} requests refused, Discord's own loop {word['lag'] * 1e3:.1f} ms late at p99"
    )


async def _prepare(folder: Path, load: Load) -> None:
    """Take the bot into the servers, and plan a digest for every channel of theirs."""
    async with stage.opened(folder) as (stores, _):
        for batch in recorded.read(stage.recorded_days()[-_LISTS:]):
            await poller.take_in(stores, batch.day, batch.papers, stage.NOW)
        await stores.index.refresh()
        for number in range(load.servers):
            there = server_of(number, load.servers)
            await stores.workspaces.put(Workspace("discord", there, managers=(f"{there}0",)))
        for number in range(load.channels):
            there = server_of(number, load.servers)
            channel = Channel("discord", there, channel_id(number), name=f"papers-{number}")
            await stores.channels.open(channel, stage.NOW)
            await stores.channels.set(channel, Preferences(on=True), stage.NOW)
        await planning.plan(stores, stage.NOW)
        planned = await stores.ledger.waiting()
        assert sum(planned.values()) == load.channels, planned  # noqa: S101 - what is measured must be so


async def _drain(folder: Path, load: Load) -> Seen:
    """Send the digests that *folder* holds while people use commands."""
    async with apart(load.servers, load.channels, load.rate) as (far, said), _home(folder, json.loads(said)) as home:
        opened, stop = line(home), asyncio.Event()
        commands = table(Desk(home.stores, rooms={"discord": opened.rooms}))
        serving = asyncio.ensure_future(opened.connect(commands).serve(stop))
        await far.say("begin")
        settle()
        async with _held() as memory:
            began = time.perf_counter()
            sent = await Courier(home.stores, {"discord": opened.chat}, clock).pump()
            seconds = time.perf_counter() - began
        word = json.loads(await far.say("stop"))
        stop.set()
        await serving
        await opened.chat.close()
    assert sent == word["posts"] == load.channels, (sent, word["posts"])  # noqa: S101 - what is measured must be so
    assert not word["wrong"], word["wrong"]  # noqa: S101 - as above
    return Seen(seconds, word.pop("answered"), max(memory), word)


@asynccontextmanager
async def _home(folder: Path, addresses: dict[str, str]) -> AsyncIterator[House]:
    """Give a house with Discord at those addresses, which nothing of the environment has touched."""
    nowhere = f"http://127.0.0.1:{stage.free_port()}"
    chosen = Settings.model_construct(
        data_dir=folder,
        discord_token=TOKEN,
        discord_api_url=addresses["api"],
        discord_gateway_url=addresses["gateway"],
        hf_endpoint=nowhere,
        arxiv_url=nowhere,
    )
    async with house.stores(chosen) as stores, house.sources(chosen, stores) as (daily, arxiv):
        yield House(chosen, stores, daily, arxiv)


@asynccontextmanager
async def _held() -> AsyncIterator[list[float]]:
    """Collect, while the block runs, the memory that this process holds, in MiB."""
    held = [stage.resident(os.getpid())]
    watching = asyncio.create_task(_watch(held))
    try:
        yield held
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        held.append(stage.resident(os.getpid()))


async def _watch(held: list[float]) -> None:
    while True:
        await asyncio.sleep(_EVERY)
        held.append(stage.resident(os.getpid()))
