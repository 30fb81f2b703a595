"""Slack acknowledgement (`ack`) latency while digests go out: the whole bot beside a bare Bolt app.

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

from adapters.slack.auth.installations import VaultInstallationStore
from benchmarks import stage
from benchmarks.report import Figure, compute_percentile
from benchmarks.slack import APP_TOKEN, BOT_TOKEN, start_server
from bot import poller
from bot.bootstrap import context
from bot.bootstrap.concurrency import LimitedCommands
from bot.bootstrap.context import Context, read_clock
from bot.bootstrap.platforms import PLATFORMS, build_settings_class, list_features
from bot.bootstrap.run import freeze_garbage_collector
from bot.bootstrap.services import open_platforms
from bot.commands.context import CommandContext
from bot.commands.table import build_table
from bot.config import Settings
from bot.delivery.dispatcher import Dispatcher
from bot.digests import planner
from bot.domain.channels import Channel
from bot.domain.preferences import Preferences
from bot.ports.platforms import Platform
from bot.sources import file_import
from bot.workspace_lifecycle import WorkspaceLifecycle

ROUNDS: Final = 5
_CHANNELS_PER_WORKSPACE: Final = 20
"""Few enough that Slack's limits, which hold for each workspace, keep nothing back."""
_LIST_COUNT: Final = 40

Serve = Callable[[Context, Platform, asyncio.Event], Coroutine[None, None, None]]


@dataclass(frozen=True, slots=True)
class Load:
    """How many channels get their digest, and how many commands a second people type meanwhile."""

    channels: int = 2_000
    commands_per_second: int = 50

    @property
    def workspaces(self) -> int:
        """How many workspaces the channels are in."""
        return self.channels // _CHANNELS_PER_WORKSPACE


@dataclass(frozen=True, slots=True)
class Round:
    """What all digests took, in seconds, and each acknowledgement beside them.

    ``busy`` is how many commands were answered with no more than that the bot is busy, ``lag`` is Slack's own, at p99.
    """

    digest_seconds: float
    acks: Sequence[float]
    busy: int
    lag: float


