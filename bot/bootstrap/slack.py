"""Slack platform bootstrap: one bot token or OAuth installations, over Socket Mode or signed HTTP requests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api.client import SlackClient
from adapters.slack.api.rate_limit import RateLimiter
from adapters.slack.auth import oauth
from adapters.slack.auth.installations import VaultInstallationStore
from adapters.slack.auth.oauth import OAuthFlow, VaultStateStore
from adapters.slack.auth.single_workspace import SingleWorkspace
from adapters.slack.connection import http_endpoints, socket_mode
from adapters.slack.connection.app import Authorize, create_app
from adapters.slack.context import SlackContext
from adapters.slack.delivery.chat import SlackChat
from adapters.slack.directory import ChannelDirectory, UserDirectory
from adapters.slack.manifest import BOT_SCOPES
from adapters.slack.rendering.buttons_and_menus import list_modal_commands
from bot.bootstrap.context import Context, open_vault, read_clock
from bot.bootstrap.platforms import Connection, Platform
from bot.commands.table import build_declared_table
from bot.config import Settings
from bot.domain.channels import Channel
from bot.ports.commands import Commands
from bot.workspace_lifecycle import WorkspaceLifecycle


@asynccontextmanager
async def build_platform(app_context: Context) -> AsyncIterator[Platform]:
    """Give the line to Slack that the settings describe."""
    settings, stores = app_context.settings, app_context.stores
    lifecycle = WorkspaceLifecycle(stores)
    async with AsyncExitStack() as stack:
        tokens: VaultInstallationStore | SingleWorkspace = SingleWorkspace(
            settings.slack_bot_token, settings.slack_api_url
        )
        if settings.slack_client_id:
            tokens = await _open_installations(app_context, lifecycle, stack)
        client = SlackClient(tokens, settings.slack_api_url, RateLimiter(time.monotonic))
        directory = ChannelDirectory(client, time.monotonic)

        async def shows_pictures(channel: Channel) -> bool:
            return (await stores.channels.get_or_create(channel, read_clock())).preferences.pictures

        def connect(commands: Commands) -> Connection:
            return _build_connection(app_context, commands, tokens, client, directory)

        yield Platform(
            SlackChat(
                client,
                stores.button_payloads,
                command=settings.slack_command,
                modal_commands=list_modal_commands(build_declared_table().list_commands()),
                wants_pictures=shows_pictures,
            ),
            directory,
            connect,
        )


async def _open_installations(
    app_context: Context, lifecycle: WorkspaceLifecycle, stack: AsyncExitStack
) -> VaultInstallationStore:
    settings = app_context.settings
    vault = await stack.enter_async_context(open_vault(settings))
    rotator = AsyncTokenRotator(
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret,
        client=_build_tokenless_client(settings),
    )
    installations = VaultInstallationStore(vault, app_context.stores.workspaces, lifecycle, read_clock, rotator)
    # Before the vault: a token that Slack has just renewed must still be kept.
    stack.push_async_callback(installations.close)
    return installations


def _build_connection(
    app_context: Context,
    commands: Commands,
    tokens: VaultInstallationStore | SingleWorkspace,
    client: SlackClient,
    directory: ChannelDirectory,
) -> Connection:
    """Build what takes people's commands."""
    settings, stores, lifecycle = app_context.settings, app_context.stores, WorkspaceLifecycle(app_context.stores)
    context = SlackContext(
        commands=commands,
        button_payloads=stores.button_payloads,
        processed_events=stores.processed_events,
        workspaces=stores.workspaces,
        workspace_events=lifecycle,
        client=client,
        directory=directory,
        user_directory=UserDirectory(client, time.monotonic),
        clock=read_clock,
        command=settings.slack_command,
    )
    flow = None if isinstance(tokens, SingleWorkspace) else _build_oauth_flow(settings, tokens)
    app = create_app(
        context,
        Authorize(tokens.authorize),
        _build_tokenless_client(settings),
        signing_secret=settings.slack_signing_secret,
        oauth_flow=flow,
        token_deleter=tokens.delete_tokens,
    )

    async def serve(stop: asyncio.Event) -> None:
        if isinstance(tokens, SingleWorkspace):
            await tokens.register_workspace(lifecycle, read_clock, stop)
        if settings.slack_app_token and not stop.is_set():
            await socket_mode.serve(app, settings.slack_app_token, settings.slack_api_url, stop)
        await stop.wait()
        await app.drain()

    signed = bool(settings.slack_signing_secret) and not settings.slack_app_token
    return Connection(serve, http_endpoints.build_routes(app, flow, signed=signed))


def _build_oauth_flow(settings: Settings, installations: VaultInstallationStore) -> OAuthFlow:
    return oauth.create_oauth_flow(
        client=_build_tokenless_client(settings),
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret,
        scopes=BOT_SCOPES,
        public_url=settings.public_url,
        command=settings.slack_command,
        installation_store=installations,
        state_store=VaultStateStore(installations.vault, read_clock),
    )


def _build_tokenless_client(settings: Settings) -> AsyncWebClient:
    """Return a client without a token, which takes nothing from the environment."""
    client = AsyncWebClient(base_url=settings.slack_api_url, retry_handlers=[])
    client.proxy = None  # which it took from the environment
    return client
