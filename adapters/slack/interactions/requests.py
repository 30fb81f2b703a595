"""Payload to Request: team, channel, user and typed text of a Slack command, block_actions, view or event."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from slack_bolt.context.async_context import AsyncBoltContext

from adapters.slack.context import SlackContext
from adapters.slack.forms import modal
from adapters.slack.forms.private_metadata import PrivateMetadata, unpack_metadata
from adapters.slack.user_permissions import build_person
from bot.domain.channels import Channel, ChannelKind
from bot.errors import Malformed
from bot.ports.commands import Request

_MRKDWN_ENTITY: Final = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_UNNAMED_CHANNELS: Final = frozenset({"directmessage", "privategroup"})


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks, and where.

    ``is_member`` tells that they surely are in the channel; ``event_id`` is Slack's id of the event, ``answer_id`` that
    of the private message in which they pressed.
    """

    event_id: str
    channel: Channel
    user: str
    name: str = ""
    is_member: bool = False
    answer_id: str = ""

    async def build_request(
        self,
        context: SlackContext,
        command: str = "",
        arguments: Mapping[str, str] = MappingProxyType({}),
        *,
        dry_run: bool = False,
        share: bool = False,
    ) -> Request:
        """Return the request, with what Slack says of the person; without *command* they are only told something."""
        channel = await context.directory.fill_channel_name(self.channel)
        who = await build_person(context, channel, self.user, self.name, command, inside=self.is_member)
        return Request(
            self.event_id,
            channel,
            who,
            context.clock(),
            command,
            arguments,
            dry_run,
            share,
            answer_id=self.answer_id,
        )


def get_team_id(bolt_context: AsyncBoltContext) -> str:
    """Return the workspace in which the app acts; a channel may be shared with others."""
    installed = bolt_context.authorize_result
    return (installed.team_id if installed else "") or bolt_context.team_id or ""


def build_channel(workspace: str, channel: str, user: str, name: str = "") -> Channel:
    """Return the channel of an event; a conversation of two people is a person's direct one."""
    if not channel or channel.startswith("D"):
        return Channel("slack", workspace, user, ChannelKind.DIRECT)
    named = "" if name in _UNNAMED_CHANNELS or name.startswith("mpdm-") else name
    return Channel("slack", workspace, channel, ChannelKind.CHANNEL, named)


def build_requester(body: Mapping[str, Any], bolt_context: AsyncBoltContext) -> Requester:
    """Return who pressed a button or chose a shortcut; *body* is an interactive payload.

    A modal is about the channel from which it was opened. What only they see was shown to them as a member; what
    everybody sees may be looked at from outside.
    """
    user, where = body["user"], body.get("channel") or {}
    channel = build_channel(get_team_id(bolt_context), where.get("id", ""), user["id"], where.get("name", ""))
    if (body.get("view") or {}).get("private_metadata"):
        channel = read_private_metadata(body, bolt_context).channel
    container = body.get("container") or {}
    inside = bool(container.get("is_ephemeral"))
    answer_id = str(container.get("message_ts") or "") if inside else ""
    return Requester(str(body.get("trigger_id") or ""), channel, user["id"], _get_user_name(user), inside, answer_id)


def read_private_metadata(body: Mapping[str, Any], bolt_context: AsyncBoltContext) -> PrivateMetadata:
    """Return where a form belongs. Raises `bot.errors.Malformed` when that is not here."""
    there = unpack_metadata(body["view"]["private_metadata"])
    if there.channel.workspace != get_team_id(bolt_context):
        raise Malformed("This form is another workspace’s.")
    return there


async def build_form_request(
    context: SlackContext, body: Mapping[str, Any], origin: PrivateMetadata, event_id: str = ""
) -> Request:
    """Return what a form asks; without an *event_id* only what it would do."""
    user = body["user"]
    given = {**origin.arguments, **modal.read_arguments(body["view"])}
    return await Requester(event_id, origin.channel, user["id"], _get_user_name(user)).build_request(
        context, origin.command, given, dry_run=not event_id
    )


def unescape_text(text: str) -> str:
    """Return what somebody typed, as they saw it: Slack's links, mentions and escapes undone.

    See https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages.
    """
    return html.unescape(_MRKDWN_ENTITY.sub(_replace_entity, text)).strip()


def _replace_entity(match: re.Match[str]) -> str:
    target, label = match[1], match[2] or ""
    if target.startswith("!subteam^"):
        return target.removeprefix("!subteam^")
    if target.startswith(("@", "#", "!")):
        return target[0] + label if label else ""
    return target.removeprefix("mailto:") if "://" in target else label or target


def _get_user_name(user: Mapping[str, Any]) -> str:
    return str(user.get("name") or user.get("username") or "")
