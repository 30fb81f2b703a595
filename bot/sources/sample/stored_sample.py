"""The fact "sample" in the key-value store: whether what is stored is the bundled sample, and no real list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bot.ports.key_value import KeyValueStore

_KEY: Final = "sample"


async def is_sample_stored(key_values: KeyValueStore) -> bool:
    """Tell whether what is stored is the sample."""
    return bool(await key_values.get(_KEY))


async def set_sample_stored(key_values: KeyValueStore, *, is_stored: bool) -> None:
    """Keep whether what is stored is the sample."""
    await key_values.set(_KEY, "yes" if is_stored else "")
