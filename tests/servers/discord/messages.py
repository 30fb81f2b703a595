"""Messages and reactions over REST: https://docs.discord.com/developers/resources/message."""

from __future__ import annotations

from typing import Any, Final

from tests.servers.discord import payloads, people, rights, rules
from tests.servers.discord.asks import Ask, Method
from tests.servers.discord.clock import born
from tests.servers.discord.pings import pings
from tests.servers.discord.things import Json, Place, Refusal, Shown

_HOUR: Final = 3600


def create(ask: Ask) -> Json:
    """Post a message, or return the earlier one of the same nonce."""
    ask.refuse(rules.message(ask.body, rules.CREATE))
    place = ask.place()
    _writable(ask, place)
    if earlier := _earlier(ask):
        return payloads.message(ask.server, earlier)
    if place.archived:
        _wake(ask, place)
    shown = compose(ask, place, ask.body)
    if shown.nonce:
        ask.server.nonces[ask.me, shown.nonce] = (ask.server.clock.now(), place.id, shown.id)
    return payloads.message(ask.server, shown)


def compose(ask: Ask, place: Place, body: Json, id_: str = "") -> Shown:
    """Put a message of the bot into a channel."""
    if not any(body.get(name) for name in ("content", "embeds", "components", "sticker_ids", "poll")):
        raise Refusal(50006)
    if body.get("embeds") and not ask.can(place, rights.EMBED_LINKS):
        body = body | {"embeds": []}
    parts: Any = {name: body.get(name) or [] for name in ("components", "embeds")}
    heard, nonce = pings(ask.server, ask.me, place, body), str(body.get("nonce") or "")
    id_ = id_ or ask.server.clock.snowflake()
    words: Any = {"content": body.get("content") or "", "flags": body.get("flags") or 0, "names": ask.server.names}
    return ask.server.put(Shown(id_, place.id, ask.me, pings=heard, nonce=nonce, **parts, **words))


def changes(body: Json) -> Json:
    """Return what an edit does to a message; what it does not name stays."""
    parts = {name: body[name] or [] for name in ("components", "embeds") if name in body}
    words = {"content": body["content"] or ""} if "content" in body else {}
    return parts | words | ({"flags": body["flags"] or 0} if "flags" in body else {}) | {"edited": True}


def edit(ask: Ask) -> Json:
    """Change a message of the bot."""
    place = ask.place()
    shown = ask.message(place)
    ask.refuse(rules.message(ask.body, rules.EDIT, held=shown.flags))
    ask.refuse(rules.edits(ask.body, shown.flags, shown.content))
    if shown.author != ask.me:
        raise Refusal(50005)
    if place.archived:
        raise Refusal(50083)
    server = ask.server
    if server.clock.now() - born(shown.id) > _HOUR and server.old_edits is not None:
        server.aged[place.id] = server.aged.get(place.id, 0) + 1
        if server.aged[place.id] > server.old_edits:
            raise Refusal(30046, retry_after=server.old_wait)
    changed = changes(ask.body)
    if not any(changed.get(name, getattr(shown, name)) for name in ("content", "embeds", "components")):
        raise Refusal(50006)
    return payloads.message(server, server.change(shown, **changed))


def read(ask: Ask) -> Json:
    """Return one message."""
    place = ask.place(needs=rights.READ_HISTORY)
    return _seen(ask, ask.message(place))


