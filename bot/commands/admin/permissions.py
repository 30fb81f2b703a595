"""The digest access command: permissions, who may manage digests and topics in a workspace."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.cards.models import Action
from bot.commands.admin import policies
from bot.commands.admin.undo import MOMENT_PARAMETER, find_change, list_undoable_changes, undo_change
from bot.commands.answers import build_text_answer
from bot.commands.context import CommandContext
from bot.i18n.formatting import format_after_colon, join_sentences
from bot.i18n.translation import gettext
from bot.ports.commands import Answer, Audience, Command, Parameter, ParameterType, Request
from bot.ports.features import Feature
from bot.ports.workspaces import Workspace
from bot.reasons.reason import Reason


def build_commands(context: CommandContext) -> tuple[Command, ...]:
    """Return the commands of this file."""
    who = Parameter(
        "who",
        "members, admins, managers, or the id of a user group",
        policies.read_policy,
        ParameterType.USER_GROUP,
        example="admins",
        choices=tuple(policies.POLICIES),
        takes_rest=True,
    )
    return (
        Command(
            "digest access",
            "Who may manage digests and topics",
            partial(change_access, context),
            (who, replace(MOMENT_PARAMETER, summary="The moment of a change to take back; buttons fill it in")),
            Audience.ADMINS,
            "digest access admins",
            "Searching, reading and following for oneself are for everybody, whatever is chosen.",
            feature=Feature.ACCESS_POLICY,
        ),
    )


async def change_access(
    context: CommandContext, request: Request, *, who: str | None = None, of: datetime | None = None
) -> Answer:
    """Tell who may, change it, or take the change *of* a moment back."""
    if of is not None:
        changes = [change for change in await list_undoable_changes(context, request) if change.kind == "access"]
        return await undo_change(context, request, find_change(changes, of))
    workspace = await policies.load_workspace(context, request.channel)
    if who is None or request.dry_run:
        names = policies.POLICIES
        others = tuple(Action(gettext(policies.POLICY_LABELS[name]), "digest access", {"who": name}) for name in names)
        return build_text_answer(f"{policies.describe_policy(workspace.policy if who is None else who)}.", *others)
    new_workspace = policies.apply_policy(workspace, who, request.person)
    if new_workspace == workspace:
        return build_text_answer(
            gettext("Nothing was changed: {sentence}.", sentence=format_after_colon(policies.describe_policy(who)))
        )
    return await _save_policy(context, request, workspace, new_workspace)


async def _save_policy(context: CommandContext, request: Request, old: Workspace, new: Workspace) -> Answer:
    """Keep what was decided. The trail is the channel's in which it was said; the person's id is not repeated in it."""
    await context.stores.workspaces.save(new)
    adds_manager = new.managers != old.managers
    after = {"policy": new.policy, "named": adds_manager}
    summary = _summarize_change(old.policy, new.policy, adds_manager=adds_manager)
    await context.stores.audit.record_change(
        request.channel,
        request.person,
        "access",
        summary,
        request.now,
        before={"policy": old.policy},
        after=after,
    )
    first = gettext("No manager was known, so you are the first.") if adds_manager else ""
    undo = Action(gettext("Undo"), "digest access", {"of": request.now.isoformat()})
    return build_text_answer(
        join_sentences(
            gettext("From now on: {sentence}.", sentence=format_after_colon(policies.describe_policy(new.policy))),
            first,
        ),
        undo,
    )


def _summarize_change(before: str, after: str, *, adds_manager: bool) -> Reason:
    if before == after:
        return Reason("access.first_manager")
    changed = Reason(
        "access.changed", before=policies.get_policy_holders(before), after=policies.get_policy_holders(after)
    )
    return Reason("access.changed_first_manager", change=changed) if adds_manager else changed
