"""What the commands work with, handed to them by the composition root."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bot import untold, wording
from bot.language import gettext, nearest
from bot.models import Channel, Kind, Paper, Preferences
from bot.ports.commands import Request
from bot.ports.places import Directory, Standing
from bot.ports.sources import Announcements, DailyPapers
from bot.ports.stores import Stores


@dataclass(frozen=True, slots=True)
class Desk:
    """The stores and the sources; a source that is None is switched off. ``rooms`` are directories by platform."""

    stores: Stores
    daily: DailyPapers | None = None
    arxiv: Announcements | None = None
    rooms: Mapping[str, Directory] = field(default_factory=dict)

    async def sampling(self) -> tuple[str, ...]:
        """Say that what is stored is the bundled sample; nothing when it is not."""
        newest = await self.stores.days.newest() if await self.stores.marks.get("sample") else None
        return (
            (gettext("Sample data: real lists up to {day}.", day=wording.day(newest.date, year=True)),)
            if newest
            else ()
        )

    async def standing(self, request: Request) -> Standing:
        """Return the standing of the request's channel.

        One that nobody has set up yet is shown in the zone of its asker where the platform tells that, else in its
        workspace's, and in the language of the place.
        """
        channel = request.channel
        standing = await self.stores.channels.open(channel, request.now)
        preferences = replace(standing.preferences, language=standing.preferences.language or _guess(request))
        if _untouched(standing.preferences):
            zone = request.person.zone or await self._zone(channel)
            preferences = replace(preferences, schedule=replace(preferences.schedule, timezone=zone))
        return replace(standing, preferences=preferences)

    async def address(self, request: Request, channel: Channel) -> None:
        """Write to a channel in the language of the place from now on, where nobody has chosen another."""
        standing = await self.stores.channels.open(channel, request.now)
        guess = _guess(replace(request, channel=channel))
        if guess and not standing.preferences.language:
            preferences = replace(standing.preferences, language=guess)
            await self.stores.channels.set(standing.channel, preferences, standing.next_run, standing.due)

    async def _zone(self, channel: Channel) -> str:
        workspace = await self.stores.workspaces.get(channel.platform, channel.workspace)
        return workspace.timezone if workspace else Preferences().schedule.timezone

    async def manages(self, request: Request) -> bool:
        """Tell whether the person manages the channel: says the platform, the workspace's list, or it is their own."""
        if request.person.manager or request.channel.kind is Kind.DIRECT:
            return True
        return await self.named(request)

    async def rules(self, request: Request) -> bool:
        """Tell whether the person decides for the whole workspace: says the platform, or the workspace's list."""
        return request.person.admin or await self.named(request)

    async def blocked(self, request: Request) -> bool:
        """Tell whether the managers keep the person from using the bot in this workspace."""
        workspace = await self.stores.workspaces.get(request.channel.platform, request.channel.workspace)
        return workspace is not None and request.person.id in workspace.blocked

    async def closed(self, request: Request) -> str:
        """Say why the person gets no direct messages although something is to reach them by one; "" where it does."""
        own = await self.stores.channels.get(direct(request))
        # Where people have one direct channel for all workspaces, whoever is in none of ours seems to be in it; those
        # who do write in it were taken back by that.
        in_it = request.channel.kind is Kind.DIRECT and not request.person.home
        if own is None or not own.retired or in_it:
            return ""
        wanted = own.preferences.on or await self.stores.follows.of(own.channel)
        return own.retired if wanted else ""

    async def untold(self, request: Request) -> str:
        """Return one word that nobody who decides here could be told, for somebody who does; each is told once."""
        channel = request.channel
        if channel.kind is Kind.DIRECT or not await self.rules(request):
            return ""
        return await untold.told(self.stores.marks, channel.platform, channel.workspace)

    async def named(self, request: Request) -> bool:
        """Tell whether the person is on the workspace's list of managers."""
        workspace = await self.stores.workspaces.get(request.channel.platform, request.channel.workspace)
        return workspace is not None and request.person.id in workspace.managers

    def called(self, channel: Channel) -> Callable[[str], str]:
        """Return what tells how people call something of a channel's workspace; what has no name stays its id."""
        directory = self.rooms.get(channel.platform)
        return (lambda identity: directory.called(channel, identity) or identity) if directory else str

    async def stored(self, paper: str) -> Paper | None:
        """Return a stored paper."""
        return (await self.stores.papers.get([paper])).get(paper)


def _guess(request: Request) -> str:
    """Return the language of the request's channel as the platform tells it, or ""."""
    told = request.locale if request.channel.kind is Kind.DIRECT else request.local
    return nearest(told) if told else ""


def _untouched(preferences: Preferences) -> bool:
    """Tell whether nobody has set anything; the language of a channel is noted when it first follows something."""
    return replace(preferences, language="") == Preferences()


def unplaced(request: Request, standing: Standing) -> bool:
    """Tell whether nobody has said in which zone a channel is: its settings, its workspace or its asker's platform."""
    return standing.preferences.schedule.timezone == Preferences().schedule.timezone and not request.person.zone


def direct(request: Request) -> Channel:
    """Return the asker's own direct channel: where personal follows, saves and alerts live."""
    channel = request.channel
    if channel.kind is Kind.DIRECT:
        return channel
    # Without a name, so that a direct channel that has one keeps it.
    return Channel(channel.platform, request.person.home or channel.workspace, request.person.id, Kind.DIRECT)


def place(channel: Channel) -> str:
    """Name a channel for people: "#papers", "you" for a direct one."""
    if channel.kind is Kind.DIRECT:
        return gettext("you")
    return f"#{channel.name.removeprefix('#')}" if channel.name else gettext("this channel")


def heading(channel: Channel) -> str:
    """Name a channel where its name stands alone: "#papers", "You", "This channel"."""
    if channel.kind is Kind.DIRECT:
        return gettext("You")
    return place(channel) if channel.name else gettext("This channel")


def inside(channel: Channel) -> str:
    """Say where something is: "in #papers", "in this channel", "for you" in a direct channel."""
    if channel.kind is Kind.DIRECT:
        return gettext("for you")
    return gettext("in {place}", place=place(channel)) if channel.name else gettext("in this channel")
