"""The workspace in the browser as a first start finds it: its channel, and the sample while nothing real is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from typing import Final

from tzlocal import get_localzone_name

from bot import poller, sample
from bot.digests import planning
from bot.models import Channel, Kind, Preferences, Schedule
from bot.ports.places import Workspace
from bot.ports.stores import Stores
from bot.sources import recorded

WORKSPACE: Final = Workspace("web", "local", "This machine", managers=("you",))
PAPERS: Final = Channel("web", "local", "papers", Kind.CHANNEL, "papers")
DIRECT: Final = Channel("web", "local", "you", Kind.DIRECT, "Broadsheet")
SAMPLE: Final = "Real papers of February 2026. Today’s lists follow once there is internet."


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
