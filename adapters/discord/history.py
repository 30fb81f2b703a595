"""The look-up of what may have been posted already: every message of ours carries its delivery's key.

Discord tells a repeated nonce for some minutes only: https://docs.discord.com/developers/resources/message.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import discord

from adapters.discord import keys
from adapters.discord.rest import Rest
from bot.errors import Uncertain

_SKEW: Final = timedelta(seconds=60)
"""Discord's clock and ours may differ by so much."""
_PAGE: Final = 100
_PAGES: Final = 5

Held = Mapping[str, Any]


async def look(rest: Rest, place: str, key: str, since: datetime | None) -> dict[int, Held]:
    """Return the messages that carry *key* in the channel or thread *place*, by part number.

    Raises `bot.errors.Uncertain` when too much was said since, and `bot.errors.SendError` kinds when Discord can't be
    asked.
    """
    found: dict[int, Held] = {}
    after = moment(since)
    for _ in range(_PAGES):
        page: list[Held] = await rest.call(
            "GET", "/channels/{channel_id}/messages", params={"after": after, "limit": _PAGE}, channel_id=place
        )
        for held in page:
            read = keys.read(held)
            if read and read[0] == key and held["author"]["id"] == rest.me:
                found[read[1]] = held
        if len(page) < _PAGE:
            return found
        after = max(int(held["id"]) for held in page)
    raise Uncertain("Too much was said since.")


def moment(since: datetime | None) -> int:
    """Return the id after which messages of a moment come: ids tell when they were made.

    https://docs.discord.com/developers/reference#snowflakes
    """
    return discord.utils.time_snowflake(since - _SKEW) if since else 0


def made(identity: str) -> datetime:
    """Return when a message was made, as its id tells."""
    return discord.utils.snowflake_time(int(identity))
