"""Doctor checks of Slack tokens: auth.test, x-oauth-scopes, apps.connections.open and the public URL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api.errors import get_error_code
from adapters.slack.auth.installations import VAULT_PREFIX, VaultInstallationStore
from adapters.slack.auth.oauth import INSTALL_PATH
from adapters.slack.doctor.channels import (
    TIMEOUT_SECONDS,
    Finding,
    await_response,
    check_channels,
    create_web_client,
    format_channel_name,
)
from adapters.slack.manifest import BOT_SCOPES
from bot.domain.channels import Channel
from bot.errors import Gone, SendError
from bot.i18n.formatting import format_list

SCOPE_PURPOSES: Final[Mapping[str, str]] = {
    "app_mentions:read": "mentions of the bot, in threads above all",
    "channels:history": "looking up whether a post arrived, in public channels",
    "channels:read": "public channels, and who is in them",
    "chat:write": "posting",
    "commands": "the slash command and the shortcuts",
    "groups:history": "looking up whether a post arrived, in private channels",
    "groups:read": "private channels, and who is in them",
    "im:history": "direct messages to the bot",
    "im:write": "direct messages to those who follow something",
    "links:read": "seeing links to papers",
    "links:write": "cards below links",
    "usergroups:read": "user groups that may manage",
    "users:read": "admins, and people's time zones",
}
"""What does not work without a scope; the scopes are those of `adapters.slack.manifest`."""
_APP_SETTINGS: Final = "https://api.slack.com/apps → your app"
_COPY_TOKEN_HINT: Final = f"Copy the bot's token from {_APP_SETTINGS} → OAuth & Permissions into .env."
_ADD_SCOPE_HINT: Final = (
    f"Add this under {_APP_SETTINGS} → OAuth & Permissions → Bot Token Scopes, and reinstall the app."
)
_CREATE_TOKEN_HINT: Final = (
    f"Make one under {_APP_SETTINGS} → Basic Information → App-Level Tokens, with the scope connections:write."
)


@dataclass(frozen=True, slots=True)
class _CheckedToken:
    """A token: what people call it, how to get a better one, and how one that may do more."""

    client: AsyncWebClient
    name: str
    renew_hint: str
    scope_hint: str


async def check_app_token(token: str, api_url: str) -> Sequence[Finding]:
    """Look at the app's token, with which Socket Mode is opened."""
    return await _collect_findings(_check_app_token(token, api_url))


async def check_bot_token(token: str, api_url: str, channels: Sequence[Channel]) -> Sequence[Finding]:
    """Look at the one token of the settings, its scopes, and whether the bot is in each of *channels*."""
    return await _collect_findings(
        _check_token(
            _CheckedToken(create_web_client(api_url, token), "SLACK_BOT_TOKEN", _COPY_TOKEN_HINT, _ADD_SCOPE_HINT),
            channels,
        )
    )


async def check_installations(
    installations: VaultInstallationStore, api_url: str, public_url: str, channels: Sequence[Channel]
) -> Sequence[Finding]:
    """Look at every installation in the same way, and at *channels* that none serves.

    Raises `bot.errors.BroadsheetError` kinds when the vault can't be read.
    """
    return await _collect_findings(
        _check_installations(installations, api_url, f"{public_url}{INSTALL_PATH}", channels)
    )


async def check_public_url(public_url: str) -> Finding:
    """Look whether the public listener answers where the world looks for it."""
    address, timeout = f"{public_url}/livez", aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(address, allow_redirects=False) as response,
        ):
            problem = (
                ""
                if response.ok and await response.text() == "ok"
                else f"answers with something else ({response.status})"
            )
    except (aiohttp.ClientError, OSError, TimeoutError, UnicodeDecodeError) as error:
        problem = f"can't be reached from here ({type(error).__name__})"
    if problem:
        return False, f"{address} {problem}. Check PUBLIC_URL, and that a proxy there hands requests on to PORT."
    return True, f"The public listener answers at {public_url}."


async def _collect_findings(findings: AsyncIterator[Finding]) -> Sequence[Finding]:
    """Return what was found until the end, or until Slack could not be asked any more."""
    collected: list[Finding] = []
    try:
        async for finding in findings:
            collected.append(finding)  # noqa: PERF401 - what was found before an error counts
    except SendError as error:
        collected.append((False, f"{error}. Check the network and SLACK_API_URL, and run doctor again in a minute."))
    return collected


