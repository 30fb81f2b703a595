"""Acknowledging commands while a digest goes out: the whole bot beside a Bolt app that only acknowledges.

Both read one Socket Mode connection on which people type commands, in a process that sends the same digest to the same
channels at the same time. What counts is when Slack hears the acknowledgement.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.installations import Installations
from benchmarks import stage
from benchmarks.report import Figure, percentile
from benchmarks.slack import APP_TOKEN, BOT_TOKEN, apart
from bot import house, poller
from bot.app.lines import Line, settle
from bot.app.slack import line
from bot.app.turns import Turns
from bot.commands.desk import Desk
from bot.commands.table import table
from bot.config import Settings
from bot.delivery import Courier
from bot.digests import planning
from bot.house import House, clock
from bot.models import Channel, Preferences
from bot.presence import Attendance
from bot.sources import recorded

ROUNDS: Final = 5
_IN_A_WORKSPACE: Final = 20
"""Few enough that Slack's limits, which hold for each workspace, keep nothing back."""
_LISTS: Final = 40

Serve = Callable[[House, Line, asyncio.Event], Coroutine[None, None, None]]


@dataclass(frozen=True, slots=True)
class Load:
    """How many channels get their digest, and how many commands a second people type meanwhile."""

    channels: int = 2_000
    rate: int = 50

    @property
    def workspaces(self) -> int:
        """How many workspaces the channels are in."""
        return self.channels // _IN_A_WORKSPACE


@dataclass(frozen=True, slots=True)
class Round:
    """What all digests took, in seconds, and each acknowledgement beside them.

    ``busy`` is how many commands were answered with no more than that the bot is busy, ``lag`` is Slack's own, at p99.
    """

    digests: float
    acks: Sequence[float]
    busy: int
    lag: float


