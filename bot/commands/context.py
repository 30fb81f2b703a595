"""CommandContext: the stores, sources and channel directories, and the permission checks, commands work with."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from bot.cards.models import Item
from bot.delivery import pending_notices
from bot.domain.channels import Channel, ChannelKind
from bot.domain.papers import Paper
from bot.domain.preferences import Preferences
from bot.errors import StoreError
from bot.i18n import formatting
from bot.i18n.translation import gettext, match_language
from bot.ports.channels import ChannelState
from bot.ports.commands import Request
from bot.ports.features import Feature, PlatformFeatures
from bot.ports.sources import Source
from bot.ports.stores import Stores
from bot.ports.workspaces import Directory
from bot.reasons.reason import Reason
from bot.sources.sample.stored_sample import is_sample_stored

MAX_WRITE_SECONDS: Final = 1.0
"""Seconds that an answer waits for what it can do without."""

log = logging.getLogger(__name__)

ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class CommandContext:
    """The stores and the sources; ``directories`` are directories, ``platforms`` what they have, by platform."""

    stores: Stores
    sources: Sequence[Source] = ()
    directories: Mapping[str, Directory] = field(default_factory=dict)
    platforms: Mapping[str, PlatformFeatures] = field(default_factory=dict)
    _writes: set[asyncio.Task[Any]] = field(default_factory=set, repr=False, compare=False)

    def get_features(self, channel: Channel) -> frozenset[Feature]:
        """Return what the platform of a channel has."""
        return self.platforms.get(channel.platform, PlatformFeatures("")).features

    def format_platforms_with(self, feature: Feature) -> str:
        """Name the platforms that have something."""
        return formatting.format_list([known.label for known in self.platforms.values() if feature in known.features])

    @property
    def lists_title(self) -> str:
        """What sentences call the source of the lists of which digests are made."""
        return next((source.title for source in self.sources if source.lists), gettext("The source"))

    async def is_sample(self) -> bool:
        """Tell whether what is stored is the bundled sample."""
        return await is_sample_stored(self.stores.key_values)

    async def describe_sample(self) -> tuple[str, ...]:
        """Say that what is stored is the bundled sample; nothing when it is not."""
        newest = await self.stores.feed_days.get_newest() if await self.is_sample() else None
        return (
            (gettext("Sample data: real lists up to {day}.", day=formatting.format_day(newest.date, year=True)),)
            if newest
            else ()
        )

    async def load_channel_state(self, request: Request) -> ChannelState:
        """Return the state of the request's channel.

        One that nobody has set up yet is shown in the zone of its asker where the platform tells that, else in its
        workspace's, and in the language of the place.
        """
        channel = request.channel
        channel_state = await self.stores.channels.get_or_create(channel, request.now)
        preferences = replace(
            channel_state.preferences, language=channel_state.preferences.language or _detect_language(request)
        )
        if _is_default(channel_state.preferences):
            zone = request.person.timezone or await self._get_workspace_zone(channel)
            preferences = replace(preferences, schedule=replace(preferences.schedule, timezone=zone))
        return replace(channel_state, preferences=preferences)

    async def set_channel_language(self, request: Request, channel: Channel) -> None:
        """Write to a channel in the language of the place from now on, where nobody has chosen another."""
        channel_state = await self.stores.channels.get_or_create(channel, request.now)
        guess = _detect_language(replace(request, channel=channel))
        if guess and not channel_state.preferences.language:
            preferences = replace(channel_state.preferences, language=guess)
            await self.stores.channels.save_preferences(
                channel_state.channel, preferences, channel_state.next_run, channel_state.due
            )

    async def _get_workspace_zone(self, channel: Channel) -> str:
        workspace = await self.stores.workspaces.get(channel.platform, channel.workspace)
        return workspace.timezone if workspace else Preferences().schedule.timezone

    async def can_manage_channel(self, request: Request) -> bool:
        """Tell whether the person manages the channel: says the platform, the workspace's list, or it is their own."""
        if request.person.is_manager or request.channel.kind is ChannelKind.DIRECT:
            return True
        return await self.is_listed_manager(request)

    async def can_manage_workspace(self, request: Request) -> bool:
        """Tell whether the person decides for the whole workspace: says the platform, or the workspace's list."""
        return request.person.is_admin or await self.is_listed_manager(request)

    async def is_blocked(self, request: Request) -> bool:
        """Tell whether the managers keep the person from using the bot in this workspace."""
        workspace = await self.stores.workspaces.get(request.channel.platform, request.channel.workspace)
        return workspace is not None and request.person.id in workspace.blocked

    async def find_direct_message_problem(self, request: Request) -> Reason | None:
        """Return why the person gets no direct messages although something is to reach them by one."""
        own = await self.stores.channels.get(get_direct_channel(request))
        # Where people have one direct channel for all workspaces, whoever is in none of ours seems to be in it; those
        # who do write in it were taken back by that.
        in_it = request.channel.kind is ChannelKind.DIRECT and not request.person.direct_workspace
        if own is None or not own.retired_reason or in_it:
            return None
        wanted = own.preferences.on or await self.stores.follows.list_for_channel(own.channel)
        return own.retired_reason if wanted else None

    async def take_pending_notice(self, request: Request) -> Reason | None:
        """Return one word that nobody who decides here could be told, for somebody who does; each is told once."""
        channel = request.channel
        if channel.kind is ChannelKind.DIRECT or not await self.can_manage_workspace(request):
            return None
        try:
            return await pending_notices.pop_pending(self.stores.key_values, channel.platform, channel.workspace)
        except StoreError:  # it waits on
            return None

    async def is_listed_manager(self, request: Request) -> bool:
        """Tell whether the person is on the workspace's list of managers."""
        workspace = await self.stores.workspaces.get(request.channel.platform, request.channel.workspace)
        return workspace is not None and request.person.id in workspace.managers

    def get_name_resolver(self, channel: Channel) -> Callable[[str], str]:
        """Return what tells how people call something of a channel's workspace; what has no name stays its id."""
        directory = self.directories.get(channel.platform)
        return (lambda identity: directory.find_display_name(channel, identity) or identity) if directory else str

    def build_sound_items(self, papers: Iterable[Paper], build: Callable[[Paper], Item]) -> tuple[Item, ...]:
        """Return *papers* as the items that *build* makes of them, without those that can't be worded."""
        return tuple(self.stores.skipped_papers.collect_sound("worded", papers, build))

    async def write_if_possible(self, write: Coroutine[Any, Any, ResultT]) -> ResultT | None:
        """Await a write that an answer can do without; None where the database takes it too late or not at all.

        It is not cut short: a query that is leaves its connection open.
        """
        task = asyncio.create_task(write)
        self._writes.add(task)
        task.add_done_callback(self._forget_write)
        done, _ = await asyncio.wait({task}, timeout=MAX_WRITE_SECONDS)
        return task.result() if done and not task.exception() else None

    def _forget_write(self, task: asyncio.Task[Any]) -> None:
        self._writes.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.warning("Something was answered without being recorded: %s", error)

    async def get_stored_paper(self, paper: str) -> Paper | None:
        """Return a stored paper."""
        return (await self.stores.papers.get([paper])).get(paper)


