"""Discord’s JSON error codes: groups by what they cost, with the reasons that people read.

The codes are Discord's (https://docs.discord.com/developers/topics/opcodes-and-status-codes#json); the grouping is
ours. No code is in two groups.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from bot.i18n.translation import phrase

_FORBIDDEN_REASON: Final = phrase(
    "Broadsheet may not post there; “doctor” and “status” name the permission that it lacks"
)

CHANNEL_ERRORS: Final[Mapping[int, str]] = {
    10003: phrase("the channel was deleted, or Broadsheet does not see it any more"),
    10013: phrase("Discord does not know the person any more"),
    40067: phrase("the forum asks for a tag on every post; make one there that is named “Papers”"),
    50001: phrase("Broadsheet does not see the channel; give it the permission View Channel"),
    50007: phrase("direct messages are closed"),
    50008: phrase("this kind of channel takes no messages"),
    50013: _FORBIDDEN_REASON,
    50024: phrase("this kind of channel takes no messages"),
    50033: phrase("Discord does not know the person any more"),
    50083: phrase("the thread is archived and can’t be opened by Broadsheet"),
    50278: phrase("no server is shared with Broadsheet any more"),
    160002: _FORBIDDEN_REASON,
    160005: phrase("the thread is locked"),
}
"""The channel takes nothing any more: why, as people read it."""

MISSING_PERMISSIONS: Final = 50013
"""A permission is missing; Discord does not say which."""

THREAD_ARCHIVED: Final = 50083

THREAD_ERRORS: Final = frozenset({10003, THREAD_ARCHIVED, 160005})
"""Those of the channel's that are the thread's, or the forum post's, where something is said or changed in one."""

HISTORY_ERRORS: Final = frozenset({50001, 50013})
"""Those of the channel's that mean, where something is looked up, that Broadsheet may not read it."""

GUILD_ERRORS: Final[Mapping[int, str]] = {10004: phrase("it was removed from the server")}
"""No channel of the server takes anything any more."""

TOKEN_ERRORS: Final = frozenset({0, 40001, 40002, 50014})
"""The bot itself is turned down; the gateway says so too, and the program ends."""

TRANSIENT_ERRORS: Final = frozenset({20016, 20022, 20028, 20029, 30046, 40003, 40004, 40006, 40062, 130000, 160006})
"""Nothing was done; the same request works later."""

MESSAGE_ERRORS: Final = frozenset({10002, 10007, 10008, 10014, 10015, 10062, 40060, 40094, 50005, 50027, 160004})
"""What this message edits, answers or belongs to is gone or was answered; the channel is as good as before."""

REQUEST_ERRORS: Final = frozenset(
    {10011, 40005, 50006, 50016, 50035, 50036, 50041, 50068, 50109, 90001, 110000, 200000, 200001, 240000}
)
"""The request itself is wrong, or its text was kept back by the server's own rules."""

ERROR_GROUPS: Final[Mapping[str, Collection[int]]] = {
    "channel": CHANNEL_ERRORS,
    "server": GUILD_ERRORS,
    "token": TOKEN_ERRORS,
    "later": TRANSIENT_ERRORS,
    "message": MESSAGE_ERRORS,
    "ours": REQUEST_ERRORS,
}
