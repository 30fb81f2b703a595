"""Pending notices: admin notices that reached nobody, kept for the next private answer to a manager."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.ports.key_value import KeyValueStore
from bot.reasons.reason import Reason, decode_reason, encode_reason

_KEY_PREFIX: Final = "untold "
"""What stands before the key of the channel that a word is about; each has a mark of its own, for many come at once."""


async def save_pending(key_values: KeyValueStore, channel_key: str, notice: Reason) -> None:
    """Keep the newest word on a channel, whose key *channel_key* is."""
    await key_values.set(_KEY_PREFIX + channel_key, encode_reason(notice))


async def list_pending(key_values: KeyValueStore, platform: str, workspace: str) -> Mapping[str, Reason]:
    """Return what waits in a workspace, by the key of the channel that it is about."""
    found = await key_values.list_by_prefix(f"{_KEY_PREFIX}{platform}:{workspace}:")
    kept = {name.removeprefix(_KEY_PREFIX): decode_reason(text) for name, text in found.items()}
    return {channel_key: notice for channel_key, notice in kept.items() if notice}


async def pop_pending(key_values: KeyValueStore, platform: str, workspace: str) -> Reason | None:
    """Return one word, which waits no more; None when none does."""
    for channel_key, notice in (await list_pending(key_values, platform, workspace)).items():
        await clear_pending(key_values, channel_key)
        return notice
    return None


async def clear_pending(key_values: KeyValueStore, channel_key: str) -> None:
    """Forget what is not so any more of a channel, or was told."""
    await key_values.set(_KEY_PREFIX + channel_key, "")


async def clear_workspace(key_values: KeyValueStore, platform: str, workspace: str) -> None:
    """Forget all of a workspace."""
    for channel_key in await list_pending(key_values, platform, workspace):
        await clear_pending(key_values, channel_key)
