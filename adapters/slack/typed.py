"""What people type: the slash command, a mention of the bot, a direct message to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.slack import replies
from adapters.slack.guard import guarded
from adapters.slack.kit import Kit
from adapters.slack.requests import Caller, place, plain, team
from adapters.slack.ways import Hook, Way
from adapters.slack.whispers import Direct, Whisper

_ANY: Final = re.compile(r"^/")
_COMMAND: Final = re.compile(r"^/\S+\s*")

Event = Mapping[str, Any]


def listen(app: AsyncApp, kit: Kit) -> None:
    """Take what is typed."""

    @app.command(_ANY)
    @guarded
    async def command(ack: AsyncAck, body: Mapping[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        workspace, user = team(context), body["user_id"]
        channel = place(workspace, body.get("channel_id", ""), user, body.get("channel_name", ""))
        caller = Caller(body.get("trigger_id", ""), channel, user, body.get("user_name", ""), inside=True)
        way = Hook(kit, workspace, body["response_url"], body.get("trigger_id", ""))
        await replies.line(kit, way, caller, plain(body.get("text", "")))

    @app.event("app_mention")
    @guarded
    async def mention(event: Event, body: Mapping[str, Any], context: AsyncBoltContext) -> None:
        if not _automatic(event):
            way = Whisper(kit, team(context), event["channel"], event["user"], event.get("thread_ts", ""))
            await _written(kit, event, body, context, way)

    @app.event("message")
    @guarded
    async def message(event: Event, body: Mapping[str, Any], context: AsyncBoltContext) -> None:
        if event.get("channel_type") == "im" and not _automatic(event):
            way = Direct(kit, team(context), event["channel"], event.get("thread_ts", ""))
            await _written(kit, event, body, context, way)


async def _written(kit: Kit, event: Event, body: Mapping[str, Any], context: AsyncBoltContext, way: Way) -> None:
    """Answer a message to the bot; Slack tells of one again when it believes that nobody heard."""
    workspace, user, identity = team(context), event["user"], str(body.get("event_id") or event.get("ts"))
    if not await kit.inbox.first(f"slack:{workspace}:{identity}", kit.clock()):
        return
    channel, name = place(workspace, event["channel"], user), await kit.people.called(workspace, user)
    caller = Caller(identity, channel, user, name, inside=True)
    await replies.line(kit, way, caller, _said(event.get("text", ""), context.bot_user_id or ""))


def _automatic(event: Event) -> bool:
    """Tell whether a message is no person's own: a bot's, an edit, somebody joining."""
    return bool(event.get("bot_id") or event.get("subtype") or not event.get("user"))


def _said(text: str, bot: str) -> str:
    """Return what was said to the bot: after its name, else before it; without the slash command's, which some type."""
    before, *after = re.split(rf"<@{re.escape(bot)}(?:\|[^>]*)?>", text)
    said = plain(" ".join(after)) or plain(before)
    return _COMMAND.sub("", said)
