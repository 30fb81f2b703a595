"""nonce and message key: how Discord recognizes a repeated message, and how ours is found again by its delivery.

The nonce has at most 25 characters: https://docs.discord.com/developers/resources/message#create-message.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from bot.domain.deliveries import DeliveryKey

_KEY_LENGTH: Final = 10
_MAX_NONCE_LENGTH: Final = 25
_CUSTOM_ID_KEY: Final = re.compile(r";k=([a-z2-7]{10})\.(\d{1,3})$")
_KEY_LINE: Final = re.compile(r"^-# ref ([a-z2-7]{10})\.(\d{1,3})$", re.MULTILINE)

_ROLE_MENTION: Final = re.compile(r"<@&(\d+)>")


def hash_delivery_key(delivery_key: DeliveryKey) -> str:
    """Return the short key of a delivery: 50 bits, enough among the messages of one channel."""
    return base64.b32encode(sha256(str(delivery_key).encode()).digest()).decode().casefold()[:_KEY_LENGTH]


def build_nonce(delivery_key: DeliveryKey, part: int) -> str:
    """Return what Discord tells a repeated part of a delivery by."""
    return sha256(f"{delivery_key}#{part}".encode()).hexdigest()[:_MAX_NONCE_LENGTH]


def format_part_key(key: str, part: int) -> str:
    """Return what a part of a delivery carries; "" without a key."""
    return f"{key}.{part}" if key else ""


def format_custom_id_suffix(part_key: str) -> str:
    """Return *part_key* as the end of a custom_id."""
    return f";k={part_key}" if part_key else ""


def format_key_line(part_key: str) -> str:
    """Return *part_key* as a line of small print, for a message without a component."""
    return f"-# ref {part_key}"


def read_message_key(message: Mapping[str, Any]) -> tuple[str, int] | None:
    """Return the key and the part number that a message of ours carries, or None; *message* is as Discord sends it."""
    parts = list(_walk_components(message.get("components") or ()))
    riding = (_CUSTOM_ID_KEY.search(str(part.get("custom_id") or "")) for part in parts)
    written = (_KEY_LINE.search(text) for text in _collect_texts(message))
    found = next(filter(None, (*riding, *written)), None)
    return (found[1], int(found[2])) if found else None


def find_pinged_role(message: Mapping[str, Any]) -> str:
    """Return the id of the role that a message of ours begins with, or ""."""
    found = _ROLE_MENTION.match(next(filter(None, _collect_texts(message)), ""))
    return found[1] if found else ""


def _collect_texts(message: Mapping[str, Any]) -> list[str]:
    parts = _walk_components(message.get("components") or ())
    return [str(each.get("content") or "") for each in (message, *parts)]


def _walk_components(components: Any) -> Iterator[Mapping[str, Any]]:
    """Yield components and those inside of them."""
    for each in components:
        yield each
        inside = [each["accessory"]] if each.get("accessory") else []
        yield from _walk_components([*(each.get("components") or ()), *inside])
