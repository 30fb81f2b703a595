"""conversations.history and conversations.replies: finds a delivery’s message by its key in message metadata.

Slack keeps no promise about a message that is sent twice, so its history is asked instead:
https://docs.slack.dev/messaging/message-metadata. Reading it needs the channels:history, groups:history and im:history
scopes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from adapters.slack.api.client import SlackClient
from bot.errors import Uncertain
from bot.ports.chat import Delivery
from bot.reasons.reason import Reason

METADATA_EVENT_TYPE: Final = "broadsheet_delivery"

_CLOCK_SKEW: Final = timedelta(seconds=60)
"""Slack's clock and ours may differ by so much."""
_PAGE_SIZE: Final = 15
"""What the strictest limit on reading a history allows at once."""
_MAX_PAGES: Final = 4


def build_metadata(delivery: Delivery) -> dict[str, Any]:
    """Return the metadata that a delivery's message carries."""
    return {"event_type": METADATA_EVENT_TYPE, "event_payload": {"key": str(delivery.key)}}


async def find_message(client: SlackClient, delivery: Delivery, channel_id: str) -> str | None:
    """Return the timestamp of the delivery's message in the conversation *channel_id*; None when there is none.

    Raises `bot.errors.Uncertain` when too much was said since, and `bot.errors.SendError` kinds when Slack can't be
    asked.
    """
    cursor = None
    for _ in range(_MAX_PAGES):
        page = await _fetch_page(client, delivery, channel_id, cursor)
        for message in page.get("messages") or ():
            if _read_key(message) == str(delivery.key):
                return str(message["ts"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return None
    raise Uncertain(Reason("history.too_many_messages"))


async def _fetch_page(
    client: SlackClient, delivery: Delivery, channel_id: str, cursor: str | None
) -> Mapping[str, Any]:
    workspace = delivery.key.channel.workspace
    arguments: dict[str, Any] = {
        "channel": channel_id,
        "include_all_metadata": True,
        "oldest": f"{(delivery.created_at - _CLOCK_SKEW).timestamp():.6f}" if delivery.created_at else None,
        "limit": _PAGE_SIZE,
        "cursor": cursor,
    }
    if delivery.key.operation == "reply":
        return await client.call(workspace, "conversations.replies", ts=delivery.parent_message_id, **arguments)
    return await client.call(workspace, "conversations.history", **arguments)


def _read_key(message: Mapping[str, Any]) -> str:
    """Return the delivery's key that a message carries, or ""."""
    metadata = message.get("metadata") or {}
    return (
        str(metadata.get("event_payload", {}).get("key", ""))
        if metadata.get("event_type") == METADATA_EVENT_TYPE
        else ""
    )
