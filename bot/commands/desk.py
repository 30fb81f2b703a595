"""What the commands work with, handed to them by the composition root."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot import wording
from bot.models import Channel, Kind, Paper, Preferences
from bot.ports.commands import Request
from bot.ports.places import Standing
from bot.ports.sources import Announcements, DailyPapers
from bot.ports.stores import Stores


@dataclass(frozen=True, slots=True)
class Desk:
    """The stores and the sources; a source that is None is switched off."""

    stores: Stores
    daily: DailyPapers | None = None
    arxiv: Announcements | None = None

    async def sampling(self) -> tuple[str, ...]:
        """Say that what is stored is the bundled sample; nothing when it is not."""
        newest = await self.stores.days.newest() if await self.stores.marks.get("sample") else None
        return (f"Sample data: real lists up to {wording.day(newest.date, year=True)}.",) if newest else ()

    async def standing(self, channel: Channel, now: datetime) -> Standing:
        """Return a channel's standing; one that nobody has set up yet is shown in its workspace's zone."""
        standing = await self.stores.channels.open(channel, now)
        if standing.preferences != Preferences():
            return standing
        workspace = await self.stores.workspaces.get(channel.platform, channel.workspace)
        if workspace is None or workspace.timezone == standing.preferences.schedule.timezone:
            return standing
        schedule = replace(standing.preferences.schedule, timezone=workspace.timezone)
        return replace(standing, preferences=replace(standing.preferences, schedule=schedule))

    async def manages(self, request: Request) -> bool:
        """Tell whether the person manages the channel: says the platform, the workspace's list, or it is their own."""
        if request.person.manager or request.channel.kind is Kind.DIRECT:
            return True
        workspace = await self.stores.workspaces.get(request.channel.platform, request.channel.workspace)
        return workspace is not None and request.person.id in workspace.managers

    async def stored(self, paper: str) -> Paper | None:
        """Return a stored paper."""
        return (await self.stores.papers.get([paper])).get(paper)


def direct(request: Request) -> Channel:
    """Return the asker's own direct channel: where personal follows, saves and alerts live."""
    channel = request.channel
    if channel.kind is Kind.DIRECT:
        return channel
    # Without a name, so that a direct channel that has one keeps it.
    return Channel(channel.platform, channel.workspace, request.person.id, Kind.DIRECT)


def place(channel: Channel) -> str:
    """Name a channel for people: "#papers", "you" for a direct one."""
    if channel.kind is Kind.DIRECT:
        return "you"
    return f"#{channel.name.removeprefix('#')}" if channel.name else "this channel"
