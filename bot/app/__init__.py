"""The composition root of the running bot: scheduler, chats and the workspace in the browser on one set of stores."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import Any, Final

import typer
from tzlocal import get_localzone_name

from bot import house, logs, poller, sample, scheduler
from bot.commands.desk import Desk
from bot.commands.table import table
from bot.delivery import Courier
from bot.digests import planning
from bot.health import report
from bot.house import House, clock
from bot.models import Channel, Kind, Preferences, Schedule
from bot.ports.places import Workspace
from bot.ports.stores import Stores
from bot.scheduler import Jobs
from bot.sources import recorded

log = logging.getLogger(__name__)

WORKSPACE: Final = Workspace("web", "local", "This machine", managers=("you",))
PAPERS: Final = Channel("web", "local", "papers", Kind.CHANNEL, "papers")
DIRECT: Final = Channel("web", "local", "you", Kind.DIRECT, "Broadsheet")
SAMPLE: Final = "Real papers of February 2026. Today’s lists follow once there is internet."


async def run() -> None:
    """Run until SIGTERM or SIGINT, then drain.

    Raises `bot.errors.Locked` when another instance holds DATA_DIR.
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
    from adapters.web.chat import WebChat
    from adapters.web.events import Feed
    from adapters.web.server import application, serve
    from adapters.web.site import Site

    chosen, stores = home.settings, home.stores
    if not house.local(chosen):
        log.warning("WEB_HOST=%s: whoever reaches the workspace may change everything", chosen.web_host)
    await furnish(stores, clock())
    commands = table(Desk(stores, home.daily, home.arxiv))
    feed = Feed(logs.reference())
    chat = WebChat(stores.board, feed)
    courier = Courier(stores, {chat.platform: chat}, clock)
    jobs = Jobs(stores, courier, home.daily, home.arxiv, chosen.arxiv_categories, clock)

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
    )
    async with serve(app, chosen.web_host, chosen.web_port) as address:
        typer.echo(f"Broadsheet runs. The workspace: {address} (Ctrl+C stops it.)")
        await scheduler.run(jobs, _stop())
        await chat.close()


def _stop() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sent in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sent, stop.set)
    return stop


async def furnish(stores: Stores, now: datetime) -> None:
    """Give the browser's workspace its channel and, while nothing is stored, the sample and a first digest of it."""
    if await stores.workspaces.get(WORKSPACE.platform, WORKSPACE.id) is None:
        await stores.workspaces.put(replace(WORKSPACE, timezone=local_zone()))
    standing = await stores.channels.open(PAPERS, now)
    await stores.channels.open(DIRECT, now)
    if await stores.papers.count() == 0:
        await _take_sample(stores, now)
    if not await stores.marks.get("furnished"):
        await stores.marks.put("furnished", "yes")
        schedule = Schedule(time(9), local_zone())
        preferences = Preferences(on=True, schedule=schedule)
        await stores.channels.set(PAPERS, preferences, schedule.next_after(now))
        if await stores.marks.get("sample"):
            await planning.post_now(stores, replace(standing, preferences=preferences), now)
    await stores.index.refresh()


async def _take_sample(stores: Stores, now: datetime) -> None:
    for batch in recorded.read([sample.FOLDER]):
        await poller.take_in(stores, batch.day, batch.papers, now)
    await stores.marks.put("sample", "yes")


def local_zone() -> str:
    """Return this machine's IANA zone, UTC when it has none."""
    name = get_localzone_name() or "UTC"
    return "UTC" if name == "Etc/UTC" else name
