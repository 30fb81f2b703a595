"""Members: exclude, admit and limit those of a workspace (member exclude, member readmit, member limit)."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Final

from bot.cards.models import Action
from bot.commands.admin import policies
from bot.commands.answers import build_text_answer
from bot.commands.context import CommandContext
from bot.commands.follows.follow_limits import FOLLOWS_LIMIT_KEY, MAX_PERSONAL_FOLLOWS, get_workspace_follow_limit
from bot.commands.parsing import parameter_types
from bot.errors import Mistake
from bot.i18n import formatting
from bot.i18n.translation import gettext
from bot.ports.commands import Answer, Audience, Command, Parameter, ParameterType, Request
from bot.ports.workspaces import Workspace
from bot.reasons.reason import Reason

_MEMBER_ID: Final = re.compile(r"(?:<@!?)?([A-Za-z0-9]{1,40})(?:\|[^>]*)?>?")


def build_commands(context: CommandContext) -> tuple[Command, ...]:
    """Return the commands of this file."""
    member = Parameter(
        "member",
        "The member who is meant",
        _read_member,
        ParameterType.MEMBER,
        "U012ABCDEF",
        required=True,
        takes_rest=True,
    )
    number = Parameter(
        "number",
        f"Topics that each member may follow, 0 to {MAX_PERSONAL_FOLLOWS}",
        parameter_types.build_number_reader(0, MAX_PERSONAL_FOLLOWS),
        ParameterType.NUMBER,
        "10",
        takes_rest=True,
        minimum=0,
        maximum=MAX_PERSONAL_FOLLOWS,
    )
    admins = Audience.ADMINS
    return (
        Command(
            "member exclude",
            "Keep a member from using Broadsheet here",
            partial(exclude_member, context),
            (member,),
            admins,
            "member exclude U012ABCDEF",
            "Their own follows stay; in direct messages they go on as before.",
            group_summary="What members may do with Broadsheet here",
        ),
        Command(
            "member readmit",
            "Let a member use Broadsheet here again",
            partial(readmit_member, context),
            (member,),
            admins,
            "member readmit U012ABCDEF",
        ),
        Command(
            "member limit",
            "How many topics each member may follow from here",
            partial(limit_follows, context),
            (number,),
            admins,
            "member limit 10",
            "Where direct messages belong to no server, the strictest limit of the member’s servers counts in them.",
        ),
    )


async def exclude_member(context: CommandContext, request: Request, *, member: str) -> Answer:
    """Keep a member away."""
    workspace = await policies.load_workspace(context, request.channel)
    if member == request.person.id:
        raise Mistake(gettext("You can’t exclude yourself; another manager can."), "member exclude U012ABCDEF")
    if member in workspace.managers:
        raise Mistake(gettext("Who is on the list of managers can’t be excluded."), "digest access")
    undo = Action(gettext("Readmit"), "member readmit", {"member": member})
    if member in workspace.blocked:
        return build_text_answer(gettext("This member is excluded already."), undo)
    if not request.dry_run:
        await _save_workspace(
            context, request, replace(workspace, blocked=(*workspace.blocked, member)), Reason("member.excluded")
        )
    return build_text_answer(
        gettext("Excluded: this member can’t use Broadsheet here any more. Nobody else is told."), undo
    )


async def readmit_member(context: CommandContext, request: Request, *, member: str) -> Answer:
    """Let a member use the bot again."""
    known = await policies.load_workspace(context, request.channel)
    if member not in known.blocked:
        raise Mistake(gettext("This member is not excluded."), "member exclude U012ABCDEF")
    rest = tuple(each for each in known.blocked if each != member)
    if not request.dry_run:
        await _save_workspace(context, request, replace(known, blocked=rest), Reason("member.readmitted"))
    return build_text_answer(gettext("This member can use Broadsheet here again."))


async def limit_follows(context: CommandContext, request: Request, *, number: int | None = None) -> Answer:
    """Tell how many topics a member may follow, or change that."""
    workspace = await policies.load_workspace(context, request.channel)
    before = get_workspace_follow_limit(workspace)
    if number is None or request.dry_run:
        return build_text_answer(
            gettext(
                "Each member may follow {topics} from here.",
                topics=_format_topic_count(before if number is None else number),
            )
        )
    if number == before:
        return build_text_answer(
            gettext("Nothing was changed: each member may follow {topics}.", topics=_format_topic_count(before))
        )
    new_workspace = replace(workspace, limits={**workspace.limits, FOLLOWS_LIMIT_KEY: number})
    summary = Reason("member.limit", before=before, number=number)
    await _save_workspace(context, request, new_workspace, summary)
    return build_text_answer(
        gettext(
            "From now on each member may follow {topics} from here. Who follows more keeps them.",
            topics=_format_topic_count(number),
        )
    )


async def _save_workspace(context: CommandContext, request: Request, workspace: Workspace, summary: Reason) -> None:
    """Keep what was decided; the trail does not say whom it is about, for they may want to be forgotten."""
    await context.stores.workspaces.save(workspace)
    await context.stores.audit.record_change(
        request.channel, request.person, "members", summary, request.now, before={}, after={}
    )


def _format_topic_count(number: int) -> str:
    return formatting.format_count(number, "topic")


def _read_member(text: str) -> str:
    found = _MEMBER_ID.fullmatch(text.strip())
    if found is None:
        raise Mistake(gettext("“{text}” is not a member’s id.", text=text[:40]), "U012ABCDEF")
    return found[1]
