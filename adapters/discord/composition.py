"""Discord composition: client, REST, chat, directory and listeners, over one gateway connection for every server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

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
from adapters.discord.settings import DiscordSettings
from bot.domain.channels import Channel, ChannelKind
from bot.ports.commands import Commands
from bot.ports.platforms import PlatformServices

_SHUTDOWN_GRACE: Final = 10.0


@dataclass(frozen=True, slots=True)
class DiscordConnection:
    """Discord’s gateway, and the commands in sync. Implements `bot.ports.platforms.Connection`."""

    token: str
    context: DiscordContext
    dispatcher: InteractionDispatcher
    routes: Sequence[Any] = ()
    synced: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, stop: asyncio.Event) -> None:
        """Be connected until *stop*, with the commands in sync, then wait for the interactions that are answered."""
        ended = asyncio.Event()
        syncing = asyncio.create_task(self._sync_commands(ended))
        try:
            await connection.serve(self.context.client, self.token, stop)
        finally:
            ended.set()
            # What is under way ends by itself: a query that is cut short leaves its connection to the database open.
            await asyncio.wait({syncing}, timeout=_SHUTDOWN_GRACE)
            syncing.cancel()
            await asyncio.gather(syncing, return_exceptions=True)
        await self.dispatcher.drain(_SHUTDOWN_GRACE)

    async def _sync_commands(self, stop: asyncio.Event) -> None:
        await command_sync.sync_with_retries(self.context, stop)
        self.synced.set()


@dataclass(frozen=True, slots=True)
class DiscordPlatform:
    """Discord, to be posted to. Implements `bot.ports.platforms.Platform`."""

    settings: DiscordSettings
    services: PlatformServices
    client: DiscordClient
    rest: RestClient
    chat: DiscordChat
    directory: ChannelDirectory

    def connect(self, commands: Commands) -> DiscordConnection:
        """Return what takes people's commands."""
        context = self._build_context(commands)
        self.client.event(_build_ready_listener(self.client, self.services.announce))
        dispatcher = InteractionDispatcher(context)
        dispatcher.register_listeners()
        listener.register_listeners(context)
        reactions.register_listeners(context)
        return DiscordConnection(self.settings.discord_token, context, dispatcher)

    def _build_context(self, commands: Commands) -> DiscordContext:
        stores = self.services.stores
        return DiscordContext(
            commands=commands,
            tree=build_command_tree(commands),
            button_payloads=stores.button_payloads,
            channels=stores.channels,
            follows=stores.follows,
            workspaces=stores.workspaces,
            key_value_store=stores.key_values,
            workspace_events=self.services.workspace_events,
            reaction_events=self.services.reaction_events,
            client=self.client,
            rest=self.rest,
            directory=self.directory,
            clock=self.services.clock,
            skipped_papers=stores.skipped_papers,
            secret_registrar=self.services.secret_registrar,
        )


def build_platform(
    settings: DiscordSettings,
    services: PlatformServices,
    client_class: Callable[..., DiscordClient] = DiscordClient,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> DiscordPlatform:
    """Return Discord as the settings describe it."""
    client, rest = build_clients(settings, client_class, monotonic, sleep)
    directory = ChannelDirectory(client)

    async def load_channel_style(channel: Channel) -> ChannelStyle:
        preferences = (await services.stores.channels.get_or_create(channel, services.clock())).preferences
        tags = (
            forum_posts.list_usable_tags(directory.find_discord_channel(channel))
            if channel.kind is ChannelKind.FORUM
            else ()
        )
        return ChannelStyle(preferences.pictures, preferences.mention, tags, preferences.tag)

    chat = DiscordChat(
        rest,
        services.stores.button_payloads,
        style_lookup=load_channel_style,
        skipped_papers=services.stores.skipped_papers,
    )
    return DiscordPlatform(settings, services, client, rest, chat, directory)


def build_clients(
    settings: DiscordSettings,
    client_class: Callable[..., DiscordClient] = DiscordClient,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> tuple[DiscordClient, RestClient]:
    """Return the clients of the gateway and of REST; rate limits count the seconds of *monotonic*, by *sleep*."""
    rate_limiter = RateLimiter(monotonic, sleep)
    client = client_class(settings.discord_api_url, settings.discord_gateway_url, rate_limiter.build_trace_config())
    return client, RestClient(client, rate_limiter)


def _build_ready_listener(
    client: DiscordClient, announce: Callable[[str], None]
) -> Callable[[], Coroutine[Any, Any, None]]:
    """Return what tells the invite link while the bot is in no server, for whoever has just started it."""

    async def on_ready() -> None:
        if link := invite.suggest_invite_link(client):
            announce(f"The bot is in no Discord server yet. Invite it: {link}")

    return on_ready
