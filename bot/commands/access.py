"""Who may change what is posted: everybody in a channel, or those whom the workspace names."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Final

from bot.cards import Action
from bot.commands.desk import Desk
from bot.commands.replies import say
from bot.errors import Mistake
from bot.ports.commands import Answer, Audience, Command, Parameter, Request
from bot.ports.places import Workspace

_GROUP: Final = re.compile(r"S[A-Z0-9]{5,20}")
_WHO: Final = {
    "members": ("", "Whoever is in a channel manages it"),
    "admins": ("admins", "Admins of the workspace manage its channels"),
    "managers": ("managers", "Only those manage channels who set Broadsheet up"),
}


def commands(desk: Desk) -> tuple[Command, ...]:
    """Return the commands of this file."""
    who = Parameter(
        "who",
        "members, admins, managers, or the id of a user group",
        _read,
        example="admins",
        choices=tuple(_WHO),
    )
    return (
        Command(
            "digest access",
            "Who may manage digests and topics",
            partial(access, desk),
            (replace(who, rest=True),),
            Audience.ADMINS,
            "digest access admins",
            "Searching, reading and following for oneself are for everybody, whatever is chosen.",
        ),
    )


async def access(desk: Desk, request: Request, *, who: str | None = None) -> Answer:
    """Tell who may, or change it."""
    platform, identity = request.channel.platform, request.channel.workspace
    known = await desk.stores.workspaces.get(platform, identity) or Workspace(platform, identity)
    if who is None or request.dry:
        others = tuple(Action(name.capitalize(), "digest access", {"who": name}) for name in _WHO)
        return say(f"{_said(known.policy if who is None else who)}.", *others)
    await desk.stores.workspaces.put(replace(known, policy=who))
    return say(f"From now on: {_said(who)[0].lower()}{_said(who)[1:]}.")


def _read(text: str) -> str:
    chosen = text.strip()
    if chosen.casefold() in _WHO:
        return _WHO[chosen.casefold()][0]
    if _GROUP.fullmatch(chosen.upper()):
        return f"group:{chosen.upper()}"
    raise Mistake(f"“{chosen[:40]}” is neither members, admins, managers nor a user group.", "admins")


def _said(policy: str) -> str:
    known = next((sentence for value, sentence in _WHO.values() if value == policy), "")
    return known or f"Members of the user group {policy.removeprefix('group:')} manage the channels they are in"
