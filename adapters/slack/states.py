"""The one-time states of installations in progress; they tell our own answer from a forged one."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.ports.secrets import Vault

PREFIX: Final = "slack-state/"
LIFE: Final = timedelta(minutes=10)


class States(AsyncOAuthStateStore):
    """States in the vault, under their hash: each works once, for ten minutes."""

    def __init__(self, vault: Vault, clock: Callable[[], datetime]) -> None:
        self._vault = vault
        self._clock = clock

    async def async_issue(self, *_: Any, **__: Any) -> str:
        """Return a new state; those that nobody came back with are swept away."""
        now = self._clock()
        await self._vault.prune(PREFIX, now - LIFE)
        state = secrets.token_urlsafe(32)
        await self._vault.put(_name(state), {"until": (now + LIFE).isoformat()}, now)
        return state

    async def async_consume(self, state: str) -> bool:
        """Tell whether a state is ours, still fresh, and used for the first time."""
        kept = await self._vault.take(_name(state))
        return kept is not None and self._clock() < datetime.fromisoformat(kept["until"])


def _name(state: str) -> str:
    return PREFIX + hashlib.sha256(state.encode()).hexdigest()