def history(ask: Ask) -> list[Json]:
    """Return messages, the newest first."""
    place, limit = ask.place(), ask.number("limit", 50, 1, 100)
    if place.kind == "forum":
        raise Refusal(50008)
    if not ask.can(place, rights.READ_HISTORY):
        return []
    every = sorted(place.posts.values(), key=lambda one: int(one.id), reverse=True)
    if before := ask.query.get("before"):
        found = [one for one in every if int(one.id) < int(before)][:limit]
    elif after := ask.query.get("after"):
        found = [one for one in every if int(one.id) > int(after)][-limit:]
    elif around := ask.query.get("around"):
        newer = [one for one in every if int(one.id) > int(around)][-(limit // 2) :]
        older = [one for one in every if int(one.id) <= int(around)][: limit - len(newer)]
        found = [*newer, *older]
    else:
        found = every[:limit]
    return [_seen(ask, one) for one in found]


def delete(ask: Ask) -> None:
    """Remove a message."""
    place = ask.place()
    shown = ask.message(place)
    if shown.author != ask.me:
        ask.need(place, rights.MANAGE_MESSAGES)
    if place.archived:
        raise Refusal(50083)
    ask.server.drop(shown)


def reacted(ask: Ask) -> list[Json]:
    """Return who reacted with an emoji."""
    shown, limit = ask.message(ask.place(needs=rights.READ_HISTORY)), ask.number("limit", 25, 1, 100)
    held = ask.server.bursts if ask.number("type", 0, 0, 1) else ask.server.reactions
    users = sorted(held.get(shown.id, {}).get(ask.ids["emoji_name"], []), key=int)
    later = [one for one in users if int(one) > int(ask.query.get("after", 0))]
    return [people.user(ask.server, one) for one in later[:limit]]


def react(ask: Ask) -> None:
    """Put a reaction of the bot below a message."""
    place = ask.place(needs=rights.READ_HISTORY)
    shown, emoji = ask.message(place), ask.ids["emoji_name"]
    if place.archived:
        raise Refusal(50083)
    if emoji.isascii() and ":" not in emoji:
        raise Refusal(10014)
    if emoji not in ask.server.reactions.get(shown.id, {}):
        ask.need(place, rights.ADD_REACTIONS)
    ask.server.reacting(shown, emoji, ask.me, add=True)


def unreact(ask: Ask) -> None:
    """Take a reaction of the bot back."""
    shown = ask.message(ask.place())
    ask.server.reacting(shown, ask.ids["emoji_name"], ask.me, add=False)


def _writable(ask: Ask, place: Place) -> None:
    """Refuse where the bot can not write."""
    if place.kind == "direct":
        person = ask.server.people[place.recipient]
        if not person.installed and not any(
            one in ask.server.guilds and ask.server.guilds[one].present for one in person.guilds
        ):
            raise Refusal(50278)
        if not person.dms:
            raise Refusal(50007)
        return
    if place.kind == "forum":
        raise Refusal(50008)
    ask.need(place, rights.SEND_IN_THREADS if place.parent else rights.SEND)
    if place.locked and not ask.can(place, rights.MANAGE_THREADS):
        raise Refusal(160005)


def _earlier(ask: Ask) -> Shown | None:
    """Return the message that had the same nonce a short while ago."""
    nonce = str(ask.body.get("nonce") or "")
    if not nonce or not ask.body.get("enforce_nonce"):
        return None
    at, channel, id_ = ask.server.nonces.get((ask.me, nonce), (0.0, "", ""))
    fresh = ask.server.clock.now() - at < ask.server.nonce_seconds
    return ask.server.places[channel].posts.get(id_) if fresh and channel in ask.server.places else None


def _wake(ask: Ask, place: Place) -> None:
    """Bring an archived thread back, as a message in it does."""
    place.archived = False
    ask.server.tell("THREAD_UPDATE", payloads.channel(ask.server, place), place.guild)


def _seen(ask: Ask, shown: Shown) -> Json:
    """Return a message as the bot may see it: without the intent, the words of others in servers stay hidden."""
    open_ = (
        shown.author == ask.me or ask.server.places[shown.channel].kind == "direct" or f"<@{ask.me}>" in shown.content
    )
    return payloads.message(ask.server, shown, whole=open_ or bool(ask.server.app.privileged & 1 << 15))


METHODS: Final[dict[str, Method]] = {
    "POST /channels/{channel_id}/messages": create,
    "GET /channels/{channel_id}/messages": history,
    "GET /channels/{channel_id}/messages/{message_id}": read,
    "PATCH /channels/{channel_id}/messages/{message_id}": edit,
    "DELETE /channels/{channel_id}/messages/{message_id}": delete,
    "GET /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}": reacted,
    "PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me": react,
    "DELETE /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me": unreact,
}
