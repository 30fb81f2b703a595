"""The look-up of what may have been posted already: every message of ours carries its delivery's key.

Discord tells a repeated nonce for some minutes only: https://docs.discord.com/developers/resources/message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

import discord

from adapters.discord import keys
from adapters.discord.codes import HISTORY
from adapters.discord.errors import code
from adapters.discord.rest import Rest
from bot.errors import Gone, Uncertain, Unsendable

SKEW: Final = timedelta(seconds=60)
"""Discord's clock and ours may differ by so much."""
_PAGE: Final = 100
_PAGES: Final = 5
_NONE: Final = 1
"""An id that no message has."""

Held = Mapping[str, Any]


async def look(rest: Rest, place: str, key: str, since: datetime | None) -> dict[int, Held]:
    """Return the messages that carry *key* in the channel or thread *place*, by part number; of twins the older.

    Raises `bot.errors.Uncertain` when too much was said since or the history is closed to us, and other
    `bot.errors.SendError` kinds when Discord can't be asked.
    """
    found: dict[int, Held] = {}
    after = moment(since)
    for _ in range(_PAGES):
        page = await _page(rest, place, after=after)
        found = parts(rest, page, key) | found
        if len(page) < _PAGE:
            if not page and not found:
                await _readable(rest, place)
            return found
        after = max(int(held["id"]) for held in page)
    raise Uncertain("Too much was said since.")


async def following(rest: Rest, place: str, first: str) -> tuple[str, dict[int, Held]]:
    """Return the key of our message *first*, and the parts of its delivery that came soon after it, by part number.

    Without that message there are none. Raises `bot.errors.SendError` kinds when Discord can't be asked.
    """
    page = await _page(rest, place, after=int(first) - 1)
    key = next((read[0] for held in page if held["id"] == first and (read := keys.read(held))), "")
    found = parts(rest, page, key)
    return key, found if found.get(0, {}).get("id") == first else {}


async def first(rest: Rest, place: str, key: str, before: str) -> str:
    """Return the id of the part of *key* that comes first, looked for among what was said *before*; "" without one.

    Raises `bot.errors.SendError` kinds when Discord can't be asked.
    """
    for _ in range(_PAGES):
        page = await _page(rest, place, before=before)
        if found := parts(rest, page, key).get(0):
            return str(found["id"])
        if len(page) < _PAGE:
            break
        before = page[-1]["id"]
    return ""


def parts(rest: Rest, page: Sequence[Held], key: str) -> dict[int, Held]:
    """Return those of some messages, the newest first, that are ours and carry *key*, by part number."""
    ours = ((keys.read(held), held) for held in page if held["author"]["id"] == rest.me)
    return {read[1]: held for read, held in ours if read and read[0] == key}


async def _page(rest: Rest, place: str, **span: int | str) -> list[Held]:
    """Return the first messages after an id, or the last before one, the newest first."""
    params = {**span, "limit": _PAGE}
    page: list[Held] = await rest.call("GET", "/channels/{channel_id}/messages", params=params, channel_id=place)
    return page


async def _readable(rest: Rest, place: str) -> None:
    """Raise `bot.errors.Uncertain` where no history is shown to us: Discord calls it empty, and refuses one message.

    https://docs.discord.com/developers/resources/message#get-channel-messages
    """
    path = "/channels/{channel_id}/messages/{message_id}"
    with suppress(Unsendable):
        try:
            await rest.call("GET", path, channel_id=place, message_id=_NONE)
        except Gone as error:
            if code(error) in HISTORY:
                raise Uncertain("The history is closed to Broadsheet.") from error
            raise


def moment(since: datetime | None) -> int:
    """Return the id after which messages of a moment come: ids tell when they were made.

    https://docs.discord.com/developers/reference#snowflakes
    """
    return discord.utils.time_snowflake(since - SKEW) if since else 0


def made(identity: str) -> datetime:
    """Return when a message was made, as its id tells."""
    return discord.utils.snowflake_time(int(identity))
