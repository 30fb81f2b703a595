"""What members may use, and how many topics each may follow, as those decide who run a workspace."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Final

from bot import wording
from bot.cards import Action
from bot.commands import parameters, policies
from bot.commands.caps import FOLLOWS, MOST_MINE, cap
from bot.commands.desk import Desk
from bot.commands.replies import say
from bot.errors import Mistake
from bot.language import gettext, phrase
from bot.ports.commands import Answer, Audience, Command, Parameter, ParameterType, Request
from bot.ports.places import Workspace

_MEMBER: Final = re.compile(r"(?:<@!?)?([A-Za-z0-9]{1,40})(?:\|[^>]*)?>?")


def commands(desk: Desk) -> tuple[Command, ...]:
    """Return the commands of this file."""
    member = Parameter("member", "The member who is meant", _read, example="U012ABCDEF", required=True, rest=True)
    number = Parameter(
        "number",
        f"Topics that each member may follow, 0 to {MOST_MINE}",
        parameters.number(0, MOST_MINE),
        ParameterType.NUMBER,
        "10",
        rest=True,
        least=0,
        most=MOST_MINE,
    )
    admins = Audience.ADMINS
    return (
        Command(
            "member exclude",
            "Keep a member from using Broadsheet here",
            partial(exclude, desk),
            (member,),
            admins,
            "member exclude U012ABCDEF",
            "Their own follows stay; in direct messages they go on as before.",
        ),
        Command(
            "member readmit",
            "Let a member use Broadsheet here again",
            partial(readmit, desk),
            (member,),
            admins,
            "member readmit U012ABCDEF",
        ),
        Command(
            "member limit",
            "How many topics each member may follow from here",
            partial(limit, desk),
            (number,),
            admins,
            "member limit 10",
            "Where direct messages belong to no server, the strictest limit of the member’s servers counts in them.",
        ),
    )


async def exclude(desk: Desk, request: Request, *, member: str) -> Answer:
    """Keep a member away."""
    known = await policies.workspace(desk, request.channel)
    if member == request.person.id:
        raise Mistake(gettext("You can’t exclude yourself; another manager can."), "member exclude U012ABCDEF")
    if member in known.managers:
        raise Mistake(gettext("Who is on the list of managers can’t be excluded."), "digest access")
    undo = Action(gettext("Readmit"), "member readmit", {"member": member})
    if member in known.blocked:
        return say(gettext("This member is excluded already."), undo)
    if not request.dry:
        await _keep(desk, request, replace(known, blocked=(*known.blocked, member)), phrase("excludes a member"))
    return say(gettext("Excluded: this member can’t use Broadsheet here any more. Nobody else is told."), undo)


async def readmit(desk: Desk, request: Request, *, member: str) -> Answer:
    """Let a member use the bot again."""
    known = await policies.workspace(desk, request.channel)
    if member not in known.blocked:
        raise Mistake(gettext("This member is not excluded."), "member exclude U012ABCDEF")
    rest = tuple(each for each in known.blocked if each != member)
    if not request.dry:
        await _keep(desk, request, replace(known, blocked=rest), phrase("readmits a member"))
    return say(gettext("This member can use Broadsheet here again."))


async def limit(desk: Desk, request: Request, *, number: int | None = None) -> Answer:
    """Tell how many topics a member may follow, or change that."""
    known = await policies.workspace(desk, request.channel)
    before = cap(known)
    if number is None or request.dry:
        return say(
            gettext("Each member may follow {topics} from here.", topics=_topics(before if number is None else number))
        )
    if number == before:
        return say(gettext("Nothing was changed: each member may follow {topics}.", topics=_topics(before)))
    wanted = replace(known, limits={**known.limits, FOLLOWS: number})
    summary = phrase("limits members’ follows: {before} → {number}").format(before=before, number=number)
    await _keep(desk, request, wanted, summary)
    return say(
        gettext(
            "From now on each member may follow {topics} from here. Who follows more keeps them.",
            topics=_topics(number),
        )
    )


async def _keep(desk: Desk, request: Request, wanted: Workspace, summary: str) -> None:
    """Keep what was decided; the trail does not say whom it is about, for they may want to be forgotten."""
    await desk.stores.workspaces.put(wanted)
    await desk.stores.audit.note(request.channel, request.person, "members", summary, request.now, before={}, after={})


def _topics(number: int) -> str:
    return wording.count(number, "topic")


def _read(text: str) -> str:
    found = _MEMBER.fullmatch(text.strip())
    if found is None:
        raise Mistake(gettext("“{text}” is not a member’s id.", text=text[:40]), "U012ABCDEF")
    return found[1]
