"""The composition root of the running bot: scheduler, chats and the workspace in the browser on one set of stores."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any

import typer

from bot import house, logs, scheduler
from bot.app.lines import Line, Open, settle
from bot.app.turns import Turns
from bot.app.workspace import SAMPLE, furnish
from bot.cards import Card
from bot.commands.desk import Desk
from bot.commands.table import Table, table
from bot.config import Settings
from bot.delivery import Courier
from bot.health import report
from bot.house import House, clock
from bot.ports.chats import Chat
from bot.ports.drawings import Aside, Draw, Drawing
from bot.ports.places import Post
from bot.scheduler import Jobs

log = logging.getLogger(__name__)


async def run() -> None:
    """Run until SIGTERM or SIGINT, then drain.

    Raises `bot.errors.Locked` when another instance holds DATA_DIR, `bot.errors.Refused` when a platform turns its
    token down.
    """
    from storage.locks import hold
    from storage.upgrades import upgrade

    chosen = house.settings()
    with hold(chosen.data_dir):
        kept = upgrade(chosen.database, chosen.data_dir, clock())
        if kept:
            log.info("The database was upgraded; the one before is kept in %s", kept)
        async with house.stores(chosen) as stores, house.sources(chosen, stores) as (daily, arxiv):
            await _serve(House(chosen, stores, daily, arxiv))


async def _serve(home: House) -> None:
    async with AsyncExitStack() as stack:
        lines = await _lines(home, stack)
        rooms = {line.chat.platform: line.rooms for line in lines}
        commands = table(Desk(home.stores, home.daily, home.arxiv, rooms))
        await furnish(home.stores, clock())
        await _open(home, commands, lines, _stop())


async def _lines(home: House, stack: AsyncExitStack) -> list[Line]:
    """Return the platforms that are set up; their libraries are not even read where none is."""
    lines: list[Line] = []
    if home.settings.slack:
        from bot.app import slack

        lines.append(await stack.enter_async_context(slack.line(home)))
    if home.settings.discord_token:
        from bot.app import discord

        lines.append(discord.line(home))
    return lines


async def _open(home: House, commands: Table, lines: list[Line], stop: asyncio.Event) -> None:
    from adapters.web.chat import WebChat
    from adapters.web.events import Feed

    chosen, stores = home.settings, home.stores
    feed = Feed(logs.reference())
    web = WebChat(stores.board, feed)
    chats: dict[str, Chat] = {web.platform: web, **{line.chat.platform: line.chat for line in lines}}
    courier = Courier(stores, chats, clock, {line.chat.platform: line.rooms for line in lines})
    jobs = Jobs(stores, courier, home.daily, home.arxiv, chosen.arxiv_categories, clock)
    turns = Turns(commands)
    opened = [line.connect(turns) for line in lines]
    settle()
    async with AsyncExitStack() as doors:
        address = await doors.enter_async_context(_workspace(home, commands, web, feed, jobs))
        typer.echo(f"Broadsheet runs. The workspace: {address} (Ctrl+C stops it.)")
        await _public(chosen, opened, doors)
        serving = [asyncio.create_task(_until(each, stop)) for each in opened]
        await scheduler.run(jobs, stop)
        await asyncio.gather(*serving)
        for chat in chats.values():
            await chat.close()


async def _until(each: Open, stop: asyncio.Event) -> None:
    """Serve a platform until *stop*; one that turns the credentials down stops everything."""
    try:
        await each.serve(stop)
    finally:
        stop.set()


async def _public(chosen: Settings, opened: Sequence[Open], doors: AsyncExitStack) -> None:
    """Open the listener that the world can reach, where a port is set for it."""
    if chosen.port is None:
        return
    from adapters import public

    routes = [route for each in opened for route in each.routes]
    address = await doors.enter_async_context(public.serve(public.application(routes), chosen.public_host, chosen.port))
    typer.echo(f"The public listener: {address}")


def _workspace(home: House, commands: Table, chat: Any, feed: Any, jobs: Jobs) -> Any:
    """Return the workspace's server, to be entered."""
    from adapters.web.server import application, serve
    from adapters.web.site import Site

    chosen, stores = home.settings, home.stores
    if not chosen.local:
        log.warning("WEB_HOST=%s is trusted: whoever reaches the workspace may change everything", chosen.web_host)

    async def status(now: datetime) -> Mapping[str, Any]:
        return await report(stores, jobs, now)

    async def site() -> Site:
        sampling = bool(await stores.marks.get("sample"))
        return Site(sample=sampling, sentence=SAMPLE if sampling else "", version=house.VERSION, pictures=not sampling)

    app = application(
        commands,
        stores.board,
        stores.channels,
        chat,
        feed,
        site=site,
        clock=clock,
        status=status,
        host=chosen.web_host,
        drawn=_drawn(chosen, commands),
    )
    return serve(app, chosen.web_host, chosen.web_port)


def _drawn(chosen: Settings, commands: Table) -> Mapping[str, Draw]:
    """Return how what is said looks on other platforms, whose renderers are not read before somebody looks."""

    def slack(said: Card | Aside | Post) -> Drawing:
        from adapters.slack import seen

        return seen.see(said, command=chosen.slack_command)

    def discord(said: Card | Aside | Post) -> Drawing:
        from adapters.discord import seen
        from adapters.discord.tree import tree

        return seen.see(said, native=tree(commands).native)

    return {"slack": slack, "discord": discord}


def _stop() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sent in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sent, stop.set)
    return stop
