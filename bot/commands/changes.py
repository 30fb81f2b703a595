"""What was changed here, by whom; and taking the last change back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Final

from bot import wording
from bot.cards import Action, Card, Item
from bot.commands import recording, snapshots
from bot.commands.desk import Desk, inside
from bot.commands.following import manner
from bot.commands.questions import QUESTIONS
from bot.commands.replies import say
from bot.errors import Mistake
from bot.models import Preferences
from bot.ports.commands import Answer, Audience, Command, Parameter, Request
from bot.ports.people import Change
from bot.topics import parse

_LOOKED: Final = 100
_SHOWN: Final = 20
_BACK: Final = {
    "follow": "is not followed any more",
    "unfollow": "is followed again",
    "mute": "is not muted any more",
    "unmute": "is muted again",
}
"""How what was changed stands once the change is taken back."""
_FLAGS: Final = {"yes": "on", "no": "off"}


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
    again = wording.listing(list(_again(last)))
    by = f"Changed by {_who(last, request)} on {wording.short_day(last.at.date(), request.now.date())}."
    if request.dry:
        return say(f"With that taken back, {again}. {by}")
    await _revert(desk, request, last)
    await desk.stores.audit.undone(last.id)
    return say(f"Taken back: {again}. {by}", Action("Log", "log"))


def _again(change: Change) -> Iterator[str]:
    """Say how things stand once a change is taken back: "“Time” is 09:00 again"."""
    if change.kind == "follow" and change.before:
        yield f"“{parse(change.before['topic']).label}” {manner(alerts=change.before['alerts'])} again"
        return
    if change.kind != "preferences":
        _, _, what = change.summary.partition(" ")  # "follows “diffusion”"
        yield f"{what} {_BACK[change.kind]}"
        return
    before, after = (snapshots.preferences(data["preferences"]) for data in (change.before, change.after))
    told = list(_differences(before, after))
    for kind, topics in (("follow", change.after.get("topics", ())), ("unfollow", change.before.get("topics", ()))):
        told += [f"“{parse(data['topic']).label}” {_BACK[kind]}" for data in topics]
    yield from told or ["the next digest comes as before"]


def _differences(before: Preferences, after: Preferences) -> Iterator[str]:
    if before.on != after.on:
        yield f"the digest is {'on' if before.on else 'off'} again"
    if before.paused != after.paused:
        yield "everything is paused again" if before.paused else "nothing is paused any more"
    for question in QUESTIONS:
        if (value := question.shown(before)) != question.shown(after):
            yield f"“{question.label}” is {_FLAGS.get(value, value)} again"


async def _revert(desk: Desk, request: Request, change: Change) -> None:
    stores, channel = desk.stores, request.channel
    match change.kind:
        case "preferences":
            await _restore(desk, request, change)
        case "follow" if change.before:  # it was followed already, and only comes another way
            await stores.follows.add(snapshots.follow(channel, request.person, change.before))
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
    standing = await desk.standing(request)
    moved = datetime.fromisoformat(change.before["next"]) if "next" in change.before else None
    if moved and moved > request.now:
        await desk.stores.channels.set(request.channel, before, moved)
    elif moved is None and recording.timing(before) == recording.timing(standing.preferences):
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
        return say(f"Nothing was changed {inside(request.channel)} yet.")
    zone = (await desk.standing(request)).preferences.schedule.timezone
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
    return Answer(Card(title=f"Changes {inside(request.channel)}", items=items, actions=actions, footer=footer))


def _who(change: Change, request: Request) -> str:
    return "you" if change.by.id == request.person.id else change.by.name or "somebody"
