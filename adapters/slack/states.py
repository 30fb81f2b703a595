"""OAuthStateStore in the vault: one-time states of installations in progress, ten minutes each."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.ports.secrets import Vault

STATE_PREFIX: Final = "slack-state/"
STATE_LIFETIME: Final = timedelta(minutes=10)


class VaultStateStore(AsyncOAuthStateStore):
    """States in the vault, under their hash: each works once, for ten minutes."""

    def __init__(self, vault: Vault, clock: Callable[[], datetime]) -> None:
        self._vault = vault
        self._clock = clock

    async def async_issue(self, *_: Any, **__: Any) -> str:
        """Return a new state; those that nobody came back with are swept away."""
        now = self._clock()
        await self._vault.delete_older(STATE_PREFIX, now - STATE_LIFETIME)
        state = secrets.token_urlsafe(32)
        await self._vault.put(_build_state_name(state), {"until": (now + STATE_LIFETIME).isoformat()}, now)
        return state

    async def async_consume(self, state: str) -> bool:
        """Tell whether a state is ours, still fresh, and used for the first time."""
        kept = await self._vault.pop(_build_state_name(state))
        return kept is not None and self._clock() < datetime.fromisoformat(kept["until"])


def _build_state_name(state: str) -> str:
    return STATE_PREFIX + hashlib.sha256(state.encode()).hexdigest()
