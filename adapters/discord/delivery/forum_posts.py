"""Forum posts: threads with a starter message and tags, found again by key because they take no nonce.

A forum post takes no nonce, so each carries its key in its starter. Before a post is tried again, and after each, the
posts with its key are looked up: the oldest is kept, our others are deleted.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import discord

from adapters.common.lookup_window import CLOCK_SKEW, LookupWindow, limit_lookup
from adapters.discord.api.error_codes import HISTORY_ERRORS
from adapters.discord.api.errors import UnknownErrorCode, get_error_code
from adapters.discord.api.rest import RestClient
from adapters.discord.delivery import message_lookup
from adapters.discord.delivery.destinations import MESSAGE_PATH
from adapters.discord.rendering import message_keys
from bot.cards.models import Card
from bot.domain.channels import Channel
from bot.errors import Gone, SendError, TryLater, Uncertain, Unsendable
from bot.reasons.reason import Reason

_AUTO_ARCHIVE_MINUTES: Final = 10_080
"""Minutes after which Discord hides a post in which nothing is said."""
_PAGE_SIZE: Final = 100
_MAX_PAGES: Final = 100
_MAX_TAGS: Final = 5
"""https://docs.discord.com/developers/resources/channel#start-thread-in-forum-or-media-channel"""
_COMMON_TAG_NAMES: Final = frozenset({"papers", "paper", "research", "reading", "digest"})
"""Names of tags that fit every paper."""

log = logging.getLogger(__name__)

ForumTags = Sequence[Mapping[str, Any]]
Thread = Mapping[str, Any]

THREAD_PATH: Final = "/channels/{channel_id}"


def accepts_papers(discord_channel: object, tag_name: str) -> bool:
    """Tell whether a forum takes papers: it requires no tag, or has one that fits every paper.

    Any other place takes them.
    """
    if not isinstance(discord_channel, discord.ForumChannel) or not discord_channel.flags.require_tag:
        return True
    return bool(choose_tags(list_usable_tags(discord_channel), Card(), tag_name))


def list_usable_tags(discord_channel: object) -> ForumTags:
    """Return the tags of a forum that the bot may put on a post; of any other place, none.

    Moderated ones are for those who manage threads:
    https://docs.discord.com/developers/resources/channel#forum-tag-object.
    """
    if not isinstance(discord_channel, discord.ForumChannel):
        return ()
    can_manage_threads = discord_channel.permissions_for(discord_channel.guild.me).manage_threads
    return tuple(
        {"id": str(tag.id), "name": tag.name}
        for tag in discord_channel.available_tags
        if can_manage_threads or not tag.moderated
    )


async def start_post(rest: RestClient, forum: Channel, key: str, body: Mapping[str, Any]) -> str:
    """Make a post, once; return its id, which is its starter's too. *body* is its name, starter and tags.

    discord.py asks again by itself after a 5xx, so that there may be several with that name then.
    """
    body = {"auto_archive_duration": _AUTO_ARCHIVE_MINUTES, **body}
    created = await rest.call("POST", "/channels/{channel_id}/threads", json=body, channel_id=forum.id)
    thread_id = str(created["id"])
    window = LookupWindow(message_lookup.from_snowflake(thread_id) - CLOCK_SKEW)
    try:
        return await deduplicate_posts(rest, forum, key, window, name=created["name"]) or thread_id
    except TryLater as error:
        # One is there, surely: it is to be looked up, and not to be made again.
        raise Uncertain(Reason("post.not_looked_up", why=error.reason)) from error
    except SendError as error:
        log.warning("A forum’s posts can’t be looked up: %s", error)
        return thread_id


async def deduplicate_posts(
    rest: RestClient, forum: Channel, key: str, window: LookupWindow, cursor: str = "", *, name: str = ""
) -> str | None:
    """Return the oldest post with *key* of the *window*, and delete our others; None when there surely is none.

    Goes on after the *cursor* of an earlier look-up. With *name* only those of that name are looked at. Raises
    `bot.errors.LookupPaused` when Discord wants a pause, `bot.errors.Uncertain` where nothing may be read, and other
    `bot.errors.SendError` kinds when Discord can't be asked.
    """
    read_id, post_ids = message_lookup.decode_cursor(cursor), list[int]()
    async with limit_lookup(lambda: message_lookup.encode_cursor(read_id, post_ids), (UnknownErrorCode,)):
        for post in await _list_own_posts(rest, forum, window, name):
            if int(post["id"]) <= read_id:
                continue
            if await _has_key(rest, post, key):
                post_ids.append(int(post["id"]))
            read_id = int(post["id"])
        for duplicate_id in post_ids[1:]:
            await _delete_post(rest, duplicate_id)
    return str(post_ids[0]) if post_ids else None


