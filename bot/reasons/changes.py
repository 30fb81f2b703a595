"""The lines of the audit log: what somebody changed, and whom that lets manage channels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.i18n.translation import phrase

SETTINGS_CHANGED: Final = "settings.changed"
"""Its value ``changes`` is in English; in another language it is written anew, from what was set before and after."""

CHANGE_SENTENCES: Final[Mapping[str, str]] = {
    "access.changed": phrase("changes who manages channels from {before} to {after}"),
    "access.changed_first_manager": phrase("{change}, and becomes the first manager"),
    "access.first_manager": phrase("becomes the first manager"),
    "digest.turned_off": phrase("turns the digest off"),
    "digest.turned_on": phrase("turns the digest on"),
    "digest.paused_until": phrase("pauses the digest until {day}"),
    "digest.set_up": phrase("sets the digest up"),
    "follow.added": phrase("follows “{label}”"),
    "follow.at_once": phrase("“{label}” now sends each paper at once"),
    "follow.in_digest": phrase("“{label}” now feeds the digest"),
    "follow.removed": phrase("unfollows “{label}”"),
    "member.excluded": phrase("excludes a member"),
    "member.limit": phrase("limits members’ follows: {before} → {number}"),
    "member.readmitted": phrase("readmits a member"),
    "mute.added": phrase("mutes “{name}”"),
    "mute.removed": phrase("unmutes “{name}”"),
    "policy.admins": phrase("admins"),
    "policy.managers": phrase("managers"),
    "policy.members": phrase("members"),
    "policy.user_group": phrase("members of the user group {group}"),
    "posts.paused": phrase("pauses everything"),
    "posts.resumed": phrase("resumes"),
    SETTINGS_CHANGED: phrase("sets {changes}"),
}
