"""How Discord writes who there is: the bot, its application, people, members and roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.servers.discord.things import Bot, Guild, Json, Person, Place, Role

if TYPE_CHECKING:
    from tests.servers.discord.state import State

JOINED: Final = "2024-01-01T00:00:00+00:00"
_BARE: Final = "avatar banner accent_color avatar_decoration_data collectibles clan primary_guild"
"""What hardly anybody has."""
_NOBODY: Final[Json] = {"discriminator": "0", "public_flags": 0, "flags": 0} | dict.fromkeys(_BARE.split())


def user(world: State, id_: str) -> Json:
    """Return a user: the bot or somebody."""
    who: Json = {"id": id_, **_NOBODY}
    if id_ in world.people:
        name = world.people[id_].name
        return who | {"username": name.lower(), "global_name": name}
    name = world.app.name if world.has_app and id_ == world.app.user else "Somebody"
    return who | {"username": name, "global_name": None, "bot": world.has_app and id_ == world.app.user}


def app(bot: Bot) -> Json:
    """Return the application."""
    owner = {"id": "99", "username": "owner", "global_name": None, **_NOBODY}
    words = {"name": bot.name, "description": "", "icon": None, "summary": "", "verify_key": "0" * 64}
    flags = {"bot_public": True, "bot_require_code_grant": False, "flags": 0, "hook": True}
    counts = {f"approximate_{name}_count": 1 for name in ("guild", "user_install", "user_authorization")}
    kinds: Json = {
        "integration_types_config": {"0": {}, "1": {}},
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "eligible_oauth2_scopes": [],
        "explicit_content_filter": 0,
        "flags_new": "0",
        "type": None,
    }
    return {"id": bot.application, "owner": owner, "team": None, "tags": []} | words | flags | counts | kinds


def member(world: State, id_: str, guild: Guild, *, with_user: bool = True) -> Json:
    """Return a member of a server."""
    roles = list(world.roles_of(id_, guild))
    words = {"nick": None, "avatar": None, "banner": None, "premium_since": None, "communication_disabled_until": None}
    words |= {"avatar_decoration_data": None, "collectibles": None, "unusual_dm_activity_until": None}
    flags = {"deaf": False, "mute": False, "pending": False, "flags": 0, "joined_at": JOINED, "roles": roles}
    return words | flags | ({"user": user(world, id_)} if with_user else {})


def role(one: Role) -> Json:
    """Return a role."""
    looks = {"color": 0, "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None}}
    flags = {"hoist": False, "managed": False, "mentionable": one.mentionable, "flags": 0}
    where = {"position": 0 if one.id == one.guild else 1, "permissions": str(one.permissions)}
    return {"id": one.id, "name": one.name, "icon": None, "unicode_emoji": None} | looks | flags | where


def acting_member(world: State, person: Person, place: Place) -> Json:
    """Return who acts, as an interaction carries them."""
    if place.kind == "direct":
        return {"user": user(world, person.id)}
    here = member(world, person.id, world.guilds[place.guild])
    return {"member": here | {"permissions": str(world.permissions(person.id, place))}}
