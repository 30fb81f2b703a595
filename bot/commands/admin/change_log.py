"""The log and undo commands: the audit log of a channel, and undoing its last change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from bot.cards.models import Action, Card, Item
from bot.commands.admin import undo
from bot.commands.answers import build_text_answer
from bot.commands.context import CommandContext, format_in_channel
from bot.commands.digest import settings
from bot.commands.preferences import snapshots
from bot.domain.topics.parser import parse_topic
from bot.i18n import formatting
from bot.i18n.translation import gettext
from bot.ports.audit import Change
from bot.ports.commands import Answer, Audience, Command, Request
from bot.reasons.changes import SETTINGS_CHANGED
from bot.reasons.reason import Reason, format_reason

_MAX_CHANGES: Final = 20


def build_commands(context: CommandContext) -> tuple[Command, ...]:
    """Return the commands of this file."""
    return (
        Command(
            "undo",
            "Take back the last change here",
            partial(undo_last_change, context),
            (undo.MOMENT_PARAMETER,),
            Audience.MANAGERS,
            "undo",
        ),
        Command(
            "log",
            "Who changed what here, and when",
            partial(show_change_log, context),
            (),
            Audience.MANAGERS,
            "log",
            reads_only=True,
        ),
    )


async def undo_last_change(context: CommandContext, request: Request, of: datetime | None = None) -> Answer:
    """Take back the last change here; a button's must still be the one *of* its moment."""
    changes = await undo.list_undoable_changes(context, request)
    if not (changes or of):
        return build_text_answer(gettext("There is nothing to take back here."))
    last = undo.find_change(changes, of) if of else changes[0]
    if last.kind == "access" and not await context.can_manage_workspace(request):
        return _refer_to_admins(last, changes)
    return await undo.undo_change(context, request, last)


def _refer_to_admins(last: Change, changes: Sequence[Change]) -> Answer:
    """Leave a change of who manages channels to those who may decide that, and offer the last one besides.

    Some platforms tell who runs a workspace only for the command that is theirs: the button asks once more.
    """
    others = [change for change in changes if change.kind != "access"][:1]
    return build_text_answer(
        gettext("The last change here is about who manages channels; only admins may take it back."),
        Action(gettext("Take it back"), "digest access", {"of": last.at.isoformat()}),
        *(Action(gettext("Undo the one before"), "undo", {"of": change.at.isoformat()}) for change in others),
    )


def _describe_change(change: Change, resolve_name: Callable[[str], str]) -> str:
    """Say what was changed; settings are named anew, in the language of who looks."""
    if change.summary.code != SETTINGS_CHANGED:
        return format_reason(change.summary)
    before, after = (snapshots.decode_preferences(data["preferences"]) for data in (change.before, change.after))
    new, gone = (
        [parse_topic(data["topic"]) for data in held.get("topics", ())] for held in (change.after, change.before)
    )
    changes = settings.describe_changes(before, after, new, gone, resolve_name)
    return format_reason(Reason(SETTINGS_CHANGED, changes=changes))


async def show_change_log(context: CommandContext, request: Request) -> Answer:
    """List the latest changes."""
    changes = await context.stores.audit.list_changes(request.channel, _MAX_CHANGES)
    if not changes:
        return build_text_answer(
            gettext("Nothing was changed {inside} yet.", inside=format_in_channel(request.channel))
        )
    zone = (await context.load_channel_state(request)).preferences.schedule.timezone
    called = context.get_name_resolver(request.channel)
    items = tuple(
        Item(
            title=_describe_change(change, called),
            notes=(
                # Right behind what was done, "you" would read as a part of it.
                formatting.format_moment(change.at, zone),
                undo.format_by_author(change, request),
                *((gettext("taken back"),) if change.undone else ()),
            ),
        )
        for change in changes
    )
    actions = (
        (Action(gettext("Undo the last one"), "undo"),) if await undo.list_undoable_changes(context, request) else ()
    )
    footer = (gettext("Kept for 180 days."),)
    return Answer(
        Card(
            title=gettext("Changes {inside}", inside=format_in_channel(request.channel)),
            items=items,
            actions=actions,
            footer=footer,
        )
    )
