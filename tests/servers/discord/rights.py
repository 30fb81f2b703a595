"""Permissions, and who has which where: https://docs.discord.com/developers/topics/permissions."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

ADD_REACTIONS: Final = 1 << 6
ADMINISTRATOR: Final = 1 << 3
MANAGE_CHANNELS: Final = 1 << 4
MANAGE_GUILD: Final = 1 << 5
VIEW: Final = 1 << 10
SEND: Final = 1 << 11
MANAGE_MESSAGES: Final = 1 << 13
EMBED_LINKS: Final = 1 << 14
READ_HISTORY: Final = 1 << 16
MENTION_EVERYONE: Final = 1 << 17
USE_COMMANDS: Final = 1 << 31
MANAGE_THREADS: Final = 1 << 34
CREATE_THREADS: Final = 1 << 35
SEND_IN_THREADS: Final = 1 << 38

ALL: Final = ((1 << 53) - 1) & ~ADMINISTRATOR
"""Every permission but that of an administrator, who needs no other."""
EVERYONE: Final = (
    VIEW | SEND | ADD_REACTIONS | READ_HISTORY | EMBED_LINKS | USE_COMMANDS | CREATE_THREADS | SEND_IN_THREADS
)
"""What members of a new server may do, as far as it matters here."""

Overwrite = dict[str, Any]


def overwrite(id_: str, *, member: bool, allow: int = 0, deny: int = 0) -> Overwrite:
    """Return the exception that a channel makes for a member or a role."""
    return {"id": id_, "type": int(member), "allow": str(allow), "deny": str(deny)}


def resolve(basis: int, everyone: str, roles: Collection[str], member: str, overwrites: list[Overwrite]) -> int:
    """Return what is left and added by a channel's exceptions: for everyone, for the roles, for the member."""
    if basis & ADMINISTRATOR:
        return ALL | ADMINISTRATOR
    for ids in ({everyone}, set(roles) - {everyone}, {member}):
        here = [one for one in overwrites if one["id"] in ids]
        for one in here:
            basis &= ~int(one["deny"])
        for one in here:
            basis |= int(one["allow"])
    return basis
