"""Taking changes back: which can be, how things stand then, and putting them so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from bot import wording
from bot.cards import Action
from bot.commands import policies, recording, snapshots
from bot.commands.desk import Desk
from bot.commands.questions import QUESTIONS
from bot.commands.replies import say
from bot.errors import Mistake
from bot.language import following, gettext, phrase, spelled
from bot.models import Preferences
from bot.ports.commands import Answer, Parameter, Request
from bot.ports.people import Change
from bot.topics import parse

_LOOKED: Final = 100
_BACK: Final = {
    "follow": phrase("“{name}” is not followed any more"),
    "unfollow": phrase("“{name}” is followed again"),
    "mute": phrase("“{name}” is not muted any more"),
    "unmute": phrase("“{name}” is muted again"),
}
"""How what was changed stands once the change is taken back."""


def _moment(text: str) -> datetime:
    """Read the moment of a change, as buttons write it."""
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Mistake(gettext("“{text}” is not the moment of a change.", text=text[:40]), "undo") from error


OF: Final = Parameter(
    "of",
    "The moment of the change; buttons fill it in",
    _moment,
    example="2026-11-24T08:00:00+00:00",
    hidden=True,
)


async def standing(desk: Desk, request: Request) -> Sequence[Change]:
    """Return the changes of this channel that can be taken back, newest first.

    Who manages channels is the whole workspace's: once changed elsewhere, what was said of it here stands no more.
    """
    changes = [c for c in await desk.stores.audit.changes(request.channel, _LOOKED) if c.kind != "members"]
    policy = (await policies.workspace(desk, request.channel)).policy
    return [c for c in changes if not c.undone and (c.kind != "access" or c.after["policy"] == policy)]


def at(changes: Sequence[Change], moment: datetime) -> Change:
    """Return the change of a moment, as the last of its sort: of the channel, or of who manages channels.

    Raises `bot.errors.Mistake` when it is not that any more.
    """
    last = {change.kind == "access": change for change in reversed(changes)}
    found = next((change for change in last.values() if change.at == moment), None)
    if found is None:
        raise Mistake(
            gettext(
                "That change was taken back already, or others came after it; “{command}” shows them.",
                command=spelled("log"),
            ),
            "undo",
        )
    return found


async def back(desk: Desk, request: Request, change: Change) -> Answer:
    """Take a change back; dry, say what that would do."""
    again = wording.listing(list(_again(change, desk.called(request.channel))))
    day = wording.short_day(change.at.date(), request.now.date())
    by = gettext("Changed by {who} on {day}.", who=who(change, request), day=day)
    if change.by.id == request.person.id:
        by = gettext("Changed by you on {day}.", day=day)
    if request.dry:
        return say(gettext("With that taken back, {again}. {by}", again=again, by=by))
    await _revert(desk, request, change)
    await desk.stores.audit.undone(change.id)
    return say(gettext("Taken back: {again}. {by}", again=again, by=by), Action(gettext("Log"), "log"))


def who(change: Change, request: Request) -> str:
    """Name whoever made a change."""
    return following(gettext("You")) if change.by.id == request.person.id else change.by.name or gettext("somebody")


def author(change: Change, request: Request) -> str:
    """Say who made a change: "by you", "by Ada"."""
    if change.by.id == request.person.id:
        return gettext("by you")
    return gettext("by {who}", who=change.by.name or gettext("somebody"))


def _again(change: Change, called: Callable[[str], str]) -> Iterator[str]:
    """Say how things stand once a change is taken back: "“Time” is 09:00 again"."""
    if change.kind == "access":
        yield gettext("{who} manage channels again", who=policies.called(change.before["policy"]))
        return
    if change.kind == "follow" and change.before:
        label = parse(change.before["topic"]).label
        if change.before["alerts"]:
            yield gettext("“{label}” sends each paper at once again", label=label)
        else:
            yield gettext("“{label}” feeds the digest again", label=label)
        return
    if change.kind != "preferences":
        yield gettext(_BACK[change.kind], name=_named(change.after or change.before))
        return
    before, after = (snapshots.preferences(data["preferences"]) for data in (change.before, change.after))
    told = list(_differences(before, after, called))
    for kind, topics in (("follow", change.after.get("topics", ())), ("unfollow", change.before.get("topics", ()))):
        told += [gettext(_BACK[kind], name=_named(data)) for data in topics]
    yield from told or [gettext("the next digest comes as before")]


def _named(data: Mapping[str, Any]) -> str:
    """Return what people call what a change was about: a topic, or a paper that was muted."""
    if "topic" in data:
        return parse(data["topic"]).label
    # Changes that were kept before names were have none.
    return str(data.get("name") or (parse(data["value"]).label if data["kind"] == "topic" else data["value"]))


def _differences(before: Preferences, after: Preferences, called: Callable[[str], str]) -> Iterator[str]:
    if before.on != after.on:
        yield gettext("the digest is on again") if before.on else gettext("the digest is off again")
    if before.paused != after.paused:
        yield gettext("everything is paused again") if before.paused else gettext("nothing is paused any more")
    for question in QUESTIONS:
        if question.shown(before) != question.shown(after):
            yield gettext(
                "“{label}” is {value} again", label=gettext(question.label), value=question.said(before, called)
            )


async def _revert(desk: Desk, request: Request, change: Change) -> None:
    stores, channel = desk.stores, request.channel
    match change.kind:
        case "preferences":
            await _restore(desk, request, change)
        case "access":
            await _release(desk, request, change)
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


async def _release(desk: Desk, request: Request, change: Change) -> None:
    """Let those manage again who did before; whoever the change made a manager is none any more."""
    known = await policies.workspace(desk, request.channel)
    made = change.by.id if change.after["named"] else ""
    rest = tuple(manager for manager in known.managers if manager != made)
    before = policies.under(replace(known, managers=rest), change.before["policy"], request.person)
    await desk.stores.workspaces.put(before)