def choose_tags(available: ForumTags, card: Card, tag_name: str = "") -> list[str]:
    """Return the ids of the forum's tags that a paper gets.

    Those named like a topic that it matched; else the one of the *tag_name* name, else those of a usual one.
    """
    topic_names = {words.casefold() for item in card.items for words in (*item.because, item.section)}
    tag_ids = {str(tag["name"]).casefold(): str(tag["id"]) for tag in available}
    matching = [identity for name, identity in tag_ids.items() if name in topic_names]
    configured_tags = [tag_ids[tag_name.casefold()]] if tag_name.casefold() in tag_ids else []
    common = [identity for name, identity in tag_ids.items() if name in _COMMON_TAG_NAMES]
    return (matching or configured_tags or common)[:_MAX_TAGS]


async def _list_own_posts(rest: RestClient, forum: Channel, window: LookupWindow, name: str) -> Sequence[Thread]:
    """Return the bot's own posts of the forum that were made in the *window*, active and archived, the oldest first."""
    active = await rest.call("GET", "/guilds/{guild_id}/threads/active", guild_id=forum.workspace)
    archived = await _list_archived_posts(rest, forum, window.since)
    min_id, max_id = message_lookup.to_snowflake(window.since), message_lookup.to_snowflake(window.until)
    posts_by_id: dict[str, Thread] = {post["id"]: post for post in (*active["threads"], *archived)}
    own_posts = (
        post
        for post in posts_by_id.values()
        if post.get("parent_id") == forum.id and post.get("owner_id") == rest.bot_user_id
    )
    in_window = (post for post in own_posts if int(post["id"]) > min_id and not 0 < max_id < int(post["id"]))
    return sorted((post for post in in_window if name in {"", post["name"]}), key=lambda post: int(post["id"]))


async def _list_archived_posts(rest: RestClient, forum: Channel, since: datetime | None) -> list[Thread]:
    """Return the forum's posts that were put away since; those that were made since are among them.

    https://docs.discord.com/developers/resources/channel#list-public-archived-threads
    """
    path, threads = "/channels/{channel_id}/threads/archived/public", list[Thread]()
    for _ in range(_MAX_PAGES):
        before = {"before": threads[-1]["thread_metadata"]["archive_timestamp"]} if threads else {}
        page = await _fetch_history(rest, path, params={"limit": _PAGE_SIZE, **before}, channel_id=forum.id)
        threads += page["threads"]
        if not (page["has_more"] and threads) or _is_archived_before(threads[-1], since):
            return threads
    raise Uncertain(Reason("history.too_many_posts"))


def _is_archived_before(thread: Thread, since: datetime | None) -> bool:
    """Tell whether a thread was put away before then."""
    archived_at = datetime.fromisoformat(thread["thread_metadata"]["archive_timestamp"])
    return since is not None and archived_at < since


async def _has_key(rest: RestClient, thread: Thread, key: str) -> bool:
    try:
        starter = await _fetch_history(rest, MESSAGE_PATH, channel_id=thread["id"], message_id=thread["id"])
    except (Unsendable, Gone):
        return False  # somebody deleted it meanwhile
    part = message_keys.read_message_key(starter)
    return part is not None and part[0] == key


async def _fetch_history(rest: RestClient, path: str, **arguments: Any) -> Any:
    """Ask for what only those who may read the history see; raises `bot.errors.Uncertain` where that is not us."""
    try:
        return await rest.call("GET", path, **arguments)
    except Gone as error:
        if get_error_code(error) in HISTORY_ERRORS:
            raise Uncertain(Reason("history.forum_closed")) from error
        raise


async def _delete_post(rest: RestClient, thread_id: int) -> None:
    """Delete a post; where threads are not ours to delete, take out what it says and put it away."""
    try:
        await rest.call("DELETE", THREAD_PATH, channel_id=thread_id)
    except Gone as error:
        if get_error_code(error) not in HISTORY_ERRORS:
            return  # it is gone already
        await rest.call("DELETE", MESSAGE_PATH, channel_id=thread_id, message_id=thread_id)
        await rest.call("PATCH", THREAD_PATH, json={"archived": True}, channel_id=thread_id)
