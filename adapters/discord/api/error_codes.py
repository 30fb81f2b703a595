"""Discord’s JSON error codes: groups by what they cost, with the reasons that are recorded.

The codes are Discord's (https://docs.discord.com/developers/topics/opcodes-and-status-codes#json); the grouping is
ours. No code is in two groups.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from bot.reasons.reason import Reason

CHANNEL_ERRORS: Final[Mapping[int, Reason]] = {
    10003: Reason("channel.deleted_or_hidden"),
    10013: Reason("person.unknown_by_now"),
    40067: Reason("channel.tag_required"),
    50001: Reason("channel.hidden"),
    50007: Reason("person.direct_messages_closed"),
    50008: Reason("channel.no_messages"),
    50013: Reason("channel.permission_missing"),
    50024: Reason("channel.no_messages"),
    50033: Reason("person.unknown_by_now"),
    50083: Reason("thread.archived"),
    50278: Reason("person.no_shared_server"),
    160002: Reason("channel.permission_missing"),
    160005: Reason("thread.locked"),
}
"""The channel takes nothing any more, and why."""

MISSING_PERMISSIONS: Final = 50013
"""A permission is missing; Discord does not say which."""

THREAD_ARCHIVED: Final = 50083

THREAD_ERRORS: Final = frozenset({10003, THREAD_ARCHIVED, 160005})
"""Those of the channel's that are the thread's, or the forum post's, where something is said or changed in one."""

HISTORY_ERRORS: Final = frozenset({50001, 50013})
"""Those of the channel's that mean, where something is looked up, that Broadsheet may not read it."""

GUILD_ERRORS: Final[Mapping[int, Reason]] = {10004: Reason("installation.removed")}
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
