"""Who and what there is, over REST: the app, its commands, servers, channels, roles, members and people."""

from __future__ import annotations

from typing import Any, Final

from tests.servers.discord import commands, payloads, people, rights
from tests.servers.discord.asks import Ask, Method
from tests.servers.discord.rules import strangers
from tests.servers.discord.things import Json, Refusal


def me(ask: Ask) -> Json:
    """Return the bot's user."""
    return people.user(ask.server, ask.me) | {"mfa_enabled": True, "locale": "en-US", "verified": True}


def somebody(ask: Ask) -> Json:
    """Return a user."""
    if ask.ids["user_id"] not in {*ask.server.people, ask.me}:
        raise Refusal(10013)
    return people.user(ask.server, ask.ids["user_id"])


def application(ask: Ask) -> Json:
    """Return the application."""
    return people.app(ask.server.app) | {"bot": people.user(ask.server, ask.me)}


def gateway(ask: Ask) -> Json:
    """Return where the gateway is."""
    return {"url": ask.server.gateway}


def gateway_bot(ask: Ask) -> Json:
    """Return where the gateway is, how many shards it wants, and how often one may identify."""
    return {"url": ask.server.gateway, "shards": ask.server.shards, "session_start_limit": ask.server.session_limit()}


def synced(ask: Ask) -> list[Json]:
    """Return the commands."""
    _own(ask)
    return ask.server.commands


def sync(ask: Ask) -> list[Json]:
    """Replace all commands; one whose name and type stay keeps its id."""
    _own(ask)
    ask.refuse(commands.problems(ask.body))
    old = {(one["type"], one["name"]): one["id"] for one in ask.server.commands}
    fresh: dict[str, Any] = {"application_id": ask.server.app.application, "version": ask.server.clock.snowflake()}
    ask.server.commands = [
        {"type": 1, "description": "", "default_member_permissions": None}
        | one
        | fresh
        | {"id": old.get((one.get("type", 1), one["name"])) or ask.server.clock.snowflake()}
        for one in ask.body
    ]
    ask.server.syncs += 1
    ask.server.changed()
    return ask.server.commands


def _own(ask: Ask) -> None:
    if ask.ids["application_id"] != ask.server.app.application:
        raise Refusal(10002)


def guild(ask: Ask) -> Json:
    """Return a server."""
    return payloads.guild(ask.server, ask.guild())


def channels(ask: Ask) -> list[Json]:
    """Return a server's channels; threads are not among them, and those that the bot can not see are."""
    guild_ = ask.guild()
    mine = [one for one in ask.server.places.values() if one.guild == guild_.id and not one.parent]
    return [payloads.channel(ask.server, one) for one in mine]


def roles(ask: Ask) -> list[Json]:
    """Return a server's roles."""
    guild_ = ask.guild()
    return [people.role(one) for one in ask.server.roles.values() if one.guild == guild_.id]


def member(ask: Ask) -> Json:
    """Return a member of a server."""
    guild_, who = ask.guild(), ask.ids["user_id"]
    if who == ask.me:
        return people.member(ask.server, who, guild_)
    if who not in ask.server.people:
        raise Refusal(10013)
    if guild_.id not in ask.server.people[who].guilds:
        raise Refusal(10007)
    return people.member(ask.server, who, guild_)


def guilds(ask: Ask) -> list[Json]:
    """Return the servers that the bot is in."""
    mine = [one for one in ask.server.guilds.values() if one.present]
    more: Json = {"icon": None, "owner": False, "permissions": str(rights.ALL), "features": []}
    return [{"id": one.id, "name": one.name} | more for one in mine]


def channel(ask: Ask) -> Json:
    """Return a channel."""
    return payloads.channel(ask.server, ask.place())


def direct(ask: Ask) -> Json:
    """Open the conversation with somebody; that they take no messages shows when one is sent."""
    ask.refuse(strangers(ask.body, {"recipient_id"}))
    return payloads.channel(ask.server, ask.server.conversation(str(ask.body.get("recipient_id") or "")))


def typing(ask: Ask) -> None:
    """Show that the bot is typing."""
    ask.place()


METHODS: Final[dict[str, Method]] = {
    "GET /users/@me": me,
    "GET /users/{user_id}": somebody,
    "GET /applications/@me": application,
    "GET /oauth2/applications/@me": application,
    "GET /gateway": gateway,
    "GET /gateway/bot": gateway_bot,
    "GET /applications/{application_id}/commands": synced,
    "PUT /applications/{application_id}/commands": sync,
    "GET /users/@me/guilds": guilds,
    "GET /guilds/{guild_id}": guild,
    "GET /guilds/{guild_id}/channels": channels,
    "GET /guilds/{guild_id}/roles": roles,
    "GET /guilds/{guild_id}/members/{user_id}": member,
    "GET /channels/{channel_id}": channel,
    "POST /users/@me/channels": direct,
    "POST /channels/{channel_id}/typing": typing,
}
