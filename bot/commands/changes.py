"""What was changed here, by whom; and taking the last change back."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Final

from bot import wording
from bot.cards import Action, Card, Item
from bot.commands import recording, snapshots
from bot.commands.desk import Desk, place
from bot.commands.replies import say
from bot.errors import Mistake
from bot.ports.commands import Answer, Audience, Command, Parameter, Request
from bot.ports.people import Change

_LOOKED: Final = 100
_SHOWN: Final = 20


def _moment(text: str) -> datetime:
    """Read the moment of a change, as buttons write it."""
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Mistake(f"“{text[:40]}” is not the moment of a change.", "undo") from error


_OF: Final = Parameter(
    "of", "The moment of the change; buttons fill it in", _moment, example="2026-11-24T08:00:00+00:00"
)


def commands(desk: Desk) -> tuple[Command, ...]:
    """Return the commands of this file."""
    return (
        Command("undo", "Take back the last change here", partial(undo, desk), (_OF,), Audience.MANAGERS, "undo"),
        Command("log", "Who changed what here, and when", partial(log, desk), (), Audience.MANAGERS, "log"),
    )


async def undo(desk: Desk, request: Request, of: datetime | None = None) -> Answer:
    """Take back the last change that was not taken back yet; a button's must still be the one *of* its moment."""
    changes = await desk.stores.audit.changes(request.channel, _LOOKED)
    last = next((change for change in changes if not change.undone), None)
    if of and (last is None or last.at != of):
        raise Mistake("That change was taken back already, or others came after it; “log” shows them.", "undo")
    if last is None:
        return say("There is nothing to take back here.")
    written = _line(last, request)
    if request.dry:
        return say(f"This would be taken back: {written}")
    await _revert(desk, request, last)
    await desk.stores.audit.undone(last.id)
    return say(f"Taken back: {written}", Action("Log", "log"))


async def _revert(desk: Desk, request: Request, change: Change) -> None:
    stores, channel = desk.stores, request.channel
    match change.kind:
        case "preferences":
            await _restore(desk, request, change)
        case "follow":
            await stores.follows.remove(channel, change.after["topic"])
        case "unfollow":
            await stores.follows.add(snapshots.follow(channel, request.person, change.before))
        case "mute":
            await stores.wishes.unmute(channel, change.after["kind"], change.after["value"])
        case "unmute":
            kind, value = change.before["kind"], change.before["value"]
            await stores.wishes.mute(channel, kind, value, request.person, request.now)


async def _restore(desk: Desk, request: Request, change: Change) -> None:
    """Put back preferences, and the topics that were changed with them."""
    before = snapshots.preferences(change.before["preferences"])
    standing = await desk.standing(request.channel, request.now)
    if recording.timing(before) == recording.timing(standing.preferences):
        await desk.stores.channels.set(request.channel, before, standing.next_run, standing.due)
    else:
        await desk.stores.channels.set(request.channel, before, recording.next_run(before, request.now))
    for data in change.after.get("topics", ()):
        await desk.stores.follows.remove(request.channel, data["topic"])
    for data in change.before.get("topics", ()):
        await desk.stores.follows.add(snapshots.follow(request.channel, request.person, data))


async def log(desk: Desk, request: Request) -> Answer:
    """List the latest changes."""
    changes = await desk.stores.audit.changes(request.channel, _SHOWN)
    if not changes:
        return say(f"Nothing was changed in {place(request.channel)} yet.")
    zone = (await desk.standing(request.channel, request.now)).preferences.schedule.timezone
    items = tuple(
        Item(
            title=change.summary,
            notes=(
                _who(change, request),
                wording.when(change.at, zone),
                *(("taken back",) if change.undone else ()),
            ),
        )
        for change in changes
    )
    actions = (Action("Undo the last one", "undo"),) if any(not change.undone for change in changes) else ()
    footer = ("Kept for 180 days.",)
    return Answer(Card(title=f"Changes in {place(request.channel)}", items=items, actions=actions, footer=footer))


def _who(change: Change, request: Request) -> str:
    return "you" if change.by.id == request.person.id else change.by.name or "somebody"


def _line(change: Change, request: Request) -> str:
    by = _who(change, request)
    return f"{change.summary} (by {by}, {wording.short_day(change.at.date(), request.now.date())})."
