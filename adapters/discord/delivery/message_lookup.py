"""GET channel messages: finds the parts of a delivery by the key that every message of ours carries.

Discord tells a repeated nonce for some minutes only: https://docs.discord.com/developers/resources/message.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import discord

from adapters.common.lookup_window import LookupWindow, limit_lookup
from adapters.discord.api.error_codes import HISTORY_ERRORS
from adapters.discord.api.errors import UnknownErrorCode, get_error_code
from adapters.discord.api.rest import RestClient
from adapters.discord.rendering import message_keys
from bot.errors import Gone, Uncertain, Unsendable
from bot.reasons.reason import Reason

_PAGE_SIZE: Final = 100
_MAX_PAGES: Final = 5
"""Pages in which the first part of a message is looked for."""
_NONEXISTENT_ID: Final = 1
"""An id that no message has."""

MessageData = Mapping[str, Any]


async def find_message(
    rest: RestClient, channel_id: str, key: str, window: LookupWindow, cursor: str = ""
) -> dict[int, MessageData]:
    """Return the messages that carry *key* in the channel or thread *channel_id*, by part number; of twins the older.

    Only what was said in the *window* is read, the oldest first, or what of it comes after the *cursor* of an earlier
    look-up. Raises `bot.errors.LookupPaused` when Discord wants a pause, `bot.errors.Uncertain` when the history is
    closed to us, and other `bot.errors.SendError` kinds when Discord can't be asked.
    """
    found_parts: dict[int, MessageData] = {}
    after, until = decode_cursor(cursor) or to_snowflake(window.since), to_snowflake(window.until)
    async with limit_lookup(
        lambda: encode_cursor(after, (int(part["id"]) for part in found_parts.values())), (UnknownErrorCode,)
    ):
        while True:
            page = await _fetch_page(rest, channel_id, after=after)
            found_parts = select_parts(rest, page, key) | found_parts
            after = max((int(message["id"]) for message in page), default=after)
            if len(page) < _PAGE_SIZE or 0 < until < after:
                break
        if not page and not found_parts:
            await _check_readable(rest, channel_id)
    return found_parts


async def find_following_parts(rest: RestClient, channel_id: str, first_id: str) -> tuple[str, dict[int, MessageData]]:
    """Return the key of our message *first_id*, and the parts of its delivery that came soon after it, by part number.

    Without that message there are none. Raises `bot.errors.SendError` kinds when Discord can't be asked.
    """
    page = await _fetch_page(rest, channel_id, after=int(first_id) - 1)
    key = next(
        (
            key_and_number[0]
            for message in page
            if message["id"] == first_id and (key_and_number := message_keys.read_message_key(message))
        ),
        "",
    )
    found_parts = select_parts(rest, page, key)
    return key, found_parts if found_parts.get(0, {}).get("id") == first_id else {}


async def find_first_part(rest: RestClient, channel_id: str, key: str, before: str) -> str:
    """Return the id of the part of *key* that comes first, looked for among what was said *before*; "" without one.

    Raises `bot.errors.SendError` kinds when Discord can't be asked.
    """
    for _ in range(_MAX_PAGES):
        page = await _fetch_page(rest, channel_id, before=before)
        if part := select_parts(rest, page, key).get(0):
            return str(part["id"])
        if len(page) < _PAGE_SIZE:
            break
        before = page[-1]["id"]
    return ""


def select_parts(rest: RestClient, page: Sequence[MessageData], key: str) -> dict[int, MessageData]:
    """Return those of some messages, the newest first, that are ours and carry *key*, by part number."""
    own_messages = (
        (message_keys.read_message_key(message), message)
        for message in page
        if message["author"]["id"] == rest.bot_user_id
    )
    return {read[1]: message for read, message in own_messages if read and read[0] == key}


async def _fetch_page(rest: RestClient, channel_id: str, **span: int | str) -> list[MessageData]:
    """Return the first messages after an id, or the last before one, the newest first."""
    params = {**span, "limit": _PAGE_SIZE}
    page: list[MessageData] = await rest.call(
        "GET", "/channels/{channel_id}/messages", params=params, channel_id=channel_id
    )
    return page


async def _check_readable(rest: RestClient, channel_id: str) -> None:
    """Raise `bot.errors.Uncertain` where no history is shown to us: Discord calls it empty, and refuses one message.

    https://docs.discord.com/developers/resources/message#get-channel-messages
    """
    path = "/channels/{channel_id}/messages/{message_id}"
    with suppress(Unsendable):
        try:
            await rest.call("GET", path, channel_id=channel_id, message_id=_NONEXISTENT_ID)
        except Gone as error:
            if get_error_code(error) in HISTORY_ERRORS:
                raise Uncertain(Reason("history.closed")) from error
            raise


def decode_cursor(cursor: str) -> int:
    """Return the id up to which an earlier look-up has read; 0 when none has."""
    return int(cursor) if cursor.isdecimal() else 0


def encode_cursor(read_id: int, found_ids: Iterable[int]) -> str:
    """Return where a look-up that has read up to an id goes on: where it found something, it must find it again."""
    return str(min((found_id - 1 for found_id in found_ids), default=read_id))


def to_snowflake(moment: datetime | None) -> int:
    """Return the id after which what was made since a moment comes, or 0 without one: ids tell when they were made.

    https://docs.discord.com/developers/reference#snowflakes
    """
    return discord.utils.time_snowflake(moment) if moment else 0


def from_snowflake(snowflake: str) -> datetime:
    """Return when a message was made, as its id tells."""
    return discord.utils.snowflake_time(int(snowflake))
