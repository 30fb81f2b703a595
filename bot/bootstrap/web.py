"""Web workspace bootstrap: what its page is given, and its workspace, channel and sample data on the first start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Final

from tzlocal import get_localzone_name

from adapters.web.rendering.site_info import EmptyChannel, Example, SiteInfo
from bot import poller
from bot.bootstrap import context
from bot.commands.help import HELP_COMMAND
from bot.digests import planner
from bot.domain.channels import Channel, ChannelKind
from bot.domain.preferences import Preferences
from bot.domain.schedules import Schedule
from bot.ports.sources import Source
from bot.ports.stores import Stores
from bot.ports.workspaces import Workspace
from bot.sources import file_import
from bot.sources.sample.source import NOTICE
from bot.sources.sample.stored_sample import is_sample_stored, set_sample_stored

WORKSPACE: Final = Workspace("web", "local", "This machine", managers=("you",))
PAPERS_CHANNEL: Final = Channel("web", "local", "papers", ChannelKind.CHANNEL, "papers")
DIRECT_CHANNEL: Final = Channel("web", "local", "you", ChannelKind.DIRECT, "Broadsheet")


def build_site_info(
    sources: Sequence[Source], *, is_sample: bool, platform_labels: Mapping[str, str] | None = None
) -> SiteInfo:
    """Return what the page needs to know; *is_sample* tells that the papers are recorded ones."""
    return SiteInfo(
        is_sample=is_sample,
        sample_notice=NOTICE if is_sample else "",
        examples=(
            Example("Follow a topic", 'follow "world model"'),
            Example("Search the papers", "search sparse attention"),
            Example("Get a digest now", "digest now"),
        ),
        version=context.VERSION,
        show_thumbnails=not is_sample,
        help_command=HELP_COMMAND,
        digest_command="digest on",
        resume_command="resume",
        empty_channel=EmptyChannel(
            "Digests appear here by themselves, at their time. You need not wait for the first.",
            Example("Get a digest now", "digest now"),
        ),
        empty_direct_channel=EmptyChannel(
            "Alerts for the topics that you follow arrive here.", Example("Follow a topic", "follow")
        ),
        source_titles={source.name: source.title for source in sources},
        platform_labels={WORKSPACE.platform: "Browser", **(platform_labels or {})},
    )


async def prepare_workspace(stores: Stores, sources: Sequence[Source], now: datetime) -> None:
    """Give the browser's workspace its channel and, while nothing is stored, the sample and a first digest of it."""
    if await stores.workspaces.get(WORKSPACE.platform, WORKSPACE.id) is None:
        await stores.workspaces.save(replace(WORKSPACE, timezone=read_local_timezone()))
    channel_state = await stores.channels.get_or_create(PAPERS_CHANNEL, now)
    await stores.channels.get_or_create(DIRECT_CHANNEL, now)
    if await stores.papers.count_papers() == 0:
        await _import_recordings(stores, sources, now)
    if not await stores.key_values.get("furnished"):
        await stores.key_values.set("furnished", "yes")
        schedule = Schedule(time(9), read_local_timezone())
        preferences = Preferences(on=True, schedule=schedule)
        await stores.channels.save_preferences(PAPERS_CHANNEL, preferences, schedule.find_next_post(now))
        if await is_sample_stored(stores.key_values):
            await planner.post_now(stores, replace(channel_state, preferences=preferences), now, is_sample=True)
    await stores.search_index.refresh()


async def _import_recordings(stores: Stores, sources: Sequence[Source], now: datetime) -> None:
    if folders := [source.recordings for source in sources if source.recordings]:
        for batch in file_import.read_batches(folders):
            await poller.import_batch(stores, batch.day, batch.papers, now)
        await set_sample_stored(stores.key_values, is_stored=True)


def read_local_timezone() -> str:
    """Return this machine's IANA zone, UTC when it has none."""
    name = get_localzone_name() or "UTC"
    return "UTC" if name == "Etc/UTC" else name
