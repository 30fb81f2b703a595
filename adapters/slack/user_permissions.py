"""Permissions in Slack: who manages a channel or administers the workspace, by membership, role or user group."""

from __future__ import annotations

import logging
from typing import Final

from adapters.slack.context import SlackContext
from bot.domain.channels import Channel, ChannelKind
from bot.domain.people import Person
from bot.errors import SendError
from bot.ports.commands import Audience, find_command

ADMINS_POLICY: Final = "admins"
GROUP_POLICY_PREFIX: Final = "group:"

log = logging.getLogger(__name__)


async def build_person(
    context: SlackContext, channel: Channel, user: str, name: str, command: str, *, inside: bool
) -> Person:
    """Return somebody with what Slack says of them here.

    *inside* tells that they wrote in the channel just now, which only members can; a button is seen by others too.
    Slack is asked only where the answer counts; when it gives none, nobody manages.
    """
    declared_command = find_command(context.commands.list_commands(), command)
    if declared_command is None or not declared_command.depends_on_manager:
        return Person(user, name)
    return Person(
        user,
        name,
        is_manager=await _can_manage_channel(
            context, channel, user, inside=inside, cross_channel=declared_command.spans_channels
        ),
        is_admin=declared_command.audience is Audience.ADMINS and await _is_workspace_admin(context, channel, user),
        timezone=""
        if declared_command.audience is Audience.EVERYONE
        else await context.user_directory.get_timezone(channel.workspace, user),
    )


async def _can_manage_channel(
    context: SlackContext, channel: Channel, user: str, *, inside: bool, cross_channel: bool
) -> bool:
    """Tell whether a person manages a channel; their own is theirs, whatever the workspace says."""
    if channel.kind is ChannelKind.DIRECT and not cross_channel:
        return True
    try:
        return (inside or await context.directory.is_member(channel, user)) and await _is_allowed_by_policy(
            context, channel, user
        )
    except SendError as error:
        log.warning("Whether somebody manages a channel can't be told: %s", error)
        return False


async def _is_allowed_by_policy(context: SlackContext, channel: Channel, user: str) -> bool:
    """Tell whether the workspace lets a member of the channel manage it; those that it names may anyway."""
    workspace = await context.workspaces.get(channel.platform, channel.workspace)
    policy = workspace.policy if workspace else ""
    if policy == ADMINS_POLICY:
        return await context.user_directory.is_admin(channel.workspace, user)
    if policy.startswith(GROUP_POLICY_PREFIX):
        return user in await context.user_directory.list_user_group_members(
            channel.workspace, policy.removeprefix(GROUP_POLICY_PREFIX)
        )
    return not policy


async def _is_workspace_admin(context: SlackContext, channel: Channel, user: str) -> bool:
    """Tell whether a person runs the workspace."""
    try:
        return await context.user_directory.is_admin(channel.workspace, user)
    except SendError as error:
        log.warning("Whether somebody runs a workspace can't be told: %s", error)
        return False
