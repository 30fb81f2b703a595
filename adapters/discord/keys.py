"""What a message of ours is known by: a nonce, for Discord, and a short key, by which it is found again.

The nonce has at most 25 characters: https://docs.discord.com/developers/resources/message#create-message.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from bot.models import DeliveryKey

_KEY: Final = 10
_NONCE: Final = 25
_RIDING: Final = re.compile(r";k=([a-z2-7]{10})\.(\d{1,3})$")
_WRITTEN: Final = re.compile(r"^-# ref ([a-z2-7]{10})\.(\d{1,3})$", re.MULTILINE)

_ROLE: Final = re.compile(r"<@&(\d+)>")


def key(of: DeliveryKey) -> str:
    """Return the short key of a delivery: 50 bits, enough among the messages of one channel."""
    return base64.b32encode(sha256(str(of).encode()).digest()).decode().casefold()[:_KEY]


def nonce(of: DeliveryKey, part: int) -> str:
    """Return what Discord tells a repeated part of a delivery by."""
    return sha256(f"{of}#{part}".encode()).hexdigest()[:_NONCE]


def mark(key: str, part: int) -> str:
    """Return what a part of a delivery carries; "" without a key."""
    return f"{key}.{part}" if key else ""


def ride(mark: str) -> str:
    """Return *mark* as the end of a custom_id."""
    return f";k={mark}" if mark else ""


def line(mark: str) -> str:
    """Return *mark* as a line of small print, for a message without a component."""
    return f"-# ref {mark}"


def read(message: Mapping[str, Any]) -> tuple[str, int] | None:
    """Return the key and the part number that a message of ours carries, or None; *message* is as Discord sends it."""
    parts = list(_walk(message.get("components") or ()))
    riding = (_RIDING.search(str(part.get("custom_id") or "")) for part in parts)
    written = (_WRITTEN.search(text) for text in _texts(message))
    found = next(filter(None, (*riding, *written)), None)
    return (found[1], int(found[2])) if found else None


def pinged(message: Mapping[str, Any]) -> str:
    """Return the id of the role that a message of ours begins with, or ""."""
    found = _ROLE.match(next(filter(None, _texts(message)), ""))
    return found[1] if found else ""


def _texts(message: Mapping[str, Any]) -> list[str]:
    parts = _walk(message.get("components") or ())
    return [str(each.get("content") or "") for each in (message, *parts)]


def _walk(components: Any) -> Iterator[Mapping[str, Any]]:
    """Yield components and those inside of them."""
    for each in components:
        yield each
        inside = [each["accessory"]] if each.get("accessory") else []
        yield from _walk([*(each.get("components") or ()), *inside])
