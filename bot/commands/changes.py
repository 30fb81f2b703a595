"""What was changed here, by whom; and taking the last change back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from bot import wording
from bot.cards import Action, Card, Item
from bot.commands import settings, snapshots, undoing
from bot.commands.desk import Desk, inside
from bot.commands.replies import say
from bot.language import gettext, retold
from bot.ports.commands import Answer, Audience, Command, Request
from bot.ports.people import Change
from bot.topics import parse

_SHOWN: Final = 20


def commands(desk: Desk) -> tuple[Command, ...]:
    """Return the commands of this file."""
    return (
        Command(
            "undo", "Take back the last change here", partial(undo, desk), (undoing.OF,), Audience.MANAGERS, "undo"
        ),
        Command("log", "Who changed what here, and when", partial(log, desk), (), Audience.MANAGERS, "log"),
    )


async def undo(desk: Desk, request: Request, of: datetime | None = None) -> Answer:
    """Take back the last change here; a button's must still be the one *of* its moment."""
    changes = await undoing.standing(desk, request)
    if not (changes or of):
        return say(gettext("There is nothing to take back here."))
    last = undoing.at(changes, of) if of else changes[0]
    if last.kind == "access" and not await desk.rules(request):
        return _wide(last, changes)
    return await undoing.back(desk, request, last)


def _wide(last: Change, changes: Sequence[Change]) -> Answer:
    """Leave a change of who manages channels to those who may decide that, and offer the last one besides.

    Some platforms tell who runs a workspace only for the command that is theirs: the button asks once more.
    """
    others = [change for change in changes if change.kind != "access"][:1]
    return say(
        gettext("The last change here is about who manages channels; only admins may take it back."),
        Action(gettext("Take it back"), "digest access", {"of": last.at.isoformat()}),
        *(Action(gettext("Undo the one before"), "undo", {"of": change.at.isoformat()}) for change in others),
    )


def _told(change: Change, called: Callable[[str], str]) -> str:
    """Say what was changed: it is kept in English, and told in the language of who looks."""
    if change.kind != "preferences":
        return retold(change.summary)
    before, after = (snapshots.preferences(data["preferences"]) for data in (change.before, change.after))
    if before.on != after.on or not change.summary.startswith(settings.SETS.partition("{")[0]):
        return retold(change.summary)
    new, gone = ([parse(data["topic"]) for data in held.get("topics", ())] for held in (change.after, change.before))
    return gettext(settings.SETS, changes=settings.changes(before, after, new, gone, called))


async def log(desk: Desk, request: Request) -> Answer:
    """List the latest changes."""
    changes = await desk.stores.audit.changes(request.channel, _SHOWN)
    if not changes:
        return say(gettext("Nothing was changed {inside} yet.", inside=inside(request.channel)))
    zone = (await desk.standing(request)).preferences.schedule.timezone
    called = desk.called(request.channel)
    items = tuple(
        Item(
            title=_told(change, called),
            notes=(
                # Right behind what was done, "you" would read as a part of it.
                wording.when(change.at, zone),
                undoing.author(change, request),
                *((gettext("taken back"),) if change.undone else ()),
            ),
        )
        for change in changes
    )
    actions = (Action(gettext("Undo the last one"), "undo"),) if await undoing.standing(desk, request) else ()
    footer = (gettext("Kept for 180 days."),)
    return Answer(
        Card(
            title=gettext("Changes {inside}", inside=inside(request.channel)),
            items=items,
            actions=actions,
            footer=footer,
        )
    )
