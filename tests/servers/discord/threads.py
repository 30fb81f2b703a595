"""Threads and forum posts over REST: https://docs.discord.com/developers/topics/threads."""

from __future__ import annotations

from typing import Any, Final

from tests.servers.discord import payloads, rights, rules
from tests.servers.discord.asks import Ask, Method
from tests.servers.discord.clock import written
from tests.servers.discord.messages import compose
from tests.servers.discord.things import Json, Place, Refusal


def below(ask: Ask) -> Json:
    """Start the thread of a message; its id is the message's own."""
    ask.refuse(rules.strangers(ask.body, rules.THREAD))
    place = ask.place()
    shown = ask.message(place)
    if place.kind not in {"text", "announcement"}:
        raise Refusal(50024)
    ask.need(place, rights.CREATE_THREADS)
    if shown.id in ask.server.places:
        raise Refusal(160004)
    return _opened(ask, ask.server.thread(shown.id, place.id, _name(ask)))


def start(ask: Ask) -> Json:
    """Start a thread without a message, or a post in a forum."""
    place = ask.place()
    if place.kind == "forum":
        return _post(ask, place)
    if place.kind not in {"text", "announcement"}:
        raise Refusal(50024)
    ask.refuse(rules.strangers(ask.body, rules.THREAD | {"type", "invitable"}))
    ask.need(place, rights.CREATE_THREADS)
    return _opened(ask, ask.server.thread(ask.server.clock.snowflake(), place.id, _name(ask)))


def _post(ask: Ask, forum: Place) -> Json:
    """Start a post: a thread with its first message."""
    ask.refuse([*rules.strangers(ask.body, rules.FORUM), *rules.message(ask.body.get("message"), rules.POST)])
    ask.need(forum, rights.SEND)
    tags = tuple(ask.body.get("applied_tags") or ())
    _tagged(ask, forum, tags)
    name, id_ = _name(ask), ask.server.clock.snowflake()
    if not any(ask.body["message"].get(one) for one in ("content", "embeds", "components", "sticker_ids")):
        raise Refusal(50006)
    post = ask.server.thread(id_, forum.id, name, owner=ask.me, tags=tags)
    shown = compose(ask, post, ask.body["message"], id_)
    return _opened(ask, post) | {"message": payloads.message(ask.server, shown)}


def _tagged(ask: Ask, forum: Place, tags: tuple[str, ...]) -> None:
    if unknown := set(tags) - {id_ for id_, _ in forum.offered}:
        ask.invalid(f"applied_tags: {sorted(unknown)} are no tags of this forum")
    if set(tags) & set(forum.moderated):
        ask.need(forum, rights.MANAGE_THREADS)
    if forum.requires_tag and not tags:
        raise Refusal(40067)


def _name(ask: Ask) -> str:
    """Return a thread's name: 1 to 100 characters, and not only blanks."""
    name = str(ask.body.get("name") or "")
    if not 1 <= len(name.strip()) <= 100 or len(name) > 100:
        ask.refuse([f"a thread's name has 1 to 100 characters, not {len(name)}"])
    return name.strip()


def _opened(ask: Ask, thread: Place) -> Json:
    body = payloads.channel(ask.server, thread)
    ask.server.tell("THREAD_CREATE", body | {"newly_created": True}, thread.guild)
    ask.server.changed()
    return body


def change(ask: Ask) -> Json:
    """Change a thread or a channel."""
    place = ask.place()
    if not place.parent:
        ask.need(place, rights.MANAGE_CHANNELS)
        return _renamed(ask, place)
    ask.refuse(rules.strangers(ask.body, rules.THREAD | {"archived", "locked", "invitable", "flags", "applied_tags"}))
    wakes = ask.body.get("archived") is False
    if place.archived and not wakes and ask.body.keys() != {"archived"}:
        raise Refusal(50083)
    mine = place.owner == ask.me and "locked" not in ask.body and not place.locked
    if not mine and not (wakes and not place.locked and ask.can(place, rights.SEND_IN_THREADS)):
        ask.need(place, rights.MANAGE_THREADS)
    if "applied_tags" in ask.body:
        place.tags = tuple(ask.body["applied_tags"] or ())
        _tagged(ask, ask.server.places[place.parent], place.tags)
    place.locked = ask.body.get("locked", place.locked)
    if "archived" in ask.body:
        place.archived, place.archived_at = bool(ask.body["archived"]), ask.server.clock.now()
    return _renamed(ask, place)


def _renamed(ask: Ask, place: Place) -> Json:
    if "name" in ask.body:
        place.name = _name(ask)
    body = payloads.channel(ask.server, place)
    ask.server.tell("THREAD_UPDATE" if place.parent else "CHANNEL_UPDATE", body, place.guild)
    ask.server.changed()
    return body


def remove(ask: Ask) -> Json:
    """Delete a thread or a channel."""
    place = ask.place()
    if place.kind != "direct":
        ask.need(place, rights.MANAGE_THREADS if place.parent else rights.MANAGE_CHANNELS)
        ask.server.forget(place)
    return payloads.channel(ask.server, place)


def active(ask: Ask) -> Json:
    """Return a server's threads that are not archived."""
    guild, server = ask.guild(), ask.server
    mine = [one for one in server.places.values() if one.parent and one.guild == guild.id and not one.archived]
    seen = sorted((one for one in mine if ask.can(one, rights.VIEW)), key=lambda one: int(one.id), reverse=True)
    return {"threads": [payloads.channel(server, one) for one in seen], "members": [], "has_more": False}


def archived(ask: Ask) -> Json:
    """Return a channel's archived threads, the one archived last first."""
    place, limit = ask.place(needs=rights.READ_HISTORY), ask.number("limit", 50, 2, 100)
    mine = [one for one in ask.server.threads(place.id) if one.archived]
    before = ask.query.get("before")
    mine = [one for one in mine if not before or written(one.archived_at) < before.replace("Z", "+00:00")]
    mine.sort(key=lambda one: one.archived_at, reverse=True)
    found = [payloads.channel(ask.server, one) for one in mine[:limit]]
    return {"threads": found, "members": [], "has_more": len(mine) > limit}


def join(ask: Ask) -> Any:
    """Join a thread."""
    if ask.place().archived:
        raise Refusal(50083)


METHODS: Final[dict[str, Method]] = {
    "POST /channels/{channel_id}/messages/{message_id}/threads": below,
    "POST /channels/{channel_id}/threads": start,
    "PATCH /channels/{channel_id}": change,
    "DELETE /channels/{channel_id}": remove,
    "GET /guilds/{guild_id}/threads/active": active,
    "GET /channels/{channel_id}/threads/archived/public": archived,
    "PUT /channels/{channel_id}/thread-members/@me": join,
}
