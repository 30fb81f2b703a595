"""conversations.history and conversations.replies: finds a delivery’s message by its key in message metadata.

Slack keeps no promise about a message that is sent twice, so its history is asked instead:
https://docs.slack.dev/messaging/message-metadata. Reading it needs the channels:history, groups:history and im:history
scopes. Of a span a channel's newest messages come first and a thread's oldest; each page is read, so that the order
does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from adapters.common.lookup_window import LookupWindow, choose_window, limit_lookup
from adapters.slack.api.client import SlackClient
from adapters.slack.api.errors import UnknownErrorCode, get_error_code
from bot.errors import Uncertain, Unsendable
from bot.ports.chat import Delivery
from bot.reasons.reason import Reason

METADATA_EVENT_TYPE: Final = "broadsheet_delivery"

_PAGE_SIZE: Final = 200
"""What Slack recommends."""
_RESTRICTED_PAGE_SIZE: Final = 15
"""The most that apps get which are distributed outside of Slack's Marketplace, however many they ask for."""
_MAX_MESSAGES: Final = 10_000
"""Messages that are read for one, in as many look-ups as that takes."""


@dataclass(slots=True)
class _Progress:
    """How far a look-up has come: so many messages are read, and ``cursor`` is that of the next page.

    It belongs to an ``attempt``: what another one posted is newer than the pages that were read, and not among the
    next ones.
    """

    attempt: int
    message_count: int = 0
    cursor: str = ""

    def encode(self) -> str:
        return f"{self.attempt} {self.message_count} {self.cursor}" if self.cursor else ""


def build_metadata(delivery: Delivery) -> dict[str, Any]:
    """Return the metadata that a delivery's message carries."""
    return {"event_type": METADATA_EVENT_TYPE, "event_payload": {"key": str(delivery.key)}}


async def find_message(
    client: SlackClient, delivery: Delivery, channel_id: str, *, before_sending: bool = False
) -> str | None:
    """Return the timestamp of the delivery's message in the conversation *channel_id*; None when there is none.

    Goes on where the delivery's cursor says; that of the attempt before holds only *before_sending*. Raises
    `bot.errors.LookupPaused` when Slack wants a pause, `bot.errors.Uncertain` when far too much was said, and other
    `bot.errors.SendError` kinds when it can't be asked.
    """
    progress = _parse_progress(delivery, delivery.attempt - before_sending)
    async with limit_lookup(progress.encode, (UnknownErrorCode,)):
        try:
            return await _read_pages(client, delivery, channel_id, progress)
        except Unsendable as error:
            if not progress.cursor or get_error_code(error) != "invalid_cursor":
                raise
            progress.cursor = ""
            return await _read_pages(client, delivery, channel_id, progress)


async def _read_pages(client: SlackClient, delivery: Delivery, channel_id: str, progress: _Progress) -> str | None:
    """Read page by page until the message is found or none is left; *progress* moves along."""
    while progress.message_count < _MAX_MESSAGES:
        window = _choose_window(client, delivery)
        page = await _fetch_page(client, delivery, channel_id, window, progress.cursor)
        messages = page.get("messages") or ()
        for message in messages:
            if _read_key(message) == str(delivery.key):
                return str(message["ts"])
        progress.message_count += len(messages)
        progress.cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        if progress.cursor and len(messages) <= _RESTRICTED_PAGE_SIZE:
            method = "conversations.replies" if delivery.key.operation == "reply" else "conversations.history"
            client.limit_method(delivery.key.channel.workspace, method)
        if not window.contains(_choose_window(client, delivery)):
            progress.cursor = ""  # Only this answer told how far the clocks are apart: begin where the message may be.
        elif not progress.cursor:
            return None
    raise Uncertain(Reason("history.too_many_messages"))


def _choose_window(client: SlackClient, delivery: Delivery) -> LookupWindow:
    """Return when the message may have been posted, by Slack's clock."""
    return choose_window(delivery).move(*client.clock_offsets)


async def _fetch_page(
    client: SlackClient, delivery: Delivery, channel_id: str, window: LookupWindow, cursor: str
) -> Mapping[str, Any]:
    workspace = delivery.key.channel.workspace
    arguments: dict[str, Any] = {
        "channel": channel_id,
        "include_all_metadata": True,
        "oldest": _to_timestamp(window.since),
        "latest": _to_timestamp(window.until),
        "limit": _PAGE_SIZE,
        "cursor": cursor or None,
    }
    if delivery.key.operation == "reply":
        return await client.call(workspace, "conversations.replies", ts=delivery.parent_message_id, **arguments)
    return await client.call(workspace, "conversations.history", **arguments)


def _to_timestamp(moment: datetime | None) -> str | None:
    """Return a moment as Slack writes it, to the microsecond."""
    return f"{moment.timestamp():.6f}" if moment else None


def _parse_progress(delivery: Delivery, min_attempt: int) -> _Progress:
    """Return the progress that an earlier look-up has made, in that attempt or a later one; or none."""
    match delivery.lookup_cursor.split(" ", 2):
        case [attempt, message_count, cursor] if attempt.isdecimal() and int(attempt) >= min_attempt:
            return _Progress(delivery.attempt, int(message_count), cursor)
    return _Progress(delivery.attempt)


def _read_key(message: Mapping[str, Any]) -> str:
    """Return the delivery's key that a message carries, or ""."""
    metadata = message.get("metadata") or {}
    return (
        str(metadata.get("event_payload", {}).get("key", ""))
        if metadata.get("event_type") == METADATA_EVENT_TYPE
        else ""
    )