def run(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - every benchmark takes the one flag
    """Measure both in turns."""
    load, rounds = (Load(200, 10), 2) if quick else (Load(), ROUNDS)
    with stage.hide_slack_settings(), stage.make_temporary_folder() as folder:
        asyncio.run(_prepare_channels(folder, load))
        pairs = [
            [asyncio.run(_run_round(folder, load, serve)) for serve in (_serve_bot, _serve_bare_app)]
            for _ in range(rounds)
        ]
    ours, bare = zip(*pairs, strict=True)
    print(f"  {load.channels:,} digests: {_format_rounds(ours)}; with the bare app {_format_rounds(bare)}")
    what = f"acknowledging {load.commands_per_second} commands a second while digests go out"
    against = "a bare Bolt app that only acknowledges, beside the same digests"
    p99, plain = (median(compute_percentile(one.acks, 99) for one in held) * 1e3 for held in (ours, bare))
    yield Figure(f"{what}, p99", p99, "ms", 100, plain, against)
    middle, plain = (median(median(one.acks) for one in held) * 1e3 for held in (ours, bare))
    yield Figure(f"{what}, median", middle, "ms", round(2 * plain, 1), plain, against)


def _format_rounds(rounds: Sequence[Round]) -> str:
    """Say how long the digests took, what came of the commands meanwhile, and how late Slack's own loop was."""
    digests, commands = median(one.digest_seconds for one in rounds), median(len(one.acks) for one in rounds)
    busy, lag = median(one.busy for one in rounds), median(one.lag for one in rounds) * 1e3
    command_summary = (
        f"{commands:g} commands ({busy:g} told that the bot is busy)" if busy else f"{commands:g} commands"
    )
    return f"{digests:.1f} s beside {command_summary}, Slack's own loop {lag:.1f} ms late at p99"


async def _prepare_channels(folder: Path, load: Load) -> None:
    """Install the bot in the workspaces, and plan a digest for every channel of theirs."""
    async with stage.open_benchmark_stores(folder) as (stores, _), context.open_vault(_build_settings(folder)) as vault:
        for batch in file_import.read_batches(stage.find_recorded_lists()[-_LIST_COUNT:]):
            await poller.import_batch(stores, batch.day, batch.papers, stage.NOW)
        await stores.search_index.refresh()
        installations = VaultInstallationStore(vault, stores.workspaces, WorkspaceLifecycle(stores), read_clock)
        for workspace in range(load.workspaces):
            await installations.async_save(_build_installation(workspace))
        for number in range(load.channels):
            channel = Channel("slack", f"T{number % load.workspaces}", f"C{number}", name=f"papers-{number}")
            await stores.channels.get_or_create(channel, stage.NOW)
            await stores.channels.save_preferences(channel, Preferences(on=True), stage.NOW)
        await planner.plan_due_digests(stores, stage.NOW)
        planned = await stores.ledger.count_open()
        assert sum(planned.values()) == load.channels, planned  # noqa: S101 - what is measured must be so


def _build_installation(workspace: int) -> Installation:
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


def _build_settings(folder: Path, url: str = "") -> Settings:
    """Return settings for many workspaces over Socket Mode, which nothing of the environment has touched."""
    nowhere = f"http://127.0.0.1:{stage.find_free_port()}"
    return build_settings_class().model_construct(
        data_dir=folder,
        slack_api_url=url,
        slack_app_token=APP_TOKEN,
        slack_client_id="1.1",
        slack_client_secret="secret",  # noqa: S106 - of a server on loopback
        public_url=nowhere,
        hf_endpoint=nowhere,
        arxiv_url=nowhere,
    )


async def _run_round(folder: Path, load: Load, serve: Serve) -> Round:
    """Send the digests that *folder* holds while *serve* acknowledges."""
    with stage.make_temporary_folder() as other:
        shutil.copytree(folder, other, dirs_exist_ok=True)
        async with (
            start_server(load.workspaces, load.channels, load.commands_per_second, answers=serve is _serve_bot) as (
                server,
                url,
            ),
            _open_context(_build_settings(other, url)) as app_context,
            open_platforms(PLATFORMS, app_context.settings, app_context.stores) as platforms,
            asyncio.TaskGroup() as serving,
        ):
            platform, stop = platforms["slack"], asyncio.Event()
            serving.create_task(serve(app_context, platform, stop))
            await server.send_order("begin")
            dispatcher = Dispatcher(app_context.stores, {"slack": platform.chat}, stage.start_clock())
            sent, seconds = await _send_digests(dispatcher)
            server_report = json.loads(await server.send_order("stop"))
            stop.set()
            await platform.chat.close()
    assert sent == server_report["posts"] == load.channels, (sent, server_report["posts"])  # noqa: S101 - what is measured must be so
    assert not server_report["wrong"], server_report["wrong"]  # noqa: S101 - as above
    return Round(seconds, server_report["acks"], server_report["busy"], server_report["lag"])


@asynccontextmanager
async def _open_context(settings: Settings) -> AsyncIterator[Context]:
    async with context.open_stores(settings) as stores, context.open_sources(settings, stores) as sources:
        yield Context(settings, stores, sources)


async def _send_digests(dispatcher: Dispatcher) -> tuple[int, float]:
    """Deliver everything; return how many messages that were, and the seconds."""
    began = time.perf_counter()
    return await dispatcher.dispatch_due(), time.perf_counter() - began


async def _serve_bot(app_context: Context, platform: Platform, stop: asyncio.Event) -> None:
    """Serve people with everything that the bot can do; the sources, out of reach here, are switched off."""
    commands = LimitedCommands(
        build_table(
            CommandContext(app_context.stores, directories={"slack": platform.directory}, platforms=list_features())
        )
    )
    connected = platform.connect(commands)
    freeze_garbage_collector()
    await connected.serve(stop)


async def _serve_bare_app(app_context: Context, _: Platform, stop: asyncio.Event) -> None:
    """Acknowledge, as a first Bolt app would."""
    settings: Any = app_context.settings  # Slack's among them
    client = AsyncWebClient(base_url=settings.slack_api_url)
    app = AsyncApp(client=client, signing_secret="-", authorize=_authorize)  # noqa: S106 - a socket needs none

    @app.command(re.compile("^/"))
    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    handler: Any = AsyncSocketModeHandler(app, APP_TOKEN, web_client=client)  # whose methods have no types
    # Loopback needs no proxy, whatever the environment says.
    client.proxy = handler.client.proxy = None
    await handler.connect_async()
    await stop.wait()
    await handler.close_async()


async def _authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T0", bot_token=BOT_TOKEN.format("T0"), bot_user_id="UBOT0")
