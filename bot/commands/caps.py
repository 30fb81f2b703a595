"""How many topics a person may follow for themselves, as those decide who manage where they are."""

from __future__ import annotations

from typing import Final

from bot.commands.desk import Desk
from bot.errors import SendError
from bot.models import Kind
from bot.ports.commands import Request
from bot.ports.places import Directory, Workspace

MOST_MINE: Final = 50
FOLLOWS: Final = "follows"
_ASKED: Final = 10
"""Workspaces, the strictest first, of which the platform is asked whether somebody is in them."""


def cap(workspace: Workspace | None) -> int:
    """Return how many topics each member of a workspace may follow from there."""
    return workspace.limits.get(FOLLOWS, MOST_MINE) if workspace else MOST_MINE


async def most(desk: Desk, request: Request, held: int) -> int:
    """Return how many topics the asker may follow who follows *held* now.

    Where one direct channel serves all workspaces, the strictest of the asker's counts in it: else who is refused in a
    channel would write there. Raises `bot.errors.StoreError`.
    """
    here, directory = request.channel, desk.rooms.get(request.channel.platform)
    if here.kind is not Kind.DIRECT or not request.person.home or directory is None:
        return cap(await desk.stores.workspaces.get(here.platform, here.workspace))
    every = sorted(await desk.stores.workspaces.of(here.platform), key=cap)
    for workspace in [each for each in every if cap(each) <= held][:_ASKED]:
        if await _inside(directory, workspace, request.person.id):
            return cap(workspace)
    return MOST_MINE


async def _inside(directory: Directory, workspace: Workspace, person: str) -> bool:
    """Tell whether somebody is in a workspace, as far as that can be known now."""
    try:
        return bool(await directory.shared(workspace.id, person))
    except SendError:
        return False
