"""How Discord writes what there is, in answers and events."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Final

from tests.servers.discord import rights
from tests.servers.discord.clock import born, written
from tests.servers.discord.people import JOINED, member, role, user
from tests.servers.discord.reading import walk
from tests.servers.discord.things import Guild, Json, Place, Shown

if TYPE_CHECKING:
    from tests.servers.discord.state import State

_EMPTY: Final = (
    "icon splash banner description discovery_splash home_header application_id afk_channel_id rules_channel_id "
    "widget_channel_id max_presences vanity_url_code safety_alerts_channel_id public_updates_channel_id incidents_data"
)
"""What a server need not have."""


def guild(world: State, one: Guild) -> Json:
    """Return a server as GET answers it."""
    looks: Json = dict.fromkeys(_EMPTY.split()) | {"widget_enabled": False, "premium_progress_bar_enabled": False}
    levels = {"verification_level": 1, "default_message_notifications": 1, "explicit_content_filter": 0}
    levels |= {"mfa_level": 0, "nsfw_level": 0, "premium_tier": 0, "system_channel_flags": 0, "afk_timeout": 300}
    levels |= {"max_members": 500_000, "max_stage_video_channel_users": 50, "max_video_channel_users": 25}
    levels |= {"premium_subscription_count": 0, "nsfw": False}
    where = {"system_channel_id": one.system or None, "region": "deprecated"}
    inside = {"features": [], "emojis": [], "stickers": [], "preferred_locale": one.locale}
    roles = [role(each) for each in world.roles.values() if each.guild == one.id]
    return {"id": one.id, "name": one.name, "owner_id": one.owner, "roles": roles} | looks | levels | where | inside


def arriving(world: State, one: Guild) -> Json:
    """Return a server as its GUILD_CREATE carries it."""
    places = [place for place in world.places.values() if place.guild == one.id]
    seen = [place for place in places if not place.parent]
    active = [place for place in places if place.parent and not place.archived]
    people = [person for person in world.people.values() if one.id in person.guilds]
    more: Json = {"joined_at": JOINED, "large": False, "unavailable": False, "member_count": len(people) + 1}
    more |= {"voice_states": [], "presences": [], "stage_instances": [], "guild_scheduled_events": []}
    more |= {
        "channels": [*others(one), *(channel(world, place) for place in seen)],
        "members": [member(world, world.app.user, one)],
    }
    visible = [place for place in active if world.permissions(world.app.user, place) & rights.VIEW]
    return guild(world, one) | more | {"threads": [channel(world, place) for place in visible], "soundboard_sounds": []}


def others(one: Guild) -> list[Json]:
    """Return the channels that stand in every server and are no place for a digest, one of a kind that nobody knows."""
    basis: Json = {"guild_id": one.id, "parent_id": None, "position": 9, "flags": 0, "permission_overwrites": []}
    category = basis | {"id": f"{one.id}7000001", "type": 4, "name": "Text Channels"}
    voice = basis | {"id": f"{one.id}7000002", "type": 2, "name": "Lounge", "nsfw": False, "rate_limit_per_user": 0}
    voice |= {"bitrate": 64_000, "user_limit": 0, "rtc_region": None, "last_message_id": None}
    return [category, voice, basis | {"id": f"{one.id}7000003", "type": 99, "name": None, "topic": None}]


def channel(world: State, place: Place) -> Json:
    """Return a channel, a thread or a conversation."""
    basis: Json = {"id": place.id, "type": place.type, "last_message_id": place.last, "flags": 0}
    if place.kind == "direct":
        return basis | {"recipients": [user(world, place.recipient)]}
    basis |= {"name": place.name, "guild_id": place.guild, "rate_limit_per_user": 0}
    if place.parent:
        return basis | _thread(place)
    basis |= {"topic": place.topic or None, "position": 0, "parent_id": None, "nsfw": False}
    basis["permission_overwrites"] = world.overwrites(place)
    if place.kind == "forum":
        tags = [{"id": id_, "name": name, "moderated": id_ in place.moderated} for id_, name in place.offered]
        basis["available_tags"] = [tag | {"emoji_id": None, "emoji_name": None} for tag in tags]
        basis |= {"flags": 1 << 4 if place.requires_tag else 0, "default_forum_layout": 0}
        basis |= {"default_reaction_emoji": None, "default_sort_order": None}
    return basis


def _thread(place: Place) -> Json:
    since = written(place.archived_at or born(place.id))
    state: Json = {"archived": place.archived, "locked": place.locked, "auto_archive_duration": 1440}
    state |= {"archive_timestamp": since, "create_timestamp": written(born(place.id))}
    count = max(0, len(place.posts) - 1)
    counts: Json = {"message_count": count, "total_message_sent": count, "member_count": 1}
    names: Json = {"parent_id": place.parent, "owner_id": place.owner, "applied_tags": list(place.tags)}
    return {"thread_metadata": state} | counts | names


def message(world: State, shown: Shown, *, whole: bool = True) -> Json:
    """Return a message; without *whole* only what an app without the message content intent may see."""
    components = deepcopy(shown.components) if whole else []
    for number, one in enumerate(walk(components), 1):
        one.setdefault("id", number)
    body: Json = {"id": shown.id, "channel_id": shown.channel, "author": user(world, shown.author), "type": 0}
    body |= {"content": shown.content if whole else "", "embeds": _embeds(shown) if whole else []}
    body |= {"components": components, "flags": shown.flags, "timestamp": written(born(shown.id)), "attachments": []}
    body |= {"edited_timestamp": written(world.clock.now()) if shown.edited else None, "tts": False, "pinned": False}
    if whole and shown.forwarded:
        body["message_snapshots"] = [{"message": _snapshot(one)} for one in shown.forwarded]
    ids = [one for one in shown.pings if one.isdigit()]
    body |= {"mention_everyone": "everyone" in shown.pings, "mentions": [user(world, one) for one in ids]}
    body |= {"mention_roles": [one[1:] for one in shown.pings if one.startswith("&")]}
    # Whoever only keeps what there is knows of no interactions.
    if asked := getattr(world, "interactions", {}).get(shown.command):
        who = {"user": user(world, asked.user), "authorizing_integration_owners": {}}
        body["interaction_metadata"] = {"id": asked.id, "type": asked.kind, **who}
    if shown.nonce:
        body["nonce"] = shown.nonce
    if found := _reactions(world, shown.id):
        body["reactions"] = found
    if shown.id in world.places and world.places[shown.id].parent == shown.channel:
        body["thread"] = channel(world, world.places[shown.id])
        body["flags"] |= 1 << 5
    return body


def _snapshot(one: Json) -> Json:
    """Return what a forward tells: https://docs.discord.com/developers/resources/message#message-snapshot-object."""
    parts: Json = {name: [] for name in ("embeds", "attachments", "mentions", "mention_roles", "components")}
    when: Json = {"timestamp": written(1_700_000_000), "edited_timestamp": None}
    return {"type": 0, "content": "", "flags": 0} | parts | when | one


def _embeds(shown: Shown) -> list[Json]:
    return [{"type": "rich", **deepcopy(embed)} for embed in shown.embeds]


def _reactions(world: State, message: str) -> list[Json]:
    normal, bursts = world.reactions.get(message, {}), world.bursts.get(message, {})
    every = {emoji: (normal.get(emoji, []), bursts.get(emoji, [])) for emoji in (*normal, *bursts)}
    return [_reaction(world, emoji, *users) for emoji, users in every.items() if any(users)]


def _reaction(world: State, emoji: str, users: list[str], burst: list[str]) -> Json:
    counts: Json = {"count": len(users) + len(burst), "burst_colors": []}
    counts |= {"count_details": {"burst": len(burst), "normal": len(users)}}
    mine = {"me": world.app.user in users, "me_burst": world.app.user in burst}
    return counts | mine | {"emoji": {"id": None, "name": emoji}}
