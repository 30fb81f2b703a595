"""Scopes and rate limits of every method that is spoken here.

Sources: the pages of https://docs.slack.dev/reference/methods and https://docs.slack.dev/apis/web-api/rate-limits.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Final

_READ: Final = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY: Final = ("channels:history", "groups:history", "im:history", "mpim:history")
_OPEN: Final = ("im:write", "mpim:write", "channels:manage", "groups:write")

T1, T2, T3, T4 = 1, 20, 50, 100
"""Calls a minute, for each method and workspace."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``scopes``: one of them is needed, or none. ``tier``: calls a minute; 0 has a rule of its own or none."""

    tier: int
    scopes: tuple[str, ...] = ()


RULES: Final = {
    "auth.test": Rule(0),
    "auth.revoke": Rule(T3),
    "apps.connections.open": Rule(T1, ("connections:write",)),
    "chat.postMessage": Rule(0, ("chat:write",)),
    "chat.update": Rule(T3, ("chat:write",)),
    "chat.delete": Rule(T3, ("chat:write",)),
    "chat.postEphemeral": Rule(T4, ("chat:write",)),
    "chat.unfurl": Rule(T3, ("links:write",)),
    "chat.getPermalink": Rule(0),
    "conversations.history": Rule(T3, _HISTORY),
    "conversations.replies": Rule(T3, _HISTORY),
    "conversations.info": Rule(T3, _READ),
    "conversations.join": Rule(T3, ("channels:join",)),
    "conversations.list": Rule(T2, _READ),
    "conversations.members": Rule(T4, _READ),
    "conversations.open": Rule(T3, _OPEN),
    "users.conversations": Rule(T3, _READ),
    "users.info": Rule(T4, ("users:read",)),
    "usergroups.list": Rule(T2, ("usergroups:read",)),
    "usergroups.users.list": Rule(T2, ("usergroups:read",)),
    "team.info": Rule(T3, ("team:read",)),
    "views.open": Rule(T4),
    "views.push": Rule(T4),
    "views.update": Rule(T4),
    "views.publish": Rule(T4),
    "oauth.v2.access": Rule(0),
}
ALL: Final = frozenset(scope for rule in RULES.values() for scope in rule.scopes if scope != "connections:write") | {
    "commands",
    "app_mentions:read",
    "links:read",
}
"""Every scope that a bot's token has here unless it is told otherwise; chat:write.public has to be asked for."""

RESTRICTED: Final = frozenset({"conversations.history", "conversations.replies"})
"""What apps that are distributed outside of the Marketplace may call once a minute, for 15 messages at most."""
RESTRICTED_PAGE: Final = 15
_BURST: Final = 4
"""Messages that a channel takes at once before one a second holds; Slack says "short bursts" and no number."""


@dataclass(slots=True)
class Limits:
    """The real limits, when a test switches them on; ``restricted`` are also those of a distributed app.

    Times are the server's seconds.
    """

    restricted: bool = False

    _tiers: dict[tuple[str, str], deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _posts: dict[tuple[str, str], float] = field(default_factory=dict)

    def wait(self, method: str, workspace: str, channel: str, now: float) -> int:
        """Count a call; return 0, or the seconds after which to ask again."""
        if method == "chat.postMessage":
            return self._post((workspace, channel), now)
        if tier := T1 if self.restricted and method in RESTRICTED else RULES[method].tier:
            return self._tier((workspace, method), tier, now)
        return 0

    def _post(self, key: tuple[str, str], now: float) -> int:
        """Let a message through when less than the burst is owed: a bucket that leaks one a second."""
        owed = max(self._posts.get(key, 0.0) - now, 0.0)
        if owed > _BURST - 1:
            return max(1, math.ceil(owed - _BURST + 1))
        self._posts[key] = now + owed + 1
        return 0

    def _tier(self, key: tuple[str, str], tier: int, now: float) -> int:
        calls = self._tiers[key]
        while calls and calls[0] <= now - 60:
            calls.popleft()
        if len(calls) >= tier:
            return max(1, math.ceil(calls[0] + 60 - now))
        calls.append(now)
        return 0
