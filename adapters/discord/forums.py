"""Posts of a forum: threads with a starter, which Discord would make twice when a reply is lost.

A forum post takes no nonce, so each carries its key in its starter. Before a post is tried again, and after each, the
posts with its key are looked up: the oldest is kept, our others are deleted.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from adapters.discord import keys
from adapters.discord.history import moment
from adapters.discord.rest import Rest
from bot.cards import Card
from bot.errors import Gone, SendError, TryLater, Unsendable
from bot.models import Channel

_WEEK: Final = 10_080
"""Minutes after which Discord hides a post in which nothing is said."""
_PAGE: Final = 100
_MOST_TAGS: Final = 5
"""https://docs.discord.com/developers/resources/channel#start-thread-in-forum-or-media-channel"""
_USUAL: Final = frozenset({"papers", "paper", "research", "reading", "digest"})
"""Names of tags that fit every paper."""

log = logging.getLogger(__name__)

Tags = Sequence[Mapping[str, Any]]


async def start(rest: Rest, forum: Channel, name: str, starter: Mapping[str, Any], tags: Sequence[str]) -> str:
    """Make a post; return its id, which is its starter's too."""
    body = {"name": name, "auto_archive_duration": _WEEK, "message": starter, "applied_tags": list(tags)}
    made = await rest.call("POST", "/channels/{channel_id}/threads", json=body, channel_id=forum.id)
    return str(made["id"])


async def kept(rest: Rest, forum: Channel, key: str, since: datetime | None) -> str | None:
    """Return the oldest post with *key*, and delete our others; None when there surely is none."""
    found = sorted(
        [int(thread["id"]) async for thread in _ours(rest, forum, since) if await _carries(rest, thread, key)]
    )
    for extra in found[1:]:
        await _delete(rest, extra)
    return str(found[0]) if found else None


def fitting(available: Tags, card: Card) -> list[str]:
    """Return the ids of the forum's tags that a paper gets: named like a topic that it matched, else a usual one."""
    said = {words.casefold() for item in card.items for words in (*item.because, item.section)}
    named = {str(tag["name"]).casefold(): str(tag["id"]) for tag in available}
    own = [identity for name, identity in named.items() if name in said]
    usual = [identity for name, identity in named.items() if name in _USUAL]
    return (own or usual)[:_MOST_TAGS]


async def _ours(rest: Rest, forum: Channel, since: datetime | None) -> AsyncIterator[Mapping[str, Any]]:
    """Yield the bot's own posts of the forum that were made since, active and archived."""
    first, seen = moment(since), set()
    active = await rest.call("GET", "/guilds/{guild_id}/threads/active", guild_id=forum.workspace)
    archived = await rest.call(
        "GET", "/channels/{channel_id}/threads/archived/public", params={"limit": _PAGE}, channel_id=forum.id
    )
    for thread in (*active["threads"], *archived["threads"]):
        mine = thread.get("parent_id") == forum.id and thread.get("owner_id") == rest.me
        if mine and int(thread["id"]) > first and thread["id"] not in seen:
            seen.add(thread["id"])
            yield thread


async def _carries(rest: Rest, thread: Mapping[str, Any], key: str) -> bool:
    try:
        starter = await rest.call(
            "GET",
            "/channels/{channel_id}/messages/{message_id}",
            channel_id=thread["id"],
            message_id=thread["id"],
        )
    except (Unsendable, Gone):
        return False
    read = keys.read(starter)
    return read is not None and read[0] == key


async def _delete(rest: Rest, thread: int) -> None:
    try:
        await rest.call("DELETE", "/channels/{channel_id}", channel_id=thread)
    except TryLater:
        raise
    except SendError as error:
        log.warning("A post that Discord made twice stays: %s", error)
