"""Undo of audit log changes: which can be undone, what that changes, and restoring the old state."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from bot.cards.models import Action
from bot.commands.admin import policies
from bot.commands.answers import build_text_answer
from bot.commands.context import CommandContext
from bot.commands.preferences import save, snapshots
from bot.commands.preferences.fields import SETTING_FIELDS
from bot.domain.preferences import Preferences
from bot.domain.topics.parser import parse_topic
from bot.errors import Mistake
from bot.i18n import formatting
from bot.i18n.formatting import format_after_colon, format_command
from bot.i18n.translation import gettext, phrase
from bot.ports.audit import Change
from bot.ports.commands import Answer, Parameter, Request
from bot.reasons.reason import format_reason

_MAX_CHANGES: Final = 100
_REVERTED_PHRASES: Final = {
    "follow": phrase("“{name}” is not followed any more"),
    "unfollow": phrase("“{name}” is followed again"),
    "mute": phrase("“{name}” is not muted any more"),
    "unmute": phrase("“{name}” is muted again"),
}
"""How what was changed stands once the change is taken back."""


def _read_moment(text: str) -> datetime:
    """Read the moment of a change, as buttons write it."""
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Mistake(gettext("“{text}” is not the moment of a change.", text=text[:40]), "undo") from error


MOMENT_PARAMETER: Final = Parameter(
    "of",
    "The moment of the change; buttons fill it in",
    _read_moment,
    example="2026-11-24T08:00:00+00:00",
    hidden=True,
)


async def list_undoable_changes(context: CommandContext, request: Request) -> Sequence[Change]:
    """Return the changes of this channel that can be taken back, newest first.

    Who manages channels is the whole workspace's: once changed elsewhere, what was said of it here stands no more.
    """
    changes = [c for c in await context.stores.audit.list_changes(request.channel, _MAX_CHANGES) if c.kind != "members"]
    policy = (await policies.load_workspace(context, request.channel)).policy
    return [c for c in changes if not c.undone and (c.kind != "access" or c.after["policy"] == policy)]


def find_change(changes: Sequence[Change], moment: datetime) -> Change:
    """Return the change of a moment, as the last of its sort: of the channel, or of who manages channels.

    Raises `bot.errors.Mistake` when it is not that any more.
    """
    last = {change.kind == "access": change for change in reversed(changes)}
    matching_change = next((change for change in last.values() if change.at == moment), None)
    if matching_change is None:
        raise Mistake(
            gettext(
                "That change was taken back already, or others came after it; “{command}” shows them.",
                command=format_command("log"),
            ),
            "undo",
        )
    return matching_change


async def undo_change(context: CommandContext, request: Request, change: Change) -> Answer:
    """Take a change back; dry, say what that would do."""
    again = formatting.format_list(list(_describe_reverted_state(change, context.get_name_resolver(request.channel))))
    day = formatting.format_short_day(change.at.date(), request.now.date())
    by = gettext("Changed by {who} on {day}.", who=format_author(change, request), day=day)
    if change.changed_by.id == request.person.id:
        by = gettext("Changed by you on {day}.", day=day)
    if request.dry_run:
        return build_text_answer(gettext("With that taken back, {again}. {by}", again=again, by=by))
    await _revert_change(context, request, change)
    await context.stores.audit.set_undone(change.id)
    return build_text_answer(gettext("Taken back: {again}. {by}", again=again, by=by), Action(gettext("Log"), "log"))


def format_author(change: Change, request: Request) -> str:
    """Name whoever made a change."""
    return (
        format_after_colon(gettext("You"))
        if change.changed_by.id == request.person.id
        else change.changed_by.name or gettext("somebody")
    )


def format_by_author(change: Change, request: Request) -> str:
    """Say who made a change: "by you", "by Ada"."""
    if change.changed_by.id == request.person.id:
        return gettext("by you")
    return gettext("by {who}", who=change.changed_by.name or gettext("somebody"))


def _describe_reverted_state(change: Change, resolve_name: Callable[[str], str]) -> Iterator[str]:
    """Say how things stand once a change is taken back: "“Time” is 09:00 again"."""
    if change.kind == "access":
        holders = policies.get_policy_holders(change.before["policy"])
        yield gettext("{who} manage channels again", who=format_reason(holders))
        return
    if change.kind == "follow" and change.before:
        label = parse_topic(change.before["topic"]).label
        if change.before["alerts"]:
            yield gettext("“{label}” sends each paper at once again", label=label)
        else:
            yield gettext("“{label}” feeds the digest again", label=label)
        return
    if change.kind != "preferences":
        yield gettext(_REVERTED_PHRASES[change.kind], name=_format_change_target(change.after or change.before))
        return
    before, after = (snapshots.decode_preferences(data["preferences"]) for data in (change.before, change.after))
    phrases = list(_describe_reverted_fields(before, after, resolve_name))
    for kind, topics in (("follow", change.after.get("topics", ())), ("unfollow", change.before.get("topics", ()))):
        phrases += [gettext(_REVERTED_PHRASES[kind], name=_format_change_target(data)) for data in topics]
    yield from phrases or [gettext("the next digest comes as before")]


def _format_change_target(data: Mapping[str, Any]) -> str:
    """Return what people call what a change was about: a topic, or a paper that was muted."""
    if "topic" in data:
        return parse_topic(data["topic"]).label
    # Changes that were kept before names were have none.
    return str(data.get("name") or (parse_topic(data["value"]).label if data["kind"] == "topic" else data["value"]))


def _describe_reverted_fields(
    before: Preferences, after: Preferences, resolve_name: Callable[[str], str]
) -> Iterator[str]:
    if before.on != after.on:
        yield gettext("the digest is on again") if before.on else gettext("the digest is off again")
    if before.paused != after.paused:
        yield gettext("everything is paused again") if before.paused else gettext("nothing is paused any more")
    for question in SETTING_FIELDS:
        if question.format_value(before) != question.format_value(after):
            yield gettext(
                "“{label}” is {value} again",
                label=gettext(question.label),
                value=question.describe_value(before, resolve_name),
            )


async def _revert_change(context: CommandContext, request: Request, change: Change) -> None:
    stores, channel = context.stores, request.channel
    match change.kind:
        case "preferences":
            await _restore_preferences(context, request, change)
        case "access":
            await _restore_access(context, request, change)
        case "follow" if change.before:  # it was followed already, and only comes another way
            await stores.follows.add(snapshots.decode_follow(channel, request.person, change.before))
        case "follow":
            await stores.follows.remove(channel, change.after["topic"])
        case "unfollow":
            await stores.follows.add(snapshots.decode_follow(channel, request.person, change.before))
        case "mute":
            await stores.mutes_and_saves.unmute(channel, change.after["kind"], change.after["value"])
        case "unmute":
            kind, value = change.before["kind"], change.before["value"]
            await stores.mutes_and_saves.mute(channel, kind, value, request.person, request.now)


async def _restore_preferences(context: CommandContext, request: Request, change: Change) -> None:
    """Put back preferences, and the topics that were changed with them."""
    before = snapshots.decode_preferences(change.before["preferences"])
    channel_state = await context.load_channel_state(request)
    former_next_run = datetime.fromisoformat(change.before["next"]) if "next" in change.before else None
    if former_next_run and former_next_run > request.now:
        await context.stores.channels.save_preferences(request.channel, before, former_next_run)
    elif former_next_run is None and save.get_timing(before) == save.get_timing(channel_state.preferences):
        await context.stores.channels.save_preferences(
            request.channel, before, channel_state.next_run, channel_state.due
        )
    else:
        await context.stores.channels.save_preferences(
            request.channel, before, save.compute_next_run(before, request.now)
        )
    for data in change.after.get("topics", ()):
        await context.stores.follows.remove(request.channel, data["topic"])
    for data in change.before.get("topics", ()):
        await context.stores.follows.add(snapshots.decode_follow(request.channel, request.person, data))


async def _restore_access(context: CommandContext, request: Request, change: Change) -> None:
    """Let those manage again who did before; whoever the change made a manager is none any more."""
    known = await policies.load_workspace(context, request.channel)
    made = change.changed_by.id if change.after["named"] else ""
    rest = tuple(manager for manager in known.managers if manager != made)
    before = policies.apply_policy(replace(known, managers=rest), change.before["policy"], request.person)
    await context.stores.workspaces.save(before)
