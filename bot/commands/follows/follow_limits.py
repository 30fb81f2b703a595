"""Follow limits: how many topics each member of a workspace may follow (member limit)."""

from __future__ import annotations

from typing import Final

from bot.commands.context import CommandContext
from bot.domain.channels import ChannelKind
from bot.errors import SendError
from bot.ports.commands import Request
from bot.ports.workspaces import Directory, Workspace

MAX_PERSONAL_FOLLOWS: Final = 50
FOLLOWS_LIMIT_KEY: Final = "follows"
_MAX_MEMBERSHIP_CHECKS: Final = 10
"""Workspaces, the strictest first, of which the platform is asked whether somebody is in them."""


def get_workspace_follow_limit(workspace: Workspace | None) -> int:
    """Return how many topics each member of a workspace may follow from there."""
    return workspace.limits.get(FOLLOWS_LIMIT_KEY, MAX_PERSONAL_FOLLOWS) if workspace else MAX_PERSONAL_FOLLOWS


async def get_person_follow_limit(context: CommandContext, request: Request, follow_count: int) -> int:
    """Return how many topics the asker may follow who follows *follow_count* now.

    Where one direct channel serves all workspaces, the strictest of the asker's counts in it: else who is refused in a
    channel would write there. Raises `bot.errors.StoreError`.
    """
    channel, directory = request.channel, context.directories.get(request.channel.platform)
    if channel.kind is not ChannelKind.DIRECT or not request.person.direct_workspace or directory is None:
        return get_workspace_follow_limit(await context.stores.workspaces.get(channel.platform, channel.workspace))
    every = sorted(await context.stores.workspaces.list_for_platform(channel.platform), key=get_workspace_follow_limit)
    for workspace in [each for each in every if get_workspace_follow_limit(each) <= follow_count][
        :_MAX_MEMBERSHIP_CHECKS
    ]:
        if await _is_in_workspace(directory, workspace, request.person.id):
            return get_workspace_follow_limit(workspace)
    return MAX_PERSONAL_FOLLOWS


async def _is_in_workspace(directory: Directory, workspace: Workspace, person: str) -> bool:
    """Tell whether somebody is in a workspace, as far as that can be known now."""
    try:
        return bool(await directory.list_shared_channels(workspace.id, person))
    except SendError:
        return False
