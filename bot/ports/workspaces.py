"""Ports of workspaces (teams, servers), and of what a platform knows of their channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.channels import Channel, ChannelKind
from bot.ports.channels import ChannelState


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
