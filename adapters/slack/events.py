"""What Slack tells of its places: invited, removed, archived, renamed; subscriptions stay true."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.slack.guard import guarded
from adapters.slack.kit import Kit
from adapters.slack.requests import place, team
from bot.errors import SendError
from bot.language import phrase
from bot.models import Channel, Person
from bot.wording import DELETED

ARCHIVED: Final = phrase("the channel was archived")
REMOVED: Final = phrase("Broadsheet was removed from the channel")

log = logging.getLogger(__name__)

Event = Mapping[str, Any]
Happens = Callable[[Kit, Event, AsyncBoltContext], Awaitable[None]]


def listen(app: AsyncApp, kit: Kit) -> None:
    """Take the events."""
    for event, happens in {
        "member_joined_channel": _joined,
        "member_left_channel": _removed,
        "channel_left": _removed,
        "group_left": _removed,
        "channel_archive": _archived,
        "group_archive": _archived,
        "channel_unarchive": _unarchived,
        "group_unarchive": _unarchived,
        "channel_deleted": _deleted,
        "group_deleted": _deleted,
        "channel_rename": _renamed,
        "group_rename": _renamed,
        "channel_id_changed": _moved,
    }.items():
        app.event(event)(_listener(kit, happens))


def _listener(kit: Kit, happens: Happens) -> Any:
    @guarded
    async def told(event: Event, context: AsyncBoltContext) -> None:
        if event["type"].startswith("member_") and event["user"] != context.bot_user_id:
            return  # other people come and go without a word
        # Whatever happened, the list of the bot's channels is not what it was.
        kit.rooms.forget(team(context))
        await happens(kit, event, context)

    return told


def _where(event: Event, context: AsyncBoltContext) -> Channel:
    said = event["channel"]
    identity, name = (said["id"], said.get("name", "")) if isinstance(said, Mapping) else (said, "")
    return place(team(context), str(identity), "", str(name))


async def _joined(kit: Kit, event: Event, context: AsyncBoltContext) -> None:
    """Greet whoever invited the bot."""
    channel, inviter = await _named(kit, _where(event, context)), str(event.get("inviter") or "")
    name = await kit.people.called(channel.workspace, inviter) if inviter else ""
    await kit.presence.invited(channel, Person(inviter, name), kit.clock())


async def _named(kit: Kit, channel: Channel) -> Channel:
    try:
        said = await kit.clients.call(channel.workspace, "conversations.info", channel=channel.id)
    except SendError as error:
        # The name is for people to read; it comes with the first command.
        log.info("A channel's name can't be told: %s", error)
        return channel
    return replace(channel, name=str(said["channel"].get("name", "")))


async def _removed(kit: Kit, event: Event, context: AsyncBoltContext) -> None:
    await kit.presence.gone(_where(event, context), REMOVED, kit.clock())


async def _archived(kit: Kit, event: Event, context: AsyncBoltContext) -> None:
    await kit.presence.gone(_where(event, context), ARCHIVED, kit.clock())


async def _deleted(kit: Kit, event: Event, context: AsyncBoltContext) -> None:
    await kit.presence.gone(_where(event, context), DELETED, kit.clock())


async def _unarchived(kit: Kit, event: Event, context: AsyncBoltContext) -> None:
    await kit.presence.back(_where(event, context), kit.clock())


async def _renamed(kit: Kit, event: Event, context: AsyncBoltContext) -> None:
    await kit.presence.renamed(_where(event, context), kit.clock())


async def _moved(kit: Kit, event: Event, context: AsyncBoltContext) -> None:
    old, new = (place(team(context), str(event[which]), "") for which in ("old_channel_id", "new_channel_id"))
    await kit.presence.moved(old, new, kit.clock())