def _detect_language(request: Request) -> str:
    """Return the language of the request's channel as the platform tells it, or ""."""
    told = request.locale if request.channel.kind is ChannelKind.DIRECT else request.channel_locale
    return match_language(told) if told else ""


def _is_default(preferences: Preferences) -> bool:
    """Tell whether nobody has set anything; the language of a channel is noted when it first follows something."""
    return replace(preferences, language="") == Preferences()


def is_zone_unknown(request: Request, channel_state: ChannelState) -> bool:
    """Tell whether nobody has said in which zone a channel is: its settings, its workspace or its asker's platform."""
    return (
        channel_state.preferences.schedule.timezone == Preferences().schedule.timezone and not request.person.timezone
    )


def get_direct_channel(request: Request) -> Channel:
    """Return the asker's own direct channel: where personal follows, saves and alerts live."""
    channel = request.channel
    if channel.kind is ChannelKind.DIRECT:
        return channel
    # Without a name, so that a direct channel that has one keeps it.
    return Channel(
        channel.platform, request.person.direct_workspace or channel.workspace, request.person.id, ChannelKind.DIRECT
    )


def format_channel(channel: Channel) -> str:
    """Name a channel for people: "#papers", "you" for a direct one."""
    if channel.kind is ChannelKind.DIRECT:
        return gettext("you")
    return f"#{channel.name.removeprefix('#')}" if channel.name else gettext("this channel")


def format_channel_heading(channel: Channel) -> str:
    """Name a channel where its name stands alone: "#papers", "You", "This channel"."""
    if channel.kind is ChannelKind.DIRECT:
        return gettext("You")
    return format_channel(channel) if channel.name else gettext("This channel")


def format_in_channel(channel: Channel) -> str:
    """Say where something is: "in #papers", "in this channel", "for you" in a direct channel."""
    if channel.kind is ChannelKind.DIRECT:
        return gettext("for you")
    return gettext("in {place}", place=format_channel(channel)) if channel.name else gettext("in this channel")
