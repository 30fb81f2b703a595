"""Posts of a forum: threads with a starter, which Discord would make twice when a reply is lost.

A forum post takes no nonce, so each carries its key in its starter. Before a post is tried again, and after each, the
posts with its key are looked up: the oldest is kept, our others are deleted.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import discord

from adapters.discord import history, keys
from adapters.discord.codes import HISTORY
from adapters.discord.errors import code
from adapters.discord.places import MESSAGE
from adapters.discord.rest import Rest
from bot.cards import Card
from bot.errors import Gone, SendError, TryLater, Uncertain, Unsendable
from bot.models import Channel

_WEEK: Final = 10_080
"""Minutes after which Discord hides a post in which nothing is said."""
_PAGE: Final = 100
_PAGES: Final = 10
_MOST_TAGS: Final = 5
"""https://docs.discord.com/developers/resources/channel#start-thread-in-forum-or-media-channel"""
_USUAL: Final = frozenset({"papers", "paper", "research", "reading", "digest"})
"""Names of tags that fit every paper."""

log = logging.getLogger(__name__)

Tags = Sequence[Mapping[str, Any]]
Thread = Mapping[str, Any]

THREAD: Final = "/channels/{channel_id}"


def takes(place: object, chosen: str) -> bool:
    """Tell whether a forum takes papers: it requires no tag, or has one that fits every paper, the *chosen* one or not.

    Any other place takes them.
    """
    if not isinstance(place, discord.ForumChannel) or not place.flags.require_tag:
        return True
    return bool(fitting(tags(place), Card(), chosen))


def tags(place: object) -> Tags:
    """Return the tags of a forum that the bot may put on a post; of any other place, none.

    Moderated ones are for those who manage threads: https://docs.discord.com/developers/resources/channel#forum-tag-object.
    """
    if not isinstance(place, discord.ForumChannel):
        return ()
    manages = place.permissions_for(place.guild.me).manage_threads
    return tuple({"id": str(tag.id), "name": tag.name} for tag in place.available_tags if manages or not tag.moderated)


async def start(rest: Rest, forum: Channel, key: str, body: Mapping[str, Any]) -> str:
    """Make a post, once; return its id, which is its starter's too. *body* is its name, starter and tags.

    discord.py asks again by itself after a 5xx, so that there may be several with that name then.
    """
    body = {"auto_archive_duration": _WEEK, **body}
    made = await rest.call("POST", "/channels/{channel_id}/threads", json=body, channel_id=forum.id)
    identity = str(made["id"])
    try:
        return await kept(rest, forum, key, history.made(identity), name=made["name"]) or identity
    except TryLater as error:
        # One is there, surely: it is to be looked up, and not to be made again.
        raise Uncertain(f"What was posted can’t be looked up: {error}") from error
    except SendError as error:
        log.warning("A forum’s posts can’t be looked up: %s", error)
        return identity


async def kept(rest: Rest, forum: Channel, key: str, since: datetime | None, *, name: str = "") -> str | None:
    """Return the oldest post with *key* since then, and delete our others; None when there surely is none.

    With *name* only those of that name are looked at. Raises `bot.errors.Uncertain` where nothing may be read, and
    other `bot.errors.SendError` kinds when Discord can't be asked.
    """
    found = [int(one["id"]) for one in await _ours(rest, forum, since, name) if await _carries(rest, one, key)]
    for extra in sorted(found)[1:]:
        await _delete(rest, extra)
    return str(min(found)) if found else None


def fitting(available: Tags, card: Card, chosen: str = "") -> list[str]:
    """Return the ids of the forum's tags that a paper gets.

    Those named like a topic that it matched; else the one of the *chosen* name, else those of a usual one.
    """
    said = {words.casefold() for item in card.items for words in (*item.because, item.section)}
    named = {str(tag["name"]).casefold(): str(tag["id"]) for tag in available}
    own = [identity for name, identity in named.items() if name in said]
    wanted = [named[chosen.casefold()]] if chosen.casefold() in named else []
    usual = [identity for name, identity in named.items() if name in _USUAL]
    return (own or wanted or usual)[:_MOST_TAGS]


async def _ours(rest: Rest, forum: Channel, since: datetime | None, name: str) -> Collection[Thread]:
    """Return the bot's own posts of the forum that were made since, active and archived."""
    active = await rest.call("GET", "/guilds/{guild_id}/threads/active", guild_id=forum.workspace)
    archived = await _archived(rest, forum, since)
    first = history.moment(since)
    every: dict[str, Thread] = {one["id"]: one for one in (*active["threads"], *archived)}
    mine = (one for one in every.values() if one.get("parent_id") == forum.id and one.get("owner_id") == rest.me)
    return [one for one in mine if int(one["id"]) > first and name in {"", one["name"]}]


async def _archived(rest: Rest, forum: Channel, since: datetime | None) -> list[Thread]:
    """Return the forum's posts that were put away since; those that were made since are among them.

    https://docs.discord.com/developers/resources/channel#list-public-archived-threads
    """
    path, found = "/channels/{channel_id}/threads/archived/public", list[Thread]()
    for _ in range(_PAGES):
        span = {"before": found[-1]["thread_metadata"]["archive_timestamp"]} if found else {}
        page = await _read(rest, path, params={"limit": _PAGE, **span}, channel_id=forum.id)
        found += page["threads"]
        if not (page["has_more"] and found) or _before(found[-1], since):
            return found
    raise Uncertain("Too many posts were put away since.")


def _before(thread: Thread, since: datetime | None) -> bool:
    """Tell whether a thread was put away before then."""
    at = datetime.fromisoformat(thread["thread_metadata"]["archive_timestamp"])
    return since is not None and at < since - history.SKEW


async def _carries(rest: Rest, thread: Thread, key: str) -> bool:
    try:
        starter = await _read(rest, MESSAGE, channel_id=thread["id"], message_id=thread["id"])
    except (Unsendable, Gone):
        return False  # somebody deleted it meanwhile
    read = keys.read(starter)
    return read is not None and read[0] == key


async def _read(rest: Rest, path: str, **asked: Any) -> Any:
    """Ask for what only those who may read the history see; raises `bot.errors.Uncertain` where that is not us."""
    try:
        return await rest.call("GET", path, **asked)
    except Gone as error:
        if code(error) in HISTORY:
            raise Uncertain("The forum’s history is closed to Broadsheet.") from error
        raise


async def _delete(rest: Rest, thread: int) -> None:
    """Delete a post; where threads are not ours to delete, take out what it says and put it away."""
    try:
        await rest.call("DELETE", THREAD, channel_id=thread)
    except Gone as error:
        if code(error) not in HISTORY:
            return  # it is gone already
        await rest.call("DELETE", MESSAGE, channel_id=thread, message_id=thread)
        await rest.call("PATCH", THREAD, json={"archived": True}, channel_id=thread)
