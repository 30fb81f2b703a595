"""User groups (usergroups.list): the handle “@leads” in a command replaced by the group’s id."""

from __future__ import annotations

import logging
from difflib import get_close_matches

from adapters.slack.context import SlackContext
from bot.errors import Mistake, SendError
from bot.ports.commands import Audience, Command, ParameterType, Request, find_command

log = logging.getLogger(__name__)


async def resolve_user_group(context: SlackContext, request: Request) -> Request:
    """Return *request* with a group's id in place of its handle ("@leads").

    Slack itself puts the id into messages, but leaves a slash command as it was typed. Those who may not use the
    command learn nothing about groups. Raises `bot.errors.Mistake` for a handle that nobody has.
    """
    command = find_command(context.commands.list_commands(), request.command)
    parameter = command.find_parameter(ParameterType.USER_GROUP) if command else None
    typed = request.arguments.get(parameter.name, "").strip(' "') if parameter else ""
    if not (command and parameter and typed.startswith("@") and await _can_use(context, command, request)):
        return request
    group = await _find_user_group(context, request, typed)
    return request.with_command(request.command, {**request.arguments, parameter.name: group})


async def _can_use(context: SlackContext, command: Command, request: Request) -> bool:
    """Tell whether a command is for the person, by what Slack says of them or by the workspace's list."""
    person, workspace = request.person, await context.workspaces.get("slack", request.channel.workspace)
    by_role = {Audience.EVERYONE: True, Audience.MANAGERS: person.is_manager, Audience.ADMINS: person.is_admin}
    return by_role[command.audience] or (workspace is not None and person.id in workspace.managers)


async def _find_user_group(context: SlackContext, request: Request, handle_text: str) -> str:
    try:
        groups = await context.user_directory.list_user_groups(request.channel.workspace)
    except SendError as error:
        log.info("The user groups can't be told: %s", error)
        raise Mistake(
            f"Slack does not tell which group “{handle_text[:80]}” is. Type the group’s id, which begins with S; "
            "Slack copies it from the menu of the group’s page.",
            f"{request.command} S0123ABCDEF",
        ) from error
    handle = handle_text.removeprefix("@").casefold()
    if handle not in groups:
        raise _build_unknown_group_mistake(request.command, handle_text, get_close_matches(handle, groups, 1))
    return groups[handle]


def _build_unknown_group_mistake(command: str, handle_text: str, close_handles: list[str]) -> Mistake:
    meant = f"; did you mean “@{close_handles[0]}”?" if close_handles else "."
    return Mistake(
        f"“{handle_text[:80]}” is not a user group of this workspace{meant}",
        f"{command} @{(close_handles or ['leads'])[0]}",
    )
