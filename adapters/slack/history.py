"""The look-up of a message whose fate is unknown: every post carries its delivery's key as metadata.

Slack keeps no promise about a message that is sent twice, so its history is asked instead:
https://docs.slack.dev/messaging/message-metadata. Reading it needs the channels:history, groups:history and im:history
scopes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from adapters.slack.clients import Clients
from bot.errors import Uncertain
from bot.ports.chats import Delivery

EVENT: Final = "broadsheet_delivery"

_SKEW: Final = timedelta(seconds=60)
"""Slack's clock and ours may differ by so much."""
_PAGE: Final = 15
"""What the strictest limit on reading a history allows at once."""
_PAGES: Final = 4


def mark(delivery: Delivery) -> dict[str, Any]:
    """Return the metadata that a delivery's message carries."""
    return {"event_type": EVENT, "event_payload": {"key": str(delivery.key)}}


async def look(clients: Clients, delivery: Delivery, place: str) -> str | None:
    """Return the timestamp of the delivery's message in the conversation *place*, or None when there surely is none.

    Raises `bot.errors.Uncertain` when too much was said since, and `bot.errors.SendError` kinds when Slack can't be
    asked.
    """
    cursor = None
    for _ in range(_PAGES):
        page = await _page(clients, delivery, place, cursor)
        for held in page.get("messages") or ():
            if _key(held) == str(delivery.key):
                return str(held["ts"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return None
    raise Uncertain("Too much was said since.")


async def _page(clients: Clients, delivery: Delivery, place: str, cursor: str | None) -> Mapping[str, Any]:
    workspace = delivery.key.channel.workspace
    span: dict[str, Any] = {
        "channel": place,
        "include_all_metadata": True,
        "oldest": f"{(delivery.created - _SKEW).timestamp():.6f}" if delivery.created else None,
        "limit": _PAGE,
        "cursor": cursor,
    }
    if delivery.key.operation == "reply":
        return await clients.call(workspace, "conversations.replies", ts=delivery.parent, **span)
    return await clients.call(workspace, "conversations.history", **span)


def _key(held: Mapping[str, Any]) -> str:
    """Return the delivery's key that a message carries, or ""."""
    metadata = held.get("metadata") or {}
    return str(metadata.get("event_payload", {}).get("key", "")) if metadata.get("event_type") == EVENT else ""
