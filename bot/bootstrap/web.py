"""Web workspace bootstrap: creates the local workspace, its channel and the sample data on the first start."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from typing import Final

from tzlocal import get_localzone_name

from bot import poller
from bot.digests import planner
from bot.domain.channels import Channel, ChannelKind
from bot.domain.preferences import Preferences
from bot.domain.schedules import Schedule
from bot.ports.stores import Stores
from bot.ports.workspaces import Workspace
from bot.sources import file_import
from bot.sources.sample import recordings

WORKSPACE: Final = Workspace("web", "local", "This machine", managers=("you",))
PAPERS_CHANNEL: Final = Channel("web", "local", "papers", ChannelKind.CHANNEL, "papers")
DIRECT_CHANNEL: Final = Channel("web", "local", "you", ChannelKind.DIRECT, "Broadsheet")
SAMPLE_NOTICE: Final = "Real papers of February 2026. Today’s lists follow once there is internet."


async def prepare_workspace(stores: Stores, now: datetime) -> None:
    """Give the browser's workspace its channel and, while nothing is stored, the sample and a first digest of it."""
    if await stores.workspaces.get(WORKSPACE.platform, WORKSPACE.id) is None:
        await stores.workspaces.save(replace(WORKSPACE, timezone=read_local_timezone()))
    standing = await stores.channels.get_or_create(PAPERS_CHANNEL, now)
    await stores.channels.get_or_create(DIRECT_CHANNEL, now)
    if await stores.papers.count_papers() == 0:
        await _import_sample(stores, now)
    if not await stores.key_values.get("furnished"):
        await stores.key_values.set("furnished", "yes")
        schedule = Schedule(time(9), read_local_timezone())
        preferences = Preferences(on=True, schedule=schedule)
        await stores.channels.save_preferences(PAPERS_CHANNEL, preferences, schedule.find_next_post(now))
        if await stores.key_values.get("sample"):
            await planner.post_now(stores, replace(standing, preferences=preferences), now)
    await stores.search_index.refresh()


async def _import_sample(stores: Stores, now: datetime) -> None:
    for batch in file_import.read_batches([recordings.FOLDER]):
        await poller.import_batch(stores, batch.day, batch.papers, now)
    await stores.key_values.set("sample", "yes")


def read_local_timezone() -> str:
    """Return this machine's IANA zone, UTC when it has none."""
    name = get_localzone_name() or "UTC"
    return "UTC" if name == "Etc/UTC" else name
