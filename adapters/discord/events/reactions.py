"""MESSAGE_REACTION_ADD (on_raw_reaction_add) and Get Reactions: a keycap emoji stands for the paper of that number.

The people behind a reaction are counted as they are now, so that a count may be made again at any time:
https://docs.discord.com/developers/resources/message#get-reactions.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import discord

from adapters.discord import directory
from adapters.discord.context import DiscordContext
from adapters.discord.delivery import message_lookup
from adapters.discord.delivery.destinations import MESSAGE_PATH
from adapters.discord.delivery.message_lookup import MessageData
from adapters.discord.rendering import message_keys
from bot.domain.channels import Channel
from bot.errors import BroadsheetError, StoreError, TryLater

_KEYCAP: Final = "\ufe0f\u20e3"
_EMOJI_NUMBERS: Final = {**{f"{n}{_KEYCAP}": n for n in range(1, 10)}, "\U0001f51f": 10}
"""1️⃣ to 9️⃣, and 🔟."""
_PAGE_SIZE: Final = 100
_MAX_PAGES: Final = 5
_NORMAL_REACTION, _BURST_REACTION = 0, 1
_RETRY_SECONDS: Final = (5.0, 30.0, 120.0)
"""Seconds until a count that failed is made again; after the last, the next reaction or connection makes it."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _WatchedDigest:
    """A digest whose reactions are counted: its first message, and how many people are required."""

    channel: Channel
    first_message_id: str
    required_people: int


def register_listeners(context: DiscordContext) -> None:
    """Take reactions, and those that came while nobody listened."""

    async def on_raw_reaction_add(reaction: discord.RawReactionActionEvent) -> None:
        context.client.event_tasks.track_current_task()
        if reaction.emoji.name in _EMOJI_NUMBERS:
            await _count_with_retries(partial(_count_added_reaction, context, reaction))

    async def on_shard_ready(shard: int) -> None:
        context.client.event_tasks.track_current_task()
        await _count_with_retries(partial(_recount_shard, context, shard))

    context.client.event(on_raw_reaction_add)
    context.client.event(on_shard_ready)


async def _count_with_retries(attempt: Callable[[], Awaitable[None]]) -> None:
    """Count, and do so again later where that can't be done now."""
    for retry_seconds in (*_RETRY_SECONDS, 0.0):
        try:
            return await attempt()
        except BroadsheetError as error:
            if not (retry_seconds and isinstance(error, TryLater | StoreError)):
                return log.warning("Reactions were not counted: %s", error)
        await asyncio.sleep(retry_seconds)
    return None


async def _count_added_reaction(context: DiscordContext, reaction: discord.RawReactionActionEvent) -> None:
    """Count the people behind a reaction where that may lift a paper."""
    guild = context.client.get_guild(reaction.guild_id) if reaction.guild_id else None
    discord_channel = guild.get_channel_or_thread(reaction.channel_id) if guild else None
    channel = directory.to_channel(discord_channel) if discord_channel else None
    required_people = await context.reaction_events.get_promotion_threshold(channel) if channel else 0
    if channel and required_people:
        message = await context.rest.call(
            "GET", MESSAGE_PATH, channel_id=reaction.channel_id, message_id=reaction.message_id
        )
        if first_message_id := await _find_first_message(context, message):
            await _count_reactions(
                context, _WatchedDigest(channel, first_message_id, required_people), message, {reaction.emoji.name}
            )


async def _recount_shard(context: DiscordContext, shard: int) -> None:
    """Count below the latest digests of the servers of a *shard*: whom nobody was there to see has reacted too."""
    for channel, first_message_id in await context.reaction_events.list_watched_digests("discord", context.clock()):
        guild = context.client.get_guild(int(channel.workspace))
        if guild is None or guild.shard_id != shard:
            continue
        try:
            _, posted_parts = await message_lookup.find_following_parts(context.rest, channel.id, first_message_id)
            required_people = await context.reaction_events.get_promotion_threshold(channel) if posted_parts else 0
            for message in posted_parts.values() if required_people else ():
                await _count_reactions(
                    context, _WatchedDigest(channel, first_message_id, required_people), message, _EMOJI_NUMBERS.keys()
                )
        except (TryLater, StoreError):
            raise
        except BroadsheetError as error:
            log.warning("Reactions in %s were not counted: %s", channel.key, error)


async def _find_first_message(context: DiscordContext, message: MessageData) -> str:
    """Return the first message of the digest that a message is a part of, by which the ledger knows it; "" if none."""
    part = message_keys.read_message_key(message) if message["author"]["id"] == context.rest.bot_user_id else None
    if part is None or part[1] == 0:
        return str(message["id"]) if part else ""
    return await message_lookup.find_first_part(context.rest, message["channel_id"], part[0], message["id"])


async def _count_reactions(
    context: DiscordContext, digest: _WatchedDigest, message: MessageData, emojis: Collection[str]
) -> None:
    """Count the people behind those of a message's reactions that are enough."""
    for reaction in message.get("reactions") or ():
        emoji = reaction["emoji"]["name"]
        if emoji in _EMOJI_NUMBERS and emoji in emojis and reaction["count"] >= digest.required_people:
            people = await _find_eligible_people(context, digest.channel, message, reaction)
            await context.reaction_events.promote_paper(
                digest.channel, digest.first_message_id, _EMOJI_NUMBERS[emoji], len(people), context.clock()
            )


async def _find_eligible_people(
    context: DiscordContext, channel: Channel, message: MessageData, reaction: MessageData
) -> set[str]:
    """Return the ids of those who react, by a super reaction too; neither bots nor whom the managers keep out."""
    burst = (reaction.get("count_details") or {}).get("burst", 0)
    person_ids = {
        person["id"]
        for kind in ((_NORMAL_REACTION, _BURST_REACTION) if burst else (_NORMAL_REACTION,))
        for person in await _fetch_reaction_users(context, message, reaction["emoji"]["name"], kind)
        if not person.get("bot")
    }
    workspace = await context.workspaces.get(channel.platform, channel.workspace)
    return person_ids - set(workspace.blocked if workspace else ())


async def _fetch_reaction_users(
    context: DiscordContext, message: MessageData, emoji: str, kind: int
) -> list[dict[str, Any]]:
    """Return those whom Discord names behind an emoji, in order of their ids."""
    users: list[dict[str, Any]] = []
    for _ in range(_MAX_PAGES):
        page = await context.rest.call(
            "GET",
            f"{MESSAGE_PATH}/reactions/{{emoji}}",
            params={"limit": _PAGE_SIZE, "type": kind, **({"after": users[-1]["id"]} if users else {})},
            channel_id=message["channel_id"],
            message_id=message["id"],
            emoji=emoji,
        )
        users += page
        if len(page) < _PAGE_SIZE:
            break
    return users
