"""Who may change what is posted: everybody in a channel, or those whom the workspace names."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.cards import Action
from bot.commands import policies, undoing
from bot.commands.desk import Desk
from bot.commands.replies import say
from bot.language import ENGLISH, following, gettext, joined, speaking
from bot.ports.commands import Answer, Audience, Command, Parameter, Request
from bot.ports.places import Workspace


def commands(desk: Desk) -> tuple[Command, ...]:
    """Return the commands of this file."""
    who = Parameter(
        "who",
        "members, admins, managers, or the id of a user group",
        policies.read,
        example="admins",
        choices=tuple(policies.WHO),
        rest=True,
    )
    return (
        Command(
            "digest access",
            "Who may manage digests and topics",
            partial(access, desk),
            (who, replace(undoing.OF, summary="The moment of a change to take back; buttons fill it in")),
            Audience.ADMINS,
            "digest access admins",
            "Searching, reading and following for oneself are for everybody, whatever is chosen.",
            # A Discord server says it in its own settings, under “Integrations”.
            platforms=("slack", "web"),
        ),
    )


async def access(desk: Desk, request: Request, *, who: str | None = None, of: datetime | None = None) -> Answer:
    """Tell who may, change it, or take the change *of* a moment back."""
    if of is not None:
        changes = [change for change in await undoing.standing(desk, request) if change.kind == "access"]
        return await undoing.back(desk, request, undoing.at(changes, of))
    known = await policies.workspace(desk, request.channel)
    if who is None or request.dry:
        names = policies.WHO
        others = tuple(Action(gettext(policies.BUTTONS[name]), "digest access", {"who": name}) for name in names)
        return say(f"{policies.sentence(known.policy if who is None else who)}.", *others)
    wanted = policies.under(known, who, request.person)
    if wanted == known:
        return say(gettext("Nothing was changed: {sentence}.", sentence=following(policies.sentence(who))))
    return await _keep(desk, request, known, wanted)


async def _keep(desk: Desk, request: Request, known: Workspace, wanted: Workspace) -> Answer:
    """Keep what was decided. The trail is the channel's in which it was said; the person's id is not repeated in it."""
    await desk.stores.workspaces.put(wanted)
    named = wanted.managers != known.managers
    after = {"policy": wanted.policy, "named": named}
    with speaking(ENGLISH):
        summary = _summary(known.policy, wanted.policy, named=named)
    await desk.stores.audit.note(
        request.channel,
        request.person,
        "access",
        summary,
        request.now,
        before={"policy": known.policy},
        after=after,
    )
    first = gettext("No manager was known, so you are the first.") if named else ""
    undo = Action(gettext("Undo"), "digest access", {"of": request.now.isoformat()})
    return say(
        joined(gettext("From now on: {sentence}.", sentence=following(policies.sentence(wanted.policy))), first),
        undo,
    )


def _summary(before: str, after: str, *, named: bool) -> str:
    if before == after:
        return gettext("becomes the first manager")
    changed = gettext(
        "changes who manages channels from {before} to {after}",
        before=policies.called(before),
        after=policies.called(after),
    )
    return gettext("{change}, and becomes the first manager", change=changed) if named else changed
