"""Discord platform bootstrap: one bot token and one gateway connection for every server that added the bot."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final

import typer

from adapters.discord import invite
from adapters.discord.api.rate_limit import RateLimiter
from adapters.discord.api.rest import RestClient
from adapters.discord.commands.tree import build_command_tree
from adapters.discord.context import DiscordContext
from adapters.discord.delivery import forum_posts
from adapters.discord.delivery.chat import ChannelStyle, DiscordChat
from adapters.discord.directory import ChannelDirectory
from adapters.discord.events import listener, reactions
from adapters.discord.gateway import connection
from adapters.discord.gateway.client import DiscordClient
from adapters.discord.interactions import command_sync
from adapters.discord.interactions.dispatcher import InteractionDispatcher
from bot.bootstrap.context import Context, read_clock
from bot.bootstrap.platforms import Connection, Platform
from bot.digests.reaction_promotion import ReactionPromotion
from bot.domain.channels import Channel, ChannelKind
from bot.ports.commands import Commands
from bot.workspace_lifecycle import WorkspaceLifecycle

_SHUTDOWN_GRACE: Final = 10.0


def build_platform(app_context: Context) -> Platform:
    """Return the line to Discord that the settings describe."""
    settings, stores = app_context.settings, app_context.stores
    rate_limit = RateLimiter(time.monotonic)
    client = DiscordClient(settings.discord_api_url, settings.discord_gateway_url, rate_limit.build_trace_config())
    rest, directory = RestClient(client, rate_limit), ChannelDirectory(client)

    async def load_channel_style(channel: Channel) -> ChannelStyle:
        wanted = (await stores.channels.get_or_create(channel, read_clock())).preferences
        tags = (
            forum_posts.list_usable_tags(directory.find_discord_channel(channel))
            if channel.kind is ChannelKind.FORUM
            else ()
        )
        return ChannelStyle(wanted.pictures, wanted.mention, tags, wanted.tag)

    def connect(commands: Commands) -> Connection:
        return _build_connection(app_context, commands, client, rest, directory)

    return Platform(DiscordChat(rest, stores.button_payloads, style_lookup=load_channel_style), directory, connect)


def _build_connection(
    app_context: Context, commands: Commands, client: DiscordClient, rest: RestClient, directory: ChannelDirectory
) -> Connection:
    """Build what takes people's commands."""
    stores = app_context.stores
    context = DiscordContext(
        commands=commands,
        tree=build_command_tree(commands),
        button_payloads=stores.button_payloads,
        channels=stores.channels,
        follows=stores.follows,
        workspaces=stores.workspaces,
        key_value_store=stores.key_values,
        workspace_events=WorkspaceLifecycle(stores, {"discord": directory}),
        reaction_events=ReactionPromotion(stores),
        client=client,
        rest=rest,
        directory=directory,
        clock=read_clock,
    )
    client.event(_build_ready_listener(client))
    dispatcher = InteractionDispatcher(context)
    dispatcher.register_listeners()
    listener.register_listeners(context)
    reactions.register_listeners(context)

    async def serve(stop: asyncio.Event) -> None:
        synced = asyncio.create_task(command_sync.sync_with_retries(context, stop))
        try:
            await connection.serve(client, app_context.settings.discord_token, stop)
        finally:
            synced.cancel()
            await asyncio.gather(synced, return_exceptions=True)
        await dispatcher.drain(_SHUTDOWN_GRACE)

    return Connection(serve)


def _build_ready_listener(client: DiscordClient) -> Callable[[], Coroutine[Any, Any, None]]:
    """Return what prints the invite link while the bot is in no server, for whoever has just started it."""

    async def on_ready() -> None:
        if link := invite.suggest_invite_link(client):
            typer.echo(f"The bot is in no Discord server yet. Invite it: {link}")

    return on_ready
