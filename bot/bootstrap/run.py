"""Application bootstrap: opens the stores and sources, then runs scheduler, chat platforms and web server."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, ExitStack, asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import typer

from adapters import public_listener
from adapters.common.backoff import wait_or_stop
from adapters.web.rendering.site_info import SiteInfo
from adapters.web.server import build_application, serve
from bot import scheduler
from bot.bootstrap import context, web
from bot.bootstrap.bot import Bot, open_bot
from bot.bootstrap.concurrency import LimitedCommands
from bot.bootstrap.context import Context, read_clock
from bot.bootstrap.file_permissions import close_exposed_files
from bot.bootstrap.heartbeat import Heartbeat
from bot.bootstrap.platforms import PLATFORMS, Platforms
from bot.commands.table import CommandTable
from bot.config import Settings
from bot.errors import Locked
from bot.health import build_report
from bot.ports.platforms import Connection
from bot.ports.previews import PlatformPreview
from bot.ports.stores import Stores
from bot.redaction import SecretRegistry
from bot.sources.sample.stored_sample import is_sample_stored

LOCK_SECONDS: Final = 20.0
"""How long a start waits for a bot that drains, which takes ten seconds and a little."""
_LOCK_CHECK_SECONDS: Final = 0.2

log = logging.getLogger(__name__)


async def run(platforms: Platforms = PLATFORMS, *, lock_seconds: float = LOCK_SECONDS) -> None:
    """Run until SIGTERM or SIGINT, then drain; an instance that is about to stop is waited for, *lock_seconds* long.

    Raises `bot.errors.Locked` when another instance holds DATA_DIR, `bot.errors.Misconfigured` when others can use its
    files, `bot.errors.Refused` when a platform turns its token down, `bot.errors.UnusableStore` when the database is
    damaged, or gone and has left something.
    """
    from storage.maintenance.recovery import reject_damaged_database
    from storage.maintenance.upgrade import upgrade_database

    secret_registry = SecretRegistry()
    settings = context.load_settings(platforms, secret_registry)
    close_exposed_files(settings)
    stop = _build_stop_event()
    async with _lock_data_directory(settings.data_dir, lock_seconds, stop):
        reject_damaged_database(context.get_database_path(settings), settings.data_dir)
        backup = upgrade_database(settings.async_database_url, settings.data_dir, read_clock())
        if backup:
            log.info("The database was upgraded; the one before is kept in %s", backup)
        async with context.open_stores(settings) as stores, context.open_sources(settings, stores) as sources:
            await report_restore(stores, read_clock())
            await run_bot(Context(settings, stores, sources, platforms, secret_registry), stop)
            await stores.maintenance.record_alive(read_clock())


async def report_restore(stores: Stores, now: datetime) -> None:
    """Log when the database was restored from a backup, which is marked as such; forget again whom it brought back."""
    if restored := await stores.maintenance.begin_generation(now):
        log.warning("The database was restored or copied; it was last in use at %s", restored.since)
    if erased := await stores.privacy.apply_erasures():
        log.warning("A backup brought back %d who had asked to be forgotten; they are forgotten again", erased)


@asynccontextmanager
async def _lock_data_directory(directory: Path, seconds: float, stop: asyncio.Event) -> AsyncIterator[None]:
    """Hold *directory* inside of it, as soon as a predecessor has let go of it.

    Raises `bot.errors.Locked` when it has not within *seconds*, or when *stop* comes before.
    """
    from storage.maintenance.process_lock import lock_data_directory

    deadline, is_told = asyncio.get_running_loop().time() + seconds, False
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(lock_data_directory(directory))
                break
            except Locked:
                remaining_seconds = deadline - asyncio.get_running_loop().time()
                if remaining_seconds <= 0 or stop.is_set():
                    raise
            if not is_told:
                log.info("Another Broadsheet runs on %s; it is waited for, %g s at most", directory, seconds)
                is_told = True
            await wait_or_stop(stop, min(remaining_seconds, _LOCK_CHECK_SECONDS))
        yield


async def run_bot(app_context: Context, stop: asyncio.Event) -> None:
    """Run the scheduler, the workspace in the browser and the platforms that are set up, until *stop*."""
    async with open_bot(app_context) as bot, AsyncExitStack() as stack:
        await web.prepare_workspace(app_context.stores, app_context.sources, read_clock())
        limited_commands = LimitedCommands(bot.commands)
        connections = [platform.connect(limited_commands) for platform in bot.platforms.values()]
        freeze_garbage_collector()
        address = await stack.enter_async_context(_build_web_server(app_context, bot))
        typer.echo(f"Broadsheet runs. The workspace: {address} (Ctrl+C stops it.)")
        await _open_public_listener(app_context.settings, connections, stack)
        serving = [asyncio.create_task(_serve_connection(each, stop)) for each in connections]
        if app_context.settings.heartbeat_url:
            serving.append(asyncio.create_task(_build_heartbeat(app_context, bot).run(stop)))
        await scheduler.run(bot.jobs, stop)
        await asyncio.gather(*serving)
        for chat in bot.chats.values():
            await chat.close()


async def _serve_connection(connection: Connection, stop: asyncio.Event) -> None:
    """Serve a platform until *stop*; one that turns the credentials down stops everything."""
    try:
        await connection.serve(stop)
    finally:
        stop.set()


def _build_heartbeat(app_context: Context, bot: Bot) -> Heartbeat:
    async def is_well() -> bool:
        return bool((await build_report(app_context.stores, bot.jobs, read_clock()))["ok"])

    return Heartbeat(app_context.settings.heartbeat_url, bot.jobs.history, bot.jobs.monotonic, is_well)


async def _open_public_listener(settings: Settings, connections: Sequence[Connection], stack: AsyncExitStack) -> None:
    """Open the listener that the world can reach, where a port is set for it."""
    if settings.port is None:
        return
    routes = [route for each in connections for route in each.routes]
    address = await stack.enter_async_context(
        public_listener.serve(public_listener.create_application(routes), settings.public_host, settings.port)
    )
    typer.echo(f"The public listener: {address}")


def _build_web_server(app_context: Context, bot: Bot) -> AbstractAsyncContextManager[str]:
    """Return the workspace's server, to be entered."""
    settings, stores = app_context.settings, app_context.stores
    labels = {definition.name: definition.label for definition in app_context.platforms}
    if not settings.is_local_only:
        log.warning("WEB_HOST=%s is trusted: whoever reaches the workspace may change everything", settings.web_host)

    async def build_status(now: datetime) -> Mapping[str, Any]:
        return await build_report(stores, bot.jobs, now, labels)

    async def load_site_info() -> SiteInfo:
        is_sample = await is_sample_stored(stores.key_values)
        return web.build_site_info(app_context.sources, is_sample=is_sample, platform_labels=labels)

    app = build_application(
        bot.commands,
        stores.web_messages,
        stores.channels,
        bot.web_chat,
        bot.feed,
        site_info=load_site_info,
        clock=read_clock,
        status=build_status,
        host=settings.web_host,
        platform_previews=_build_previews(app_context, bot.commands),
        skipped_papers=stores.skipped_papers,
        delivery_reports=stores.delivery_reports,
    )
    return serve(app, settings.web_host, settings.web_port)


def _build_previews(app_context: Context, commands: CommandTable) -> Mapping[str, PlatformPreview]:
    """Return how what is said looks on other platforms, whose renderers are not read before somebody looks."""
    return {
        definition.name: PlatformPreview(
            definition.label, partial(definition.render_preview, app_context.settings, commands)
        )
        for definition in app_context.platforms
        if definition.render_preview
    }


def _build_stop_event() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sent in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sent, stop.set)
    return stop


def freeze_garbage_collector() -> None:
    """Keep what is there now out of the garbage collector's full rounds: it stays until the end anyway.

    Everything that was imported makes such a round take a tenth of a second, in which nobody is acknowledged.
    """
    gc.collect()
    gc.freeze()
