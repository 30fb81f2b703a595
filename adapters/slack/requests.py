"""Slack's payloads, cut down to what a request needs; the same for commands, buttons, windows and events."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from slack_bolt.context.async_context import AsyncBoltContext

from adapters.slack import forms
from adapters.slack.kit import Kit
from adapters.slack.origins import Origin, unpack
from adapters.slack.rights import person
from bot.errors import Malformed
from bot.models import Channel, Kind
from bot.ports.commands import Request

_SHOWN: Final = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_NAMELESS: Final = frozenset({"directmessage", "privategroup"})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and where. ``inside`` tells that they surely are in the channel; ``id`` is Slack's id of the event."""

    id: str
    channel: Channel
    user: str
    name: str = ""
    inside: bool = False

    async def asks(
        self, kit: Kit, command: str, arguments: Mapping[str, str], *, dry: bool = False, share: bool = False
    ) -> Request:
        """Return the request, with what Slack says of the person."""
        channel = await kit.rooms.named(self.channel)
        who = await person(kit, channel, self.user, self.name, command, inside=self.inside)
        return Request(self.id, channel, who, kit.clock(), command, arguments, dry, share)


def team(context: AsyncBoltContext) -> str:
    """Return the workspace in which the app acts; a channel may be shared with others."""
    installed = context.authorize_result
    return (installed.team_id if installed else "") or context.team_id or ""


def place(workspace: str, channel: str, user: str, name: str = "") -> Channel:
    """Return the channel of an event; a conversation of two people is a person's direct one."""
    if not channel or channel.startswith("D"):
        return Channel("slack", workspace, user, Kind.DIRECT)
    named = "" if name in _NAMELESS or name.startswith("mpdm-") else name
    return Channel("slack", workspace, channel, Kind.CHANNEL, named)


def caller(body: Mapping[str, Any], context: AsyncBoltContext) -> Caller:
    """Return who pressed a button or chose a shortcut; *body* is an interactive payload.

    A window is about the channel from which it was opened. What only they see was shown to them as a member; what
    everybody sees may be looked at from outside.
    """
    user, where = body["user"], body.get("channel") or {}
    channel = place(team(context), where.get("id", ""), user["id"], where.get("name", ""))
    if (body.get("view") or {}).get("private_metadata"):
        channel = origin(body, context).channel
    inside = bool((body.get("container") or {}).get("is_ephemeral"))
    return Caller(str(body.get("trigger_id") or ""), channel, user["id"], _name(user), inside)


def origin(body: Mapping[str, Any], context: AsyncBoltContext) -> Origin:
    """Return where a form belongs. Raises `bot.errors.Malformed` when that is not here."""
    there = unpack(body["view"]["private_metadata"])
    if there.channel.workspace != team(context):
        raise Malformed("This form is another workspace’s.")
    return there


async def filled(kit: Kit, body: Mapping[str, Any], there: Origin, identity: str = "") -> Request:
    """Return what a form asks; without an *identity* only what it would do."""
    user = body["user"]
    given = {**there.arguments, **forms.arguments(body["view"])}
    return await Caller(identity, there.channel, user["id"], _name(user)).asks(
        kit, there.command, given, dry=not identity
    )


def plain(text: str) -> str:
    """Return what somebody typed, as they saw it: Slack's links, mentions and escapes undone.

    See https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages.
    """
    return html.unescape(_SHOWN.sub(_seen, text)).strip()


def _seen(found: re.Match[str]) -> str:
    target, label = found[1], found[2] or ""
    if target.startswith("!subteam^"):
        return target.removeprefix("!subteam^")
    if target.startswith(("@", "#", "!")):
        return target[0] + label if label else ""
    return target.removeprefix("mailto:") if "://" in target else label or target


def _name(user: Mapping[str, Any]) -> str:
    return str(user.get("name") or user.get("username") or "")
