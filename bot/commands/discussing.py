"""Talking about one paper: a message of its own, with its abstract in the thread below."""

from __future__ import annotations

from functools import partial

from bot import crowds, wording
from bot.cards import Action
from bot.commands import finding, parameters, suggesting
from bot.commands.desk import Desk, place
from bot.commands.replies import say
from bot.errors import Mistake
from bot.language import gettext, speaking
from bot.models import Kind, Paper
from bot.ports.commands import Answer, Command, Request

KIND = "discuss"


def commands(desk: Desk) -> tuple[Command, ...]:
    """Return the commands of this file."""
    return (
        Command(
            "discuss",
            "Open a thread about a paper in this channel",
            partial(discuss, desk),
            (parameters.of_paper(partial(suggesting.papers, desk)),),
            example="discuss 2602.12160",
            detail="Each channel has one thread for a paper.",
        ),
    )


async def discuss(desk: Desk, request: Request, *, paper: str) -> Answer:
    """Post a paper with a thread below it, once."""
    if request.channel.kind is not Kind.CHANNEL:
        raise Mistake(gettext("A thread can be opened in a channel; here there is none."), "show 2602.12160")
    found = await finding.paper(desk, request, paper)
    if request.dry:
        return say(
            gettext("“{name}” would get a thread in {place}.", name=wording.name(found), place=place(request.channel))
        )
    standing = await desk.standing(request)
    with speaking(standing.preferences.language):
        text = gettext(
            "{name} would like to talk about this paper; the thread below is for it.",
            name=request.person.name or gettext("A member"),
        )
        drafts = crowds.about(request.channel, wording.item(found), text, KIND)
    if not await desk.stores.ledger.add(drafts, request.now):
        return say(
            gettext("“{name}” has a thread in {place} already.", name=wording.name(found), place=place(request.channel))
        )
    return say(gettext("“{name}” gets a thread in {place}.", name=wording.name(found), place=place(request.channel)))


def offer(desk: Desk, request: Request, paper: Paper) -> tuple[Action, ...]:
    """Return the button, where there are others to talk to."""
    if request.channel.platform not in desk.rooms or request.channel.kind is not Kind.CHANNEL:
        return ()
    return (Action(gettext("Discuss in a thread"), "discuss", {"paper": paper.id}, wording.name(paper)),)
