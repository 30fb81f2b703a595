"""Platform checks for `doctor`: asks Slack and Discord about tokens, scopes, permissions and channels."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.bootstrap import context
from bot.config import Settings
from bot.delivery import pending_notices
from bot.domain.channels import ChannelKind
from bot.ports.channels import ChannelState
from bot.ports.stores import Stores
from bot.reasons.installations import WORKSPACE_UNAVAILABLE

if TYPE_CHECKING:
    from adapters.slack.auth.installations import VaultInstallationStore


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One thing looked at; ``message`` says how it is and, if it is not ``ok``, what to do."""

    ok: bool
    message: str


async def check_platforms(settings: Settings, stores: Stores | None, *, running: bool) -> Sequence[CheckResult]:
    """Ask every platform that the settings name about its tokens and channels; without *stores* there are none.

    *running* tells that a bot runs. Raises `bot.errors.BroadsheetError` kinds when the stores can't be read.
    """
    results = [*await _check_slack(settings, stores, running=running), *await _check_discord(settings, stores)]
    return [*results, *(await _check_pending_notices(stores) if stores else ())]


async def _check_pending_notices(stores: Stores) -> Sequence[CheckResult]:
    """Return what nobody could be told."""
    results = list[CheckResult]()
    for workspace in [
        one for platform in ("slack", "discord") for one in await stores.workspaces.list_for_platform(platform)
    ]:
        notices = await pending_notices.list_pending(stores.key_values, workspace.platform, workspace.id)
        name = workspace.name or workspace.id
        results += [
            CheckResult(ok=False, message=f"Nobody who manages {name} can be told: {notice}")
            for notice in notices.values()
        ]
    return results


async def _load_digest_channels(stores: Stores | None, platform: str) -> Sequence[ChannelState]:
    """Return the channels of a platform that should have a digest, but those of workspaces that took the bot away."""
    states = await stores.channels.list_enabled(include_retired=True) if stores else ()
    return [
        state
        for state in states
        if state.channel.platform == platform
        and state.channel.kind is not ChannelKind.DIRECT
        and state.retired_code != WORKSPACE_UNAVAILABLE
    ]


async def _check_discord(settings: Settings, stores: Stores | None) -> Sequence[CheckResult]:
    """Connect to Discord, and look at the channels that should have a digest."""
    if not settings.discord_token:
        return []
    from adapters.discord import doctor
    from adapters.discord.gateway.client import DiscordClient

    client = DiscordClient(settings.discord_api_url, settings.discord_gateway_url)
    found = await doctor.check_bot_token(client, settings.discord_token, await _load_digest_channels(stores, "discord"))
    return [CheckResult(ok=well, message=what) for well, what in found]


async def _check_slack(settings: Settings, stores: Stores | None, *, running: bool) -> Sequence[CheckResult]:
    """Ask Slack about the tokens, and about the channels that have a digest; without *stores* there are none."""
    if not settings.is_slack_configured:
        return []
    from adapters.slack.doctor import tokens

    channels = [standing.channel for standing in await _load_digest_channels(stores, "slack")]
    found: list[tuple[bool, str]] = []
    if settings.slack_app_token:
        found += await tokens.check_app_token(settings.slack_app_token, settings.slack_api_url)
    if settings.slack_bot_token:
        found += await tokens.check_bot_token(settings.slack_bot_token, settings.slack_api_url, channels)
    if settings.port is not None:
        found.append(await _check_public_listener(settings, running=running))
    if settings.slack_client_id and stores:
        async with _open_installations(settings, stores) as installations:
            found += await tokens.check_installations(
                installations, settings.slack_api_url, settings.public_url, channels
            )
    # That Slack can't be reached is found by both tokens, and told once.
    return [CheckResult(ok=well, message=what) for well, what in dict.fromkeys(found)]


async def _check_public_listener(settings: Settings, *, running: bool) -> tuple[bool, str]:
    """Look whether Slack's requests can arrive."""
    from adapters.slack.doctor.tokens import check_public_url

    if running and settings.public_url:
        return await check_public_url(settings.public_url)
    needed = "while a bot runs" if settings.public_url else "when PUBLIC_URL is set"
    return True, f"Whether requests from outside arrive can be seen only {needed}."


@asynccontextmanager
async def _open_installations(settings: Settings, stores: Stores) -> AsyncIterator[VaultInstallationStore]:
    """Give the installations; a token that has ended is renewed as the bot would, for one may run beside us."""
    from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

    from adapters.slack.auth.installations import VaultInstallationStore
    from adapters.slack.doctor.channels import create_web_client
    from bot.workspace_lifecycle import WorkspaceLifecycle

    tokenless_client = create_web_client(settings.slack_api_url)
    rotator = AsyncTokenRotator(
        client_id=settings.slack_client_id, client_secret=settings.slack_client_secret, client=tokenless_client
    )
    async with context.open_vault(settings) as vault:
        installations = VaultInstallationStore(
            vault, stores.workspaces, WorkspaceLifecycle(stores), context.read_clock, rotator
        )
        try:
            yield installations
        finally:
            await installations.close()
