"""Channel events (member_joined_channel, channel_archive, channel_rename …): subscriptions stay true."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.common.error_boundary import log_exceptions
from adapters.slack.context import SlackContext
from adapters.slack.interactions.requests import build_channel, get_team_id
from bot.domain.channels import Channel
from bot.domain.people import Person
from bot.errors import SendError
from bot.reasons.channels import CHANNEL_DELETED
from bot.reasons.reason import Reason

ARCHIVED_REASON: Final = Reason("channel.archived")
REMOVED_REASON: Final = Reason("channel.bot_removed")
DELETED_REASON: Final = Reason(CHANNEL_DELETED)

log = logging.getLogger(__name__)

Event = Mapping[str, Any]
ChannelEventHandler = Callable[[SlackContext, Event, AsyncBoltContext], Awaitable[None]]


def register_listeners(app: AsyncApp, slack_context: SlackContext) -> None:
    """Take the events."""
    for event, handler in {
        "member_joined_channel": _on_member_joined_channel,
        "member_left_channel": _on_bot_removed,
        "channel_left": _on_bot_removed,
        "group_left": _on_bot_removed,
        "channel_archive": _on_channel_archive,
        "group_archive": _on_channel_archive,
        "channel_unarchive": _on_channel_unarchive,
        "group_unarchive": _on_channel_unarchive,
        "channel_deleted": _on_channel_deleted,
        "group_deleted": _on_channel_deleted,
        "channel_rename": _on_channel_rename,
        "group_rename": _on_channel_rename,
        "channel_id_changed": _on_channel_id_changed,
    }.items():
        app.event(event)(_build_listener(slack_context, handler))


def _build_listener(slack_context: SlackContext, handler: ChannelEventHandler) -> Any:
    @log_exceptions
    async def on_channel_event(event: Event, context: AsyncBoltContext) -> None:
        if event["type"].startswith("member_") and event["user"] != context.bot_user_id:
            return  # other people come and go without a word
        # Whatever happened, the list of the bot's channels is not what it was.
        slack_context.directory.invalidate_channels(get_team_id(context))
        await handler(slack_context, event, context)

    return on_channel_event


def _parse_channel(event: Event, context: AsyncBoltContext) -> Channel:
    event_channel = event["channel"]
    channel_id, name = (
        (event_channel["id"], event_channel.get("name", ""))
        if isinstance(event_channel, Mapping)
        else (event_channel, "")
    )
    return build_channel(get_team_id(context), str(channel_id), "", str(name))


async def _on_member_joined_channel(slack_context: SlackContext, event: Event, context: AsyncBoltContext) -> None:
    """Greet whoever invited the bot."""
    channel, inviter = (
        await _fetch_channel_name(slack_context, _parse_channel(event, context)),
        str(event.get("inviter") or ""),
    )
    name = await slack_context.user_directory.get_name(channel.workspace, inviter) if inviter else ""
    await slack_context.workspace_events.on_channel_joined(channel, Person(inviter, name), slack_context.clock())


async def _fetch_channel_name(slack_context: SlackContext, channel: Channel) -> Channel:
    try:
        response = await slack_context.client.call(channel.workspace, "conversations.info", channel=channel.id)
    except SendError as error:
        # The name is for people to read; it comes with the first command.
        log.info("A channel's name can't be told: %s", error)
        return channel
    return replace(channel, name=str(response["channel"].get("name", "")))


async def _on_bot_removed(slack_context: SlackContext, event: Event, context: AsyncBoltContext) -> None:
    await slack_context.workspace_events.on_channel_lost(
        _parse_channel(event, context), REMOVED_REASON, slack_context.clock()
    )


async def _on_channel_archive(slack_context: SlackContext, event: Event, context: AsyncBoltContext) -> None:
    await slack_context.workspace_events.on_channel_lost(
        _parse_channel(event, context), ARCHIVED_REASON, slack_context.clock()
    )


async def _on_channel_deleted(slack_context: SlackContext, event: Event, context: AsyncBoltContext) -> None:
    await slack_context.workspace_events.on_channel_lost(
        _parse_channel(event, context), DELETED_REASON, slack_context.clock()
    )


async def _on_channel_unarchive(slack_context: SlackContext, event: Event, context: AsyncBoltContext) -> None:
    await slack_context.workspace_events.on_channel_recovered(_parse_channel(event, context), slack_context.clock())


async def _on_channel_rename(slack_context: SlackContext, event: Event, context: AsyncBoltContext) -> None:
    await slack_context.workspace_events.on_channel_renamed(_parse_channel(event, context), slack_context.clock())


async def _on_channel_id_changed(slack_context: SlackContext, event: Event, context: AsyncBoltContext) -> None:
    old, new = (
        build_channel(get_team_id(context), str(event[which]), "") for which in ("old_channel_id", "new_channel_id")
    )
    await slack_context.workspace_events.on_channel_moved(old, new, slack_context.clock())
