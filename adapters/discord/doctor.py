"""Doctor checks of Discord: token, guilds, and the bot’s permissions in channels that should have a digest."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Final

from adapters.discord import bot_permissions, invite
from adapters.discord.directory import ChannelDirectory
from adapters.discord.gateway.client import DiscordClient
from adapters.discord.gateway.connection import log_in, serve
from adapters.discord.settings import DiscordSettings
from bot.domain.channels import ChannelKind
from bot.errors import Refused, TryLater
from bot.i18n.formatting import format_count
from bot.ports.channels import ChannelState
from bot.ports.platforms import CheckContext, CheckResult
from bot.reasons.reason import format_reason

Finding = tuple[bool, str]
"""Whether it is well, and how it is; what to do where it is not."""
_READY_TIMEOUT_SECONDS: Final = 30.0
"""Seconds until the gateway has told of all servers."""
_NO_ANSWER: Final = "Discord’s gateway does not answer. Check the network, or DISCORD_GATEWAY_URL."


async def check_platform(settings: DiscordSettings, context: CheckContext) -> Sequence[CheckResult]:
    """Connect to Discord, and look at the channels that should have a digest."""
    client = DiscordClient(settings.discord_api_url, settings.discord_gateway_url)
    findings = await check_bot_token(client, settings.discord_token, context.channel_states)
    return [CheckResult(ok=ok, message=message) for ok, message in findings]


async def check_bot_token(
    client: DiscordClient, token: str, channel_states: Sequence[ChannelState]
) -> Sequence[Finding]:
    """Connect as the bot does, beside one that runs or not.

    Look at the channels of *channel_states*, and close *client*.
    """
    ready, stop = asyncio.Event(), asyncio.Event()

    async def on_ready() -> None:
        ready.set()

    client.event(on_ready)
    try:
        await log_in(client, token)
        is_ready = await _wait_until_ready(client, token, ready, stop)
    except (Refused, TryLater) as error:
        return [(False, str(error))]
    else:
        return list(_check_channels(client, channel_states)) if is_ready else [(False, _NO_ANSWER)]
    finally:
        await client.close()


async def _wait_until_ready(client: DiscordClient, token: str, ready: asyncio.Event, stop: asyncio.Event) -> bool:
    """Stay connected until the gateway has told of every server; False when it never does."""
    serving, waiting = asyncio.create_task(serve(client, token, stop)), asyncio.create_task(ready.wait())
    try:
        await asyncio.wait({serving, waiting}, timeout=_READY_TIMEOUT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.set()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await serving
    return ready.is_set()


def _check_channels(client: DiscordClient, channel_states: Sequence[ChannelState]) -> Iterator[Finding]:
    """Look at what the gateway has told."""
    name = client.user.name if client.user else "?"
    invite_link = invite.build_invite_link(str(client.application_id))
    yield True, f"Discord knows the bot as {name}, in {format_count(len(client.guilds), 'server')}."
    if not client.guilds:
        yield True, f"Invite it to one: {invite_link}"
    directory, healthy_count = ChannelDirectory(client), 0
    for channel_state in channel_states:
        problem = _describe_channel_problem(client, directory, channel_state, invite_link)
        healthy_count += not problem
        if problem:
            yield False, problem
    if healthy_count:
        yield True, f"The bot can post in {format_count(healthy_count, 'channel')} that should have a digest."


def _describe_channel_problem(
    client: DiscordClient, directory: ChannelDirectory, channel_state: ChannelState, invite_link: str
) -> str:
    """Say what is wrong with a channel; "" when nothing is."""
    channel = channel_state.channel
    channel_name = f"#{channel.name}" if channel.name else f"the channel {channel.id}"
    guild = client.get_guild(int(channel.workspace))
    if guild is None:
        return f"The bot is not in the server of {channel_name}, which has a digest. Invite it: {invite_link}"
    discord_channel = directory.find_discord_channel(channel)
    # Of threads Discord tells only the open ones; an archived one is opened by the next post.
    if discord_channel is None and channel.kind is not ChannelKind.THREAD:
        return (
            f"Discord finds no {channel_name} of {guild.name}, which has a digest: it was deleted. "
            "Its settings are kept."
        )
    problem = bot_permissions.describe_problem(discord_channel, channel_state.preferences) if discord_channel else ""
    if channel_state.retired_reason and not problem:
        reason_text = format_reason(channel_state.retired_reason)
        problem = (
            f"nothing is posted there any more: {reason_text}. "
            "Once that is mended, /papers-setup digest on tries again."
        )
    channel_name = f"#{discord_channel.name}" if discord_channel else channel_name
    return f"{channel_name} of {guild.name}, which has a digest: {problem}" if problem else ""
