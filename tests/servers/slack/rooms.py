"""The methods conversations.*, users.*, usergroups.* and team.*: who and what there is."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from tests.servers.slack.asks import Ask, Method, page
from tests.servers.slack.messages import as_json
from tests.servers.slack.rules import RESTRICTED_PAGE
from tests.servers.slack.things import Json, Person, Place, Refusal, Shown

_KINDS: Final = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}


def info(ask: Ask) -> Json:
    """conversations.info."""
    place = ask.place()
    ask.scope(f"{place.kind}:read")
    return {"channel": _room(ask, place)}


def rooms(ask: Ask) -> Json:
    """conversations.list: what the bot can see, in the workspace of the call."""
    home = ask.team().id
    found = [place for place in _of_types(ask) if home in place.teams]
    items, more = page([_room(ask, place) for place in found], ask, ask.number("limit", 100, 1000))
    return {"channels": items, "response_metadata": more}


def joined(ask: Ask) -> Json:
    """users.conversations: what the bot, or a person, is a member of."""
    user = ask.text("user", ask.bot.user)
    found = [_room(ask, place) for place in _of_types(ask) if user in place.members]
    items, more = page(found, ask, ask.number("limit", 100, 1000))
    return {"channels": items, "response_metadata": more}


def members(ask: Ask) -> Json:
    """conversations.members."""
    place = ask.place()
    ask.scope(f"{place.kind}:read")
    first = ask.number("limit", 100, 1000)
    items, more = page([{"id": name} for name in sorted(place.members)], ask, first)
    return {"members": [one["id"] for one in items], "response_metadata": more}


def join(ask: Ask) -> Json:
    """conversations.join; only public channels can be joined."""
    place = ask.place()
    if place.private or place.direct:
        raise Refusal("method_not_supported_for_channel_type")
    if place.archived:
        raise Refusal("is_archived")
    place.members.add(ask.bot.user)
    ask.world.changed()
    return {"channel": _room(ask, place)}


def direct(ask: Ask) -> Json:
    """conversations.open, with one person or the id of a conversation."""
    if channel := ask.text("channel"):
        return {"channel": {"id": ask.world.place(channel).id}}
    user = ask.need("users")
    if "," in user:
        raise Refusal("method_not_supported_for_channel_type")
    ask.scope("im:write")
    if user == ask.bot.user:
        raise Refusal("cannot_dm_bot")
    person = ask.world.people.get(user)
    if person is None or not _known(ask, person):
        raise Refusal("user_not_found")
    place = ask.world.direct(user, ask.bot)
    return {"channel": {"id": place.id, "is_im": True, "user": user}, "already_open": bool(place.posts)}


def history(ask: Ask) -> Json:
    """conversations.history: the newest of the span first, replies left out."""
    place = _readable(ask)
    found = [one for one in place.posts.values() if one.thread in {"", one.ts} and _within(ask, one)]
    found.sort(key=lambda one: one.ts, reverse=True)
    return _listed(ask, place, found)


def replies(ask: Ask) -> Json:
    """conversations.replies: the parent, whatever the span, and its replies of the span, oldest first."""
    place, parent = _readable(ask), ask.need("ts")
    if parent not in place.posts:
        raise Refusal("thread_not_found")
    thread = place.posts[parent].thread or parent
    found = [one for one in place.posts.values() if one.ts == thread or (one.thread == thread and _within(ask, one))]
    return _listed(ask, place, sorted(found, key=lambda one: one.ts))


def person(ask: Ask) -> Json:
    """users.info."""
    found = ask.world.people.get(ask.need("user"))
    if found is None:
        raise Refusal("user_not_found")
    if not _known(ask, found):
        raise Refusal("user_not_visible")
    offset = datetime.now(ZoneInfo(found.tz)).utcoffset()
    home = {team.id for team in ask.teams()}
    return {
        "user": {
            "id": found.id,
            "team_id": found.team,
            "name": found.name.lower(),
            "real_name": found.name,
            "profile": {"display_name": found.name, "real_name": found.name},
            "tz": found.tz,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "is_admin": found.admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_bot": found.bot,
            "is_stranger": found.team not in home,
            "deleted": False,
            **_wider(ask, found),
        }
    }


def _wider(ask: Ask, found: Person) -> Json:
    """Return what an organization says of somebody of it."""
    home = ask.world.teams.get(found.team)
    if home is None or not home.enterprise:
        return {}
    teams = [team.id for team in ask.world.teams.values() if team.enterprise == home.enterprise]
    roles = {"is_admin": found.runs_all, "is_owner": False}
    return {"enterprise_user": {"id": found.id, "enterprise_id": home.enterprise, "teams": teams, **roles}}


def groups(ask: Ask) -> Json:
    """usergroups.list."""
    found = [group for group in ask.world.groups.values() if group.team == ask.team().id]
    return {
        "usergroups": [
            {
                "id": one.id,
                "team_id": one.team,
                "handle": one.handle,
                "name": one.handle,
                "user_count": len(one.members),
            }
            for one in found
        ]
    }


def group_members(ask: Ask) -> Json:
    """usergroups.users.list."""
    group = ask.world.groups.get(ask.need("usergroup"))
    if group is None or group.team not in {team.id for team in ask.teams()}:
        raise Refusal("no_such_subteam")
    return {"users": list(group.members)}


def team(ask: Ask) -> Json:
    """team.info."""
    one = ask.team() if ask.bot.team or ask.text("team_id") else ask.teams()[0]
    return {"team": {"id": one.id, "name": one.name, "domain": one.domain, "enterprise_id": one.enterprise or None}}


def _of_types(ask: Ask) -> Iterable[Place]:
    """Return the channels of the types asked for that the bot can see; each type needs its scope."""
    types = [name.strip() for name in ask.text("types", "public_channel").split(",")]
    if not set(types) <= _KINDS.keys():
        raise Refusal("invalid_types")
    kinds = {_KINDS[name] for name in types}
    for kind in sorted(kinds):
        ask.scope(f"{kind}:read")
    hidden = ask.flag("exclude_archived")
    every = ask.world.places.values()
    return [one for one in every if one.kind in kinds and ask.sees(one) and not (hidden and one.archived)]


def _room(ask: Ask, place: Place) -> Json:
    """Write a channel as Slack does."""
    if place.direct:
        return {"id": place.id, "is_im": True, "user": place.direct, "is_archived": place.archived}
    return {
        "id": place.id,
        "name": place.name,
        "is_channel": not place.private,
        "is_group": place.private,
        "is_im": False,
        "is_private": place.private,
        "is_archived": place.archived,
        "is_member": ask.bot.user in place.members,
        "is_shared": bool(place.shared),
        "is_ext_shared": bool(place.shared),
        "context_team_id": place.team,
        "shared_team_ids": list(place.teams),
        "topic": {"value": ""},
        "purpose": {"value": place.purpose},
        "num_members": len(place.members),
    }


def _known(ask: Ask, found: Person) -> bool:
    """Tell whether the caller can see a person: of a workspace of its own, or one that shares a channel."""
    homes = {one.id for one in ask.teams()}
    shared = {team for place in ask.world.places.values() if homes & set(place.teams) for team in place.teams}
    return found.team in homes | shared


def _readable(ask: Ask) -> Place:
    place = ask.place()
    ask.scope(f"{place.kind}:history")
    if ask.bot.user not in place.members:
        raise Refusal("not_in_channel")
    return place


def _within(ask: Ask, shown: Shown) -> bool:
    """Tell whether a message lies between ``oldest`` and ``latest``, which do not belong unless ``inclusive``."""
    ts, oldest, latest = float(shown.ts), float(ask.text("oldest") or 0), float(ask.text("latest") or "inf")
    return oldest <= ts <= latest if ask.flag("inclusive") else oldest < ts < latest


def _listed(ask: Ask, place: Place, found: list[Shown]) -> Json:
    metadata = ask.flag("include_all_metadata")
    written = [as_json(one, metadata=metadata) | _thread(place, one) for one in found]
    most = RESTRICTED_PAGE if ask.world.restricted else 999
    items, cursor = _cut(written, ask, min(ask.number("limit", 100, 999), most))
    return {"messages": items, "has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}


def _cut(written: list[Json], ask: Ask, limit: int) -> tuple[list[Json], str]:
    """Return the page after the cursor, which names a message: what is said meanwhile moves no page."""
    if cursor := ask.text("cursor"):
        after = b64decode(cursor, validate=True).decode() if cursor.isascii() else ""
        if not after.startswith("next_ts:"):
            raise Refusal("invalid_cursor")
        ts, newest_first = after.removeprefix("next_ts:"), ask.method == "conversations.history"
        written = [one for one in written if (one["ts"] < ts if newest_first else one["ts"] > ts)]
    items = written[:limit]
    return items, b64encode(f"next_ts:{items[-1]['ts']}".encode()).decode() if len(written) > limit else ""


def _thread(place: Place, parent: Shown) -> Json:
    """Say how many replies a message has."""
    below = [one.ts for one in place.posts.values() if one.thread == parent.ts != one.ts]
    return {"thread_ts": parent.ts, "reply_count": len(below), "latest_reply": max(below)} if below else {}


METHODS: Final[dict[str, Method]] = {
    "conversations.history": history,
    "conversations.info": info,
    "conversations.join": join,
    "conversations.list": rooms,
    "conversations.members": members,
    "conversations.open": direct,
    "conversations.replies": replies,
    "users.conversations": joined,
    "users.info": person,
    "usergroups.list": groups,
    "usergroups.users.list": group_members,
    "team.info": team,
}
