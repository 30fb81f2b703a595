"""Slack composition: client, chat, directories and Bolt app, for one bot token or for OAuth installations."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from slack_bolt.authorization import AuthorizeResult
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api.client import SlackClient, TokenProvider
from adapters.slack.api.rate_limit import RateLimiter
from adapters.slack.auth import oauth
from adapters.slack.auth.installations import VaultInstallationStore
from adapters.slack.auth.oauth import OAuthFlow, SignedStateStore
from adapters.slack.auth.single_workspace import SingleWorkspace
from adapters.slack.connection import http_endpoints, socket_mode
from adapters.slack.connection.app import Authorize, BoltApp, create_app
from adapters.slack.context import SlackContext
from adapters.slack.delivery.chat import SlackChat
from adapters.slack.directory import ChannelDirectory, UserDirectory
from adapters.slack.manifest import BOT_SCOPES
from adapters.slack.rendering.buttons_and_menus import list_modal_commands
from adapters.slack.settings import SlackSettings
from bot.domain.channels import Channel
from bot.ports.commands import Commands
from bot.ports.platforms import PlatformServices


class BotTokens(TokenProvider, Protocol):
    """The bot's tokens: one of the settings, or those of the installations."""

    async def authorize(self, workspace: str, organization: str) -> AuthorizeResult | None:
        """Return with whose token the bot acts in a workspace; None where it is not installed."""
        ...

    async def delete_tokens(self, workspace: str, organization: str, ended_at: datetime) -> Sequence[str]:
        """Delete the tokens of a workspace or of an organization; return the workspaces that are left without any."""
        ...


@dataclass(frozen=True, slots=True)
class SlackConnection:
    """Slack's events, over Socket Mode or signed requests. Implements `bot.ports.platforms.Connection`."""

    settings: SlackSettings
    tokens: BotTokens
    context: SlackContext
    app: BoltApp
    oauth_flow: OAuthFlow | None = None

    @property
    def routes(self) -> Sequence[Any]:
        """The routes for signed requests and for installations."""
        is_signed = bool(self.settings.slack_signing_secret) and not self.settings.slack_app_token
        return http_endpoints.build_routes(self.app, self.oauth_flow, signed=is_signed)

    async def serve(self, stop: asyncio.Event) -> None:
        """Be connected until *stop*, then wait for the listeners that run."""
        if isinstance(self.tokens, SingleWorkspace):
            await self.tokens.register_workspace(self.context.workspace_events, self.context.clock, stop)
        if self.settings.slack_app_token and not stop.is_set():
            await socket_mode.serve(self.app, self.settings.slack_app_token, self.settings.slack_api_url, stop)
        await stop.wait()
        await self.app.drain()


@dataclass(frozen=True, slots=True)
class SlackPlatform:
    """Slack, to be posted to. Implements `bot.ports.platforms.Platform`."""

    settings: SlackSettings
    services: PlatformServices
    tokens: BotTokens
    client: SlackClient
    chat: SlackChat
    directory: ChannelDirectory
    user_directory: UserDirectory

    def connect(self, commands: Commands) -> SlackConnection:
        """Return what takes people's commands."""
        context = self._build_context(commands)
        tokens = self.tokens
        flow = None
        if isinstance(tokens, VaultInstallationStore):
            flow = _build_oauth_flow(self.settings, self.services, tokens)
        app = create_app(
            context,
            Authorize(tokens.authorize),
            _build_tokenless_client(self.settings),
            signing_secret=self.settings.slack_signing_secret,
            oauth_flow=flow,
            token_deleter=tokens.delete_tokens,
        )
        return SlackConnection(self.settings, tokens, context, app, flow)

    def _build_context(self, commands: Commands) -> SlackContext:
        stores = self.services.stores
        return SlackContext(
            commands=commands,
            button_payloads=stores.button_payloads,
            processed_events=stores.processed_events,
            workspaces=stores.workspaces,
            workspace_events=self.services.workspace_events,
            client=self.client,
            directory=self.directory,
            user_directory=self.user_directory,
            clock=self.services.clock,
            secret_registrar=self.services.secret_registrar,
            command=self.settings.slack_command,
            skipped_papers=stores.skipped_papers,
        )


@asynccontextmanager
async def open_platform(settings: SlackSettings, services: PlatformServices) -> AsyncIterator[SlackPlatform]:
    """Give Slack as the settings describe it: one workspace, or all that install the app."""
    if not settings.slack_client_id:
        yield build_platform(settings, services, SingleWorkspace(settings.slack_bot_token, settings.slack_api_url))
        return
    async with open_installations(settings, services, _build_tokenless_client(settings)) as installations:
        yield build_platform(settings, services, installations)


def build_platform(
    settings: SlackSettings,
    services: PlatformServices,
    tokens: BotTokens,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> SlackPlatform:
    """Return Slack with those tokens; *monotonic* gives the seconds that rate limits and caches count, by *sleep*."""
    client = SlackClient(tokens, settings.slack_api_url, RateLimiter(monotonic, sleep), services.clock)

    async def shows_pictures(channel: Channel) -> bool:
        return (await services.stores.channels.get_or_create(channel, services.clock())).preferences.pictures

    return SlackPlatform(
        settings,
        services,
        tokens,
        client,
        SlackChat(
            client,
            services.stores.button_payloads,
            command=settings.slack_command,
            modal_commands=list_modal_commands(services.commands),
            wants_pictures=shows_pictures,
            skipped_papers=services.stores.skipped_papers,
        ),
        ChannelDirectory(client, monotonic),
        UserDirectory(client, monotonic),
    )


@asynccontextmanager
async def open_installations(
    settings: SlackSettings, services: PlatformServices, client: AsyncWebClient
) -> AsyncIterator[VaultInstallationStore]:
    """Give the installations in the vault; *client*, which has no token, renews theirs."""
    rotator = AsyncTokenRotator(
        client_id=settings.slack_client_id, client_secret=settings.slack_client_secret, client=client
    )
    async with services.open_vault() as vault:
        installations = VaultInstallationStore(
            vault, services.stores.workspaces, services.workspace_events, services.clock, rotator
        )
        try:
            yield installations
        finally:
            # Before the vault: a token that Slack has just renewed must still be kept.
            await installations.close()


def _build_oauth_flow(
    settings: SlackSettings, services: PlatformServices, installations: VaultInstallationStore
) -> OAuthFlow:
    return oauth.create_oauth_flow(
        client=_build_tokenless_client(settings),
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret,
        scopes=BOT_SCOPES,
        public_url=services.public_url,
        command=settings.slack_command,
        installation_store=installations,
        state_store=SignedStateStore(settings.slack_client_secret, services.stores.processed_events, services.clock),
        secret_registrar=services.secret_registrar,
    )


def _build_tokenless_client(settings: SlackSettings) -> AsyncWebClient:
    """Return a client without a token, which takes nothing from the environment."""
    client = AsyncWebClient(base_url=settings.slack_api_url, retry_handlers=[])
    client.proxy = None  # which it took from the environment
    return client