async def _check_app_token(token: str, api_url: str) -> AsyncIterator[Finding]:
    try:
        await await_response(create_web_client(api_url).apps_connections_open(app_token=token))
    except Gone as refusal:
        is_scope_missing = get_error_code(refusal) == "missing_scope"
        problem = (
            "lacks the scope connections:write"
            if is_scope_missing
            else f"was turned down by Slack ({get_error_code(refusal)})"
        )
        yield False, f"SLACK_APP_TOKEN {problem}. {_CREATE_TOKEN_HINT}"
    else:
        yield True, "Socket Mode can be opened."


async def _check_installations(
    installations: VaultInstallationStore, api_url: str, install_url: str, channels: Sequence[Channel]
) -> AsyncIterator[Finding]:
    """Look at every workspace or organization that has installed the app, and at those that have a digest."""
    names = [name.removeprefix(VAULT_PREFIX) for name in await installations.vault.list_names(VAULT_PREFIX)]
    if not names:
        yield True, f"Nobody has installed the app so far. It is added to a workspace at {install_url}"
    hint = f"Install it there again: {install_url}"
    checked_tokens: dict[str, _CheckedToken] = {}
    channels_by_token: dict[str, list[Channel]] = {}
    for workspace in dict.fromkeys([*names, *(channel.workspace for channel in channels)]):
        try:
            token = await installations.get_token(workspace)
        except Gone as error:
            yield False, f"{workspace}: {error.reason}. {hint}"
            continue
        except SendError as error:
            settings_hint = "Check the network, SLACK_CLIENT_ID and SLACK_CLIENT_SECRET."
            yield False, f"{workspace}: {error}. {settings_hint}"
            continue
        checked_tokens.setdefault(
            token,
            _CheckedToken(
                create_web_client(api_url, token),
                f"the token of {await _describe_owner(installations, workspace)}",
                hint,
                hint,
            ),
        )
        channels_by_token.setdefault(token, []).extend(
            channel for channel in channels if channel.workspace == workspace
        )
    for token, checked_token in checked_tokens.items():
        async for finding in _check_token(checked_token, channels_by_token[token]):
            yield finding


async def _check_token(checked_token: _CheckedToken, channels: Sequence[Channel]) -> AsyncIterator[Finding]:
    """Look at one token, its scopes, and the channels that it serves."""
    try:
        response = await await_response(checked_token.client.auth_test())
    except Gone as refusal:
        yield False, f"Slack turned {checked_token.name} down ({get_error_code(refusal)}). {checked_token.renew_hint}"
        return
    yield True, f"Slack knows the bot as @{response['user']} in {response['team']}."
    scopes_header = response.headers.get("x-oauth-scopes")
    granted = set(BOT_SCOPES if scopes_header is None else scopes_header.replace(",", " ").split())
    yield _check_scopes(granted, f"The bot in {response['team']}", checked_token.scope_hint)
    own_channels, other_channels = _split_channels(
        channels, "" if response.get("is_enterprise_install") else response["team_id"]
    )
    if other_channels:
        hint = "Put that workspace's into .env, or set up many workspaces: docs/slack.md"
        yield (
            False,
            (
                f"{checked_token.name} belongs to another workspace than "
                f"{format_list([*map(format_channel_name, other_channels)])}. {hint}"
            ),
        )
    for workspace in dict.fromkeys(channel.workspace for channel in own_channels):
        workspace_channels = [channel for channel in own_channels if channel.workspace == workspace]
        async for finding in check_channels(checked_token.client, workspace_channels, granted, response):
            yield finding


async def _describe_owner(installations: VaultInstallationStore, workspace: str) -> str:
    bot = await installations.find_bot(workspace)
    name = bot and (bot.enterprise_name if bot.is_enterprise_install else bot.team_name)
    return f"{name} ({workspace})" if name else workspace


def _split_channels(channels: Sequence[Channel], workspace: str) -> tuple[Sequence[Channel], Sequence[Channel]]:
    """Return the channels of a workspace (or, where that is "", all), and those of others."""
    own_channels = [channel for channel in channels if workspace in ("", channel.workspace)]
    return own_channels, [channel for channel in channels if workspace not in ("", channel.workspace)]


def _check_scopes(granted: Collection[str], subject: str, hint: str) -> Finding:
    missing_scopes = [f"{scope} ({SCOPE_PURPOSES[scope]})" for scope in BOT_SCOPES if scope not in granted]
    if missing_scopes:
        return False, f"{subject} lacks {format_list(missing_scopes)}. {hint}"
    return True, f"{subject} has every scope that it uses."
