"""Application bootstrap: opens the stores and sources, then runs scheduler, chat platforms and web server."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any

import typer

from bot import scheduler
from bot.bootstrap import context
from bot.bootstrap.concurrency import LimitedCommands
from bot.bootstrap.context import Context, read_clock
from bot.bootstrap.platforms import Connection, Platform, freeze_garbage_collector
from bot.bootstrap.web import EXAMPLES, prepare_workspace
from bot.cards.models import Card
from bot.commands.context import CommandContext
from bot.commands.help import HELP_COMMAND
from bot.commands.table import CommandTable, build_table
from bot.config import Settings
from bot.delivery.dispatcher import Dispatcher
from bot.errors import create_reference
from bot.health import build_report
from bot.ports.chat import Chat
from bot.ports.previews import MessagePreview, PreviewRenderer, PrivateAnswer
from bot.ports.web_messages import WebMessage
from bot.scheduler import Jobs
from bot.sources.sample.source import NOTICE
from bot.sources.sample.stored_sample import is_sample_stored

log = logging.getLogger(__name__)


async def run() -> None:
    """Run until SIGTERM or SIGINT, then drain.

    Raises `bot.errors.Locked` when another instance holds DATA_DIR, `bot.errors.Refused` when a platform turns its
    token down.
    """
    from storage.maintenance.process_lock import lock_data_directory
    from storage.maintenance.upgrade import upgrade_database

    settings = context.load_settings()
    with lock_data_directory(settings.data_dir):
        backup = upgrade_database(settings.async_database_url, settings.data_dir, read_clock())
        if backup:
            log.info("The database was upgraded; the one before is kept in %s", backup)
        async with context.open_stores(settings) as stores, context.open_sources(settings, stores) as sources:
            await _run_bot(Context(settings, stores, sources))


async def _run_bot(app_context: Context) -> None:
    async with AsyncExitStack() as stack:
        platforms = await _build_platforms(app_context, stack)
        directories = {line.chat.platform: line.directory for line in platforms}
        commands = build_table(CommandContext(app_context.stores, app_context.sources, directories))
        await prepare_workspace(app_context.stores, app_context.sources, read_clock())
        await _run_platforms(app_context, commands, platforms, _build_stop_event())


async def _build_platforms(app_context: Context, stack: AsyncExitStack) -> list[Platform]:
    """Return the platforms that are set up; their libraries are not even read where none is."""
    platforms: list[Platform] = []
    if app_context.settings.is_slack_configured:
        from bot.bootstrap import slack

        platforms.append(await stack.enter_async_context(slack.build_platform(app_context)))
    if app_context.settings.discord_token:
        from bot.bootstrap import discord

        platforms.append(discord.build_platform(app_context))
    return platforms


async def _run_platforms(
    app_context: Context, commands: CommandTable, platforms: list[Platform], stop: asyncio.Event
) -> None:
    from adapters.web.chat import WebChat
    from adapters.web.event_feed import EventFeed

    settings, stores = app_context.settings, app_context.stores
    feed = EventFeed(create_reference())
    web = WebChat(stores.web_messages, feed)
    chats: dict[str, Chat] = {web.platform: web, **{line.chat.platform: line.chat for line in platforms}}
    dispatcher = Dispatcher(stores, chats, read_clock, {line.chat.platform: line.directory for line in platforms})
    jobs = Jobs(stores, dispatcher, app_context.sources, read_clock)
    limited_commands = LimitedCommands(commands)
    connections = [line.connect(limited_commands) for line in platforms]
    freeze_garbage_collector()
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(_build_web_server(app_context, commands, web, feed, jobs))
        typer.echo(f"Broadsheet runs. The workspace: {address} (Ctrl+C stops it.)")
        await _open_public_listener(settings, connections, stack)
        serving = [asyncio.create_task(_serve_connection(each, stop)) for each in connections]
        await scheduler.run(jobs, stop)
        await asyncio.gather(*serving)
        for chat in chats.values():
            await chat.close()


async def _serve_connection(connection: Connection, stop: asyncio.Event) -> None:
    """Serve a platform until *stop*; one that turns the credentials down stops everything."""
    try:
        await connection.serve(stop)
    finally:
        stop.set()


async def _open_public_listener(settings: Settings, connections: Sequence[Connection], stack: AsyncExitStack) -> None:
    """Open the listener that the world can reach, where a port is set for it."""
    if settings.port is None:
        return
    from adapters import public_listener

    routes = [route for each in connections for route in each.routes]
    address = await stack.enter_async_context(
        public_listener.serve(public_listener.create_application(routes), settings.public_host, settings.port)
    )
    typer.echo(f"The public listener: {address}")


def _build_web_server(app_context: Context, commands: CommandTable, chat: Any, feed: Any, jobs: Jobs) -> Any:
    """Return the workspace's server, to be entered."""
    from adapters.web.rendering.site_info import Example, SiteInfo
    from adapters.web.server import build_application, serve

    settings, stores = app_context.settings, app_context.stores
    if not settings.is_local_only:
        log.warning("WEB_HOST=%s is trusted: whoever reaches the workspace may change everything", settings.web_host)

    async def build_status(now: datetime) -> Mapping[str, Any]:
        return await build_report(stores, jobs, now)

    async def build_site_info() -> SiteInfo:
        is_sample = await is_sample_stored(stores.key_values)
        return SiteInfo(
            is_sample=is_sample,
            sample_notice=NOTICE if is_sample else "",
            examples=tuple(Example(label, line) for label, line in EXAMPLES),
            version=context.VERSION,
            show_thumbnails=not is_sample,
            help_command=HELP_COMMAND,
        )

    app = build_application(
        commands,
        stores.web_messages,
        stores.channels,
        chat,
        feed,
        site_info=build_site_info,
        clock=read_clock,
        status=build_status,
        host=settings.web_host,
        preview_renderers=_build_previews(settings, commands),
    )
    return serve(app, settings.web_host, settings.web_port)


def _build_previews(settings: Settings, commands: CommandTable) -> Mapping[str, PreviewRenderer]:
    """Return how what is said looks on other platforms, whose renderers are not read before somebody looks."""

    def preview_slack(content: Card | PrivateAnswer | WebMessage) -> MessagePreview:
        from adapters.slack.preview import html
        from adapters.slack.rendering.buttons_and_menus import list_modal_commands

        modal_commands = list_modal_commands(commands.list_commands())
        return html.render_preview(content, command=settings.slack_command, modal_commands=modal_commands)

    def preview_discord(content: Card | PrivateAnswer | WebMessage) -> MessagePreview:
        from adapters.discord.commands.tree import build_command_tree
        from adapters.discord.preview.html import render_preview

        return render_preview(content, command_formatter=build_command_tree(commands).format_slash_command)

    return {"slack": preview_slack, "discord": preview_discord}


def _build_stop_event() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sent in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sent, stop.set)
    return stop
