"""User groups by the names that people call them by, for commands that know ids only."""

from __future__ import annotations

import logging
from difflib import get_close_matches
from typing import Final

from adapters.slack.kit import Kit
from bot.errors import Mistake, SendError
from bot.ports.commands import Request

_NAMED: Final = {"digest access": "who"}
"""Which argument may be a user group, by command."""

log = logging.getLogger(__name__)


async def resolved(kit: Kit, request: Request) -> Request:
    """Return *request* with a group's id in place of its handle ("@leads").

    Slack itself puts the id into messages, but leaves a slash command as it was typed. Those who may not use the
    command learn nothing about groups. Raises `bot.errors.Mistake` for a handle that nobody has.
    """
    name = _NAMED.get(request.command, "")
    typed = request.arguments.get(name, "").strip(' "')
    if not typed.startswith("@") or not await _may(kit, request):
        return request
    return request.of(request.command, {**request.arguments, name: await _group(kit, request, typed)})


async def _may(kit: Kit, request: Request) -> bool:
    workspace = await kit.workspaces.get("slack", request.channel.workspace)
    return request.person.admin or (workspace is not None and request.person.id in workspace.managers)


async def _group(kit: Kit, request: Request, typed: str) -> str:
    try:
        groups = await kit.people.groups(request.channel.workspace)
    except SendError as error:
        log.info("The user groups can't be told: %s", error)
        raise Mistake(
            f"Slack does not tell which group “{typed[:80]}” is. Type the group’s id, which begins with S; "
            "Slack copies it from the menu of the group’s page.",
            f"{request.command} S0123ABCDEF",
        ) from error
    handle = typed.removeprefix("@").casefold()
    if handle not in groups:
        raise _unknown(request.command, typed, get_close_matches(handle, groups, 1))
    return groups[handle]


def _unknown(command: str, typed: str, near: list[str]) -> Mistake:
    meant = f"; did you mean “@{near[0]}”?" if near else "."
    return Mistake(
        f"“{typed[:80]}” is not a user group of this workspace{meant}", f"{command} @{(near or ['leads'])[0]}"
    )
