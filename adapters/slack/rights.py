"""Who may: membership of the channel, and what the workspace has decided besides."""

from __future__ import annotations

import logging
from typing import Final

from adapters.slack.kit import Kit
from bot.errors import SendError
from bot.models import Channel, Kind, Person
from bot.ports.commands import Audience

ADMINS: Final = "admins"
GROUP: Final = "group:"
SHARED: Final = frozenset({"follow", "unfollow", "mute", "unmute"})
"""Commands for everybody that do more for those who manage the channel."""
WIDE: Final = frozenset({"setup"})
"""Commands that change other channels than the one in which they are given."""

log = logging.getLogger(__name__)


async def person(kit: Kit, channel: Channel, user: str, name: str, command: str, *, inside: bool) -> Person:
    """Return somebody with what Slack says of them here.

    *inside* tells that they wrote in the channel just now, which only members can; a button is seen by others too.
    Slack is asked only where the answer counts; when it gives none, nobody manages.
    """
    audience = next((each.audience for each in kit.commands.all() if each.name == command), Audience.EVERYONE)
    counts = audience is not Audience.EVERYONE or command in SHARED
    return Person(
        user,
        name,
        manager=counts and await _manages(kit, channel, user, inside=inside, wide=command in WIDE),
        admin=audience is Audience.ADMINS and await _runs(kit, channel, user),
        zone="" if audience is Audience.EVERYONE else await kit.people.zone(channel.workspace, user),
    )


async def _manages(kit: Kit, channel: Channel, user: str, *, inside: bool, wide: bool) -> bool:
    """Tell whether a person manages a channel; their own is theirs, whatever the workspace says."""
    if channel.kind is Kind.DIRECT and not wide:
        return True
    try:
        return (inside or await kit.rooms.member(channel, user)) and await _may(kit, channel, user)
    except SendError as error:
        log.warning("Whether somebody manages a channel can't be told: %s", error)
        return False


async def _may(kit: Kit, channel: Channel, user: str) -> bool:
    """Tell whether the workspace lets a member of the channel manage it; those that it names may anyway."""
    workspace = await kit.workspaces.get(channel.platform, channel.workspace)
    policy = workspace.policy if workspace else ""
    if policy == ADMINS:
        return await kit.people.admin(channel.workspace, user)
    if policy.startswith(GROUP):
        return user in await kit.people.group(channel.workspace, policy.removeprefix(GROUP))
    return not policy


async def _runs(kit: Kit, channel: Channel, user: str) -> bool:
    """Tell whether a person runs the workspace."""
    try:
        return await kit.people.admin(channel.workspace, user)
    except SendError as error:
        log.warning("Whether somebody runs a workspace can't be told: %s", error)
        return False