def run(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - every benchmark takes the one flag
    """Measure both in turns."""
    load, rounds = (Load(200, 10), 2) if quick else (Load(), ROUNDS)
    with stage.quiet(), stage.folder() as folder:
        asyncio.run(_prepare(folder, load))
        pairs = [[asyncio.run(_round(folder, load, serve)) for serve in (_ours, _bare)] for _ in range(rounds)]
    ours, bare = zip(*pairs, strict=True)
    print(f"  {load.channels:,} digests: {_told(ours)}; with the bare app {_told(bare)}")
    what = f"acknowledging {load.rate} commands a second while digests go out"
    against = "a bare Bolt app that only acknowledges, beside the same digests"
    p99, plain = (median(percentile(one.acks, 99) for one in held) * 1e3 for held in (ours, bare))
    yield Figure(f"{what}, p99", p99, "ms", 100, plain, against)
    middle, plain = (median(median(one.acks) for one in held) * 1e3 for held in (ours, bare))
    yield Figure(f"{what}, median", middle, "ms", round(2 * plain, 1), plain, against)


def _told(held: Sequence[Round]) -> str:
    """Say how long the digests took, what came of the commands meanwhile, and how late Slack's own loop was."""
    digests, commands = median(one.digests for one in held), median(len(one.acks) for one in held)
    busy, lag = median(one.busy for one in held), median(one.lag for one in held) * 1e3
    told = f"{commands:g} commands ({busy:g} told that the bot is busy)" if busy else f"{commands:g} commands"
    return f"{digests:.1f} s beside {told}, Slack's own loop {lag:.1f} ms late at p99"


async def _prepare(folder: Path, load: Load) -> None:
    """Install the bot in the workspaces, and plan a digest for every channel of theirs."""
    async with stage.opened(folder) as (stores, _), house.vault(_settings(folder)) as vault:
        for batch in recorded.read(stage.recorded_days()[-_LISTS:]):
            await poller.take_in(stores, batch.day, batch.papers, stage.NOW)
        await stores.index.refresh()
        installations = Installations(vault, stores.workspaces, Attendance(stores), clock)
        for workspace in range(load.workspaces):
            await installations.async_save(_installation(workspace))
        for number in range(load.channels):
            channel = Channel("slack", f"T{number % load.workspaces}", f"C{number}", name=f"papers-{number}")
            await stores.channels.open(channel, stage.NOW)
            await stores.channels.set(channel, Preferences(on=True), stage.NOW)
        await planning.plan(stores, stage.NOW)
        planned = await stores.ledger.waiting()
        assert sum(planned.values()) == load.channels, planned  # noqa: S101 - what is measured must be so


def _installation(workspace: int) -> Installation:
    team = f"T{workspace}"
    return Installation(
        user_id=f"U{workspace}-0",
        team_id=team,
        team_name=team,
        bot_token=BOT_TOKEN.format(team),
        bot_id=f"B{workspace}",
        bot_user_id=f"UBOT{workspace}",
        bot_scopes=["chat:write", "commands"],
    )


def _settings(folder: Path, url: str = "") -> Settings:
    """Return settings for many workspaces over Socket Mode, which nothing of the environment has touched."""
    nowhere = f"http://127.0.0.1:{stage.free_port()}"
    return Settings.model_construct(
        data_dir=folder,
        slack_api_url=url,
        slack_app_token=APP_TOKEN,
        slack_client_id="1.1",
        slack_client_secret="secret",  # noqa: S106 - of a server on loopback
        public_url=nowhere,
        hf_endpoint=nowhere,
        arxiv_url=nowhere,
    )


async def _round(folder: Path, load: Load, serve: Serve) -> Round:
    """Send the digests that *folder* holds while *serve* acknowledges."""
    with stage.folder() as other:
        shutil.copytree(folder, other, dirs_exist_ok=True)
        async with (
            apart(load.workspaces, load.channels, load.rate, answers=serve is _ours) as (far, url),
            _home(_settings(other, url)) as home,
            line(home) as opened,
            asyncio.TaskGroup() as serving,
        ):
            stop = asyncio.Event()
            serving.create_task(serve(home, opened, stop))
            await far.say("begin")
            sent, seconds = await _send(Courier(home.stores, {"slack": opened.chat}, clock))
            seen = json.loads(await far.say("stop"))
            stop.set()
            await opened.chat.close()
    assert sent == seen["posts"] == load.channels, (sent, seen["posts"])  # noqa: S101 - what is measured must be so
    assert not seen["wrong"], seen["wrong"]  # noqa: S101 - as above
    return Round(seconds, seen["acks"], seen["busy"], seen["lag"])


@asynccontextmanager
async def _home(chosen: Settings) -> AsyncIterator[House]:
    async with house.stores(chosen) as stores, house.sources(chosen, stores) as (daily, arxiv):
        yield House(chosen, stores, daily, arxiv)


async def _send(courier: Courier) -> tuple[int, float]:
    """Deliver everything; return how many messages that were, and the seconds."""
    began = time.perf_counter()
    return await courier.pump(), time.perf_counter() - began


async def _ours(home: House, opened: Line, stop: asyncio.Event) -> None:
    """Serve people with everything that the bot can do; the sources, out of reach here, are switched off."""
    commands = Turns(table(Desk(home.stores, rooms={"slack": opened.rooms})))
    connected = opened.connect(commands)
    settle()
    await connected.serve(stop)


async def _bare(home: House, _: Line, stop: asyncio.Event) -> None:
    """Acknowledge, as a first Bolt app would."""
    client = AsyncWebClient(base_url=home.settings.slack_api_url)
    app = AsyncApp(client=client, signing_secret="-", authorize=_authorize)  # noqa: S106 - a socket needs none

    @app.command(re.compile("^/"))
    async def command(ack: AsyncAck) -> None:
        await ack()

    handler: Any = AsyncSocketModeHandler(app, APP_TOKEN, web_client=client)  # whose methods have no types
    # Loopback needs no proxy, whatever the environment says.
    client.proxy = handler.client.proxy = None
    await handler.connect_async()
    await stop.wait()
    await handler.close_async()


async def _authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T0", bot_token=BOT_TOKEN.format("T0"), bot_user_id="UBOT0")
