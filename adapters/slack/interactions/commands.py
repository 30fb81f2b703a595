"""Slash commands, app_mention and message.im events: what people type to the bot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.common.error_boundary import log_exceptions
from adapters.slack.context import SlackContext
from adapters.slack.interactions import request_flow
from adapters.slack.interactions.requests import Requester, build_channel, get_team_id, unescape_text
from adapters.slack.interactions.responses import (
    DirectMessageResponder,
    EphemeralResponder,
    Responder,
    ResponseUrlResponder,
)
from bot.errors import StoreError

_ANY_COMMAND: Final = re.compile(r"^/")
_LEADING_COMMAND: Final = re.compile(r"^/\S+\s*")

Event = Mapping[str, Any]


def register_listeners(app: AsyncApp, slack_context: SlackContext) -> None:
    """Take what is typed."""

    @app.command(_ANY_COMMAND)
    @log_exceptions
    async def on_slash_command(ack: AsyncAck, body: Mapping[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        workspace, user = get_team_id(context), body["user_id"]
        channel = build_channel(workspace, body.get("channel_id", ""), user, body.get("channel_name", ""))
        caller = Requester(body.get("trigger_id", ""), channel, user, body.get("user_name", ""), is_member=True)
        responder = ResponseUrlResponder(slack_context, workspace, body["response_url"], body.get("trigger_id", ""))
        await request_flow.answer_command_text(slack_context, responder, caller, unescape_text(body.get("text", "")))

    @app.event("app_mention")
    @log_exceptions
    async def on_app_mention(event: Event, body: Mapping[str, Any], context: AsyncBoltContext) -> None:
        if not _is_automatic(event):
            responder = EphemeralResponder(
                slack_context, get_team_id(context), event["channel"], event["user"], event.get("thread_ts", "")
            )
            await _answer_message(slack_context, event, body, context, responder)

    @app.event("message")
    @log_exceptions
    async def on_message(event: Event, body: Mapping[str, Any], context: AsyncBoltContext) -> None:
        if event.get("channel_type") == "im" and not _is_automatic(event):
            responder = DirectMessageResponder(
                slack_context, get_team_id(context), event["channel"], event.get("thread_ts", "")
            )
            await _answer_message(slack_context, event, body, context, responder)


async def _answer_message(
    slack_context: SlackContext,
    event: Event,
    body: Mapping[str, Any],
    bolt_context: AsyncBoltContext,
    responder: Responder,
) -> None:
    """Answer a message to the bot; Slack tells of one again when it believes that nobody heard."""
    workspace, user, identity = get_team_id(bolt_context), event["user"], str(body.get("event_id") or event.get("ts"))
    with suppress(StoreError):  # the table looks as well, before it changes anything
        if not await slack_context.processed_events.add_if_new(f"slack:{workspace}:{identity}", slack_context.clock()):
            return
    channel, name = (
        build_channel(workspace, event["channel"], user),
        await slack_context.user_directory.get_name(workspace, user),
    )
    caller = Requester(identity, channel, user, name, is_member=True)
    await request_flow.answer_command_text(
        slack_context, responder, caller, _extract_command_text(event.get("text", ""), bolt_context.bot_user_id or "")
    )


def _is_automatic(event: Event) -> bool:
    """Tell whether a message is no person's own: a bot's, an edit, somebody joining."""
    return bool(event.get("bot_id") or event.get("subtype") or not event.get("user"))


def _extract_command_text(text: str, bot_user_id: str) -> str:
    """Return what was said to the bot: after its name, else before it; without the slash command's, which some type."""
    before, *after = re.split(rf"<@{re.escape(bot_user_id)}(?:\|[^>]*)?>", text)
    said = unescape_text(" ".join(after)) or unescape_text(before)
    return _LEADING_COMMAND.sub("", said)
