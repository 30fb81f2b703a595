"""Workspace policies: who manages channels (members, admins, managers or a user group)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from bot.commands.context import CommandContext
from bot.domain.channels import Channel
from bot.domain.people import Person
from bot.errors import Mistake
from bot.i18n.translation import gettext, phrase
from bot.ports.workspaces import Workspace
from bot.reasons.reason import Reason

POLICIES: Final = {
    "members": ("", phrase("Whoever is in a channel manages it")),
    "admins": ("admins", phrase("Admins of the workspace manage its channels")),
    "managers": ("managers", phrase("Only those manage channels who set Broadsheet up")),
}
"""What people type, with the policy that it is and the sentence that tells of it."""
POLICY_LABELS: Final = {"members": phrase("Members"), "admins": phrase("Admins"), "managers": phrase("Managers")}
_USER_GROUP_ID: Final = re.compile(r"S[A-Z0-9]{5,20}")
_USER_GROUP_PREFIX: Final = "group:"


def read_policy(text: str) -> str:
    """Return the policy that somebody typed; raises `bot.errors.Mistake`."""
    chosen = text.strip()
    if chosen.casefold() in POLICIES:
        return POLICIES[chosen.casefold()][0]
    if _USER_GROUP_ID.fullmatch(chosen.upper()):
        return f"{_USER_GROUP_PREFIX}{chosen.upper()}"
    raise Mistake(
        gettext("“{chosen}” is neither members, admins, managers nor a user group.", chosen=chosen[:40]), "admins"
    )


def describe_policy(policy: str) -> str:
    """Tell of a policy, without the full stop."""
    known = next((sentence for value, sentence in POLICIES.values() if value == policy), "")
    return gettext(known) or gettext(
        "Members of the user group {group} manage the channels they are in",
        group=policy.removeprefix(_USER_GROUP_PREFIX),
    )


def get_policy_holders(policy: str) -> Reason:
    """Return whom a policy means: "admins"."""
    known = next((name for name, (value, _) in POLICIES.items() if value == policy), "")
    if known:
        return Reason(f"policy.{known}")
    return Reason("policy.user_group", group=policy.removeprefix(_USER_GROUP_PREFIX))


async def load_workspace(context: CommandContext, channel: Channel) -> Workspace:
    """Return a channel's workspace, also one that is not known yet."""
    known = await context.stores.workspaces.get(channel.platform, channel.workspace)
    return known or Workspace(channel.platform, channel.workspace)


def apply_policy(workspace: Workspace, policy: str, by: Person) -> Workspace:
    """Return a workspace under a policy.

    Where only managers may and none is known, as with a token that nobody installed, *by* becomes the first of them:
    else nobody could manage anything.
    """
    nobody = policy == "managers" and not workspace.managers
    return replace(workspace, policy=policy, managers=(by.id,) if nobody else workspace.managers)
