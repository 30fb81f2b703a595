"""Whom a message notifies: https://docs.discord.com/developers/resources/message#allowed-mentions-object."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from tests.servers.discord import rights
from tests.servers.discord.reading import walk
from tests.servers.discord.things import Place

if TYPE_CHECKING:
    from tests.servers.discord.state import State

_PEOPLE: Final = re.compile(r"<@!?(\d+)>")
_ROLES: Final = re.compile(r"<@&(\d+)>")
_WIDE: Final = re.compile(r"@(everyone|here)")
_SILENT: Final = 1 << 12


def pings(world: State, author: str, place: Place, body: dict[str, Any]) -> tuple[str, ...]:
    """Return whom a new message of *author* notifies; markdown and backslashes protect from nothing."""
    if (body.get("flags") or 0) & _SILENT:
        return ()
    texts = [one["content"] for one in walk(body.get("components") or []) if one.get("type") == 10]
    text = "\n".join([body.get("content") or "", *texts])
    wide = place.kind != "direct" and bool(world.permissions(author, place) & rights.MENTION_EVERYONE)
    roles = [one for one in _ROLES.findall(text) if one in world.roles and (wide or world.roles[one].mentionable)]
    people = [one for one in _PEOPLE.findall(text) if one in world.people]
    everyone = _WIDE.findall(text) if wide else []
    allowed = body.get("allowed_mentions")
    if allowed is not None:
        people = _left(people, "users", allowed)
        roles = _left(roles, "roles", allowed)
        everyone = everyone if "everyone" in (allowed.get("parse") or ()) else []
    return tuple(dict.fromkeys([*people, *(f"&{one}" for one in roles), *everyone]))


def _left(found: list[str], kind: str, allowed: dict[str, Any]) -> list[str]:
    return found if kind in (allowed.get("parse") or ()) else [one for one in found if one in (allowed.get(kind) or ())]
