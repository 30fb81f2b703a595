"""Ports of channels, workspaces, the channel directory, web messages and the key-value store.

Every method is one transaction. Times are aware UTC. All raise `bot.errors.StoreError` when the database can't answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.cards import Card
from bot.models import Channel, ChannelKind, DeliveryKey, Preferences


@dataclass(frozen=True, slots=True)
class ChannelState:
    """A channel as it stands: ``next_run`` is when the clock looks at it again, ``due`` the post that it looks for.

    The two differ while a digest waits for a list. ``retired_reason`` says why nothing is posted any more, or is empty.
    ``channel_id`` is the database's own number of the channel.
    """

    channel_id: int
    channel: Channel
    preferences: Preferences
    next_run: datetime | None = None
    due: datetime | None = None
    retired_reason: str = ""
    known_since: datetime | None = None


class Channels(Protocol):
    """Where is posted, and how."""

    async def get(self, channel: Channel) -> ChannelState | None:
        """Return the channel's standing; None where nothing was ever asked of it."""
        ...

    async def get_or_create(self, channel: Channel, now: datetime) -> ChannelState:
        """Return the channel's standing; a new one has the default preferences and no digest."""
        ...

    async def save_preferences(
        self, channel: Channel, preferences: Preferences, next_run: datetime | None, due: datetime | None = None
    ) -> None:
        """Keep the preferences, when to look again, and the post to look for; without *list_due* that is ``next_run``."""
        ...

    async def list_for_workspace(self, platform: str, workspace: str) -> Sequence[ChannelState]:
        """Return the channels of a workspace, by name; direct ones too."""
        ...

    async def list_due(self, now: datetime, limit: int) -> Sequence[ChannelState]:
        """Return at most *limit* channels whose ``next_run`` has come, are on, not paused and not retired."""
        ...

    async def list_enabled(self, *, include_retired: bool = False) -> Sequence[ChannelState]:
        """Return every channel that has a digest and is not paused; with *include_retired* those too that get none any more."""
        ...

    async def list_retired(self, limit: int) -> Sequence[ChannelState]:
        """Return at most *limit* channels, no direct ones, that should have a digest and get none any more."""
        ...

    async def retire(self, channel: Channel, reason: str) -> bool:
        """Stop posting to the channel; return False when it was retired already."""
        ...

    async def restore(self, channel: Channel, next_run: datetime | None) -> None:
        """Take a retired channel back."""
        ...

    async def move_identity(self, old: Channel, new: Channel) -> bool:
        """Give a channel its new identity; False when *old* is unknown, or *new* is known already."""
        ...


@dataclass(frozen=True, slots=True)
class Workspace:
    """A team, a server, or this machine.

    ``managers`` are person ids that may always manage, ``blocked`` those who may not use the bot there, ``limits``
    numbers by name ("follows": a member's own). ``organization`` is what the
    workspace belongs to where one installation serves many. ``policy`` says who else may manage: "" whoever is in the
    channel, "admins", "managers", or "group:" with a group's id. ``left_at`` is when the bot was taken away, or None.
    """

    platform: str
    id: str
    name: str = ""
    timezone: str = "UTC"
    managers: tuple[str, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    organization: str = ""
    policy: str = ""
    left_at: datetime | None = None
    blocked: tuple[str, ...] = ()

    @property
    def manager_direct_channels(self) -> Sequence[Channel]:
        """The direct channels of its managers, in their order."""
        return [Channel(self.platform, self.id, manager, ChannelKind.DIRECT) for manager in self.managers]


class Workspaces(Protocol):
    """The workspaces known."""

    async def get(self, platform: str, workspace: str) -> Workspace | None:
        """Return one."""
        ...

    async def save(self, workspace: Workspace) -> None:
        """Keep one."""
        ...

    async def list_left_before(self, before: datetime) -> Sequence[Workspace]:
        """Return those that took the bot away before then."""
        ...

    async def list_for_platform(self, platform: str) -> Sequence[Workspace]:
        """Return all of a platform that have not taken the bot away, by id."""
        ...

    async def list_for_organization(self, platform: str, organization: str) -> Sequence[Workspace]:
        """Return the workspaces that use an organization's installation, by id."""
        ...

    async def delete(self, platform: str, workspace: str) -> int:
        """Delete a workspace with its channels and all that hangs on them; return how many channels."""
        ...


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    """A channel that the bot is in, as its platform describes it."""

    channel: Channel
    purpose: str = ""


class Directory(Protocol):
    """What a platform knows of its channels."""

    async def list_shared_channels(self, workspace: str, person: str) -> Sequence[ChannelInfo]:
        """Return the channels that the bot and a person are both in, by name.

        Raises `bot.errors.SendError` when the platform can't be asked.
        """
        ...

    def list_contact_channels(self, workspace: Workspace) -> Sequence[Channel]:
        """Return where those who can repair a workspace are told of it, the best place first."""
        ...

    def find_display_name(self, channel: Channel, identity: str) -> str:
        """Return what people call something of a channel's workspace by its id, "@readers" or "#reading", or ""."""
        ...

    async def find_posting_problem(self, channel_state: ChannelState) -> str:
        """Say what keeps the bot from posting to a channel as it should, and how to mend it; "" when nothing does.

        Raises `bot.errors.SendError` when the platform can't be asked.
        """
        ...


@dataclass(frozen=True, slots=True)
class WebMessage:
    """A message that the browser's workspace holds. ``parent_message_id`` is the message it replies to, or empty."""

    id: int
    channel: Channel
    card: Card
    posted_at: datetime
    parent_message_id: str = ""
    edited_at: datetime | None = None


class WebMessages(Protocol):
    """The messages of the browser's workspace, which has no platform to keep them."""

    async def add(self, key: DeliveryKey, card: Card, at: datetime, parent: str = "") -> WebMessage:
        """Keep a message; the same key gives the message that is there already."""
        ...

    async def find_by_key(self, key: DeliveryKey) -> WebMessage | None:
        """Return the message with a key."""
        ...

    async def edit_card(self, message: int, card: Card, at: datetime) -> WebMessage | None:
        """Replace a message's card; None when there is no such message."""
        ...

    async def list_latest(self, channel: Channel, limit: int = 50, before: int | None = None) -> Sequence[WebMessage]:
        """Return a channel's latest messages, oldest first; of those before an id when one is given."""
        ...


class KeyValueStore(Protocol):
    """Small facts about this installation, by name ("sample", "tzdata")."""

    async def get(self, name: str) -> str:
        """Return a mark, or ""."""
        ...

    async def list_by_prefix(self, prefix: str) -> Mapping[str, str]:
        """Return the marks whose names begin so, by name."""
        ...

    async def set(self, name: str, value: str) -> None:
        """Set a mark; an empty value removes it."""
        ...
