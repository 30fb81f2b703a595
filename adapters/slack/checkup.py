"""What `doctor` looks at in Slack: the tokens, what they may, and the channels that have a digest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.errors import code
from adapters.slack.installations import PREFIX, Installations
from adapters.slack.manifest import SCOPES
from adapters.slack.membership import PATIENCE, Finding, answer, client, look, named
from adapters.slack.oauth import INSTALL
from bot.errors import Gone, SendError
from bot.models import Channel
from bot.wording import listing

SERVES: Final[Mapping[str, str]] = {
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
_APP: Final = "https://api.slack.com/apps → your app"
_COPY: Final = f"Copy the bot's token from {_APP} → OAuth & Permissions into .env."
_ADD: Final = f"Add this under {_APP} → OAuth & Permissions → Bot Token Scopes, and reinstall the app."
_MAKE: Final = f"Make one under {_APP} → Basic Information → App-Level Tokens, with the scope connections:write."


@dataclass(frozen=True, slots=True)
class _Pass:
    """A token: what people call it, how to get a better one, and how one that may do more."""

    client: AsyncWebClient
    name: str
    renew: str
    extend: str


async def app(token: str, api_url: str) -> Sequence[Finding]:
    """Look at the app's token, with which Socket Mode is opened."""
    return await _collected(_app(token, api_url))


async def single(token: str, api_url: str, channels: Sequence[Channel]) -> Sequence[Finding]:
    """Look at the one token of the settings, its scopes, and whether the bot is in each of *channels*."""
    return await _collected(_looks(_Pass(client(api_url, token), "SLACK_BOT_TOKEN", _COPY, _ADD), channels))


async def many(
    installations: Installations, api_url: str, public_url: str, channels: Sequence[Channel]
) -> Sequence[Finding]:
    """Look at every installation in the same way, and at *channels* that none serves.

    Raises `bot.errors.BroadsheetError` kinds when the vault can't be read.
    """
    return await _collected(_many(installations, api_url, f"{public_url}{INSTALL}", channels))


async def reached(public_url: str) -> Finding:
    """Look whether the public listener answers where the world looks for it."""
    address, timeout = f"{public_url}/livez", aiohttp.ClientTimeout(total=PATIENCE)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as web, web.get(address, allow_redirects=False) as answer:
            why = "" if answer.ok and await answer.text() == "ok" else f"answers with something else ({answer.status})"
    except (aiohttp.ClientError, OSError, TimeoutError, UnicodeDecodeError) as error:
        why = f"can't be reached from here ({type(error).__name__})"
    if why:
        return False, f"{address} {why}. Check PUBLIC_URL, and that a proxy there hands requests on to PORT."
    return True, f"The public listener answers at {public_url}."


async def _collected(looks: AsyncIterator[Finding]) -> Sequence[Finding]:
    """Return what was found until the end, or until Slack could not be asked any more."""
    found: list[Finding] = []
    try:
        async for one in looks:
            found.append(one)  # noqa: PERF401 - what was found before an error counts
    except SendError as error:
        found.append((False, f"{error}. Check the network and SLACK_API_URL, and run doctor again in a minute."))
    return found


async def _app(token: str, api_url: str) -> AsyncIterator[Finding]:
    try:
        await answer(client(api_url).apps_connections_open(app_token=token))
    except Gone as refusal:
        lacks = code(refusal) == "missing_scope"
        what = "lacks the scope connections:write" if lacks else f"was turned down by Slack ({code(refusal)})"
        yield False, f"SLACK_APP_TOKEN {what}. {_MAKE}"
    else:
        yield True, "Socket Mode can be opened."


async def _many(
    installations: Installations, api_url: str, install: str, channels: Sequence[Channel]
) -> AsyncIterator[Finding]:
    """Look at every workspace or organization that has installed the app, and at those that have a digest."""
    names = [name.removeprefix(PREFIX) for name in await installations.vault.names(PREFIX)]
    if not names:
        yield True, f"Nobody has installed the app so far. It is added to a workspace at {install}"
    again = f"Install it there again: {install}"
    served: dict[str, _Pass] = {}
    rooms: dict[str, list[Channel]] = {}
    for workspace in dict.fromkeys([*names, *(channel.workspace for channel in channels)]):
        try:
            token = await installations.token(workspace)
        except Gone as gone:
            yield False, f"{workspace}: {gone.reason}. {again}"
            continue
        except SendError as error:
            cure = "Check the network, SLACK_CLIENT_ID and SLACK_CLIENT_SECRET."
            yield False, f"{workspace}: {error}. {cure}"
            continue
        served.setdefault(
            token, _Pass(client(api_url, token), f"the token of {await _owner(installations, workspace)}", again, again)
        )
        rooms.setdefault(token, []).extend(channel for channel in channels if channel.workspace == workspace)
    for token, mine in served.items():
        async for finding in _looks(mine, rooms[token]):
            yield finding


async def _looks(mine: _Pass, channels: Sequence[Channel]) -> AsyncIterator[Finding]:
    """Look at one token, its scopes, and the channels that it serves."""
    try:
        said = await answer(mine.client.auth_test())
    except Gone as refusal:
        yield False, f"Slack turned {mine.name} down ({code(refusal)}). {mine.renew}"
        return
    yield True, f"Slack knows the bot as @{said['user']} in {said['team']}."
    listed = said.headers.get("x-oauth-scopes")
    granted = set(SCOPES if listed is None else listed.replace(",", " ").split())
    yield _scopes(granted, f"The bot in {said['team']}", mine.extend)
    ours, others = _parted(channels, "" if said.get("is_enterprise_install") else said["team_id"])
    if others:
        cure = "Put that workspace's into .env, or set up many workspaces: docs/slack.md"
        yield False, f"{mine.name} belongs to another workspace than {listing([*map(named, others)])}. {cure}"
    for workspace in dict.fromkeys(channel.workspace for channel in ours):
        here = [channel for channel in ours if channel.workspace == workspace]
        async for finding in look(mine.client, here, granted, said):
            yield finding


async def _owner(installations: Installations, workspace: str) -> str:
    bot = await installations.find(workspace)
    name = bot and (bot.enterprise_name if bot.is_enterprise_install else bot.team_name)
    return f"{name} ({workspace})" if name else workspace


def _parted(channels: Sequence[Channel], workspace: str) -> tuple[Sequence[Channel], Sequence[Channel]]:
    """Return the channels of a workspace (or, where that is "", all), and those of others."""
    ours = [channel for channel in channels if workspace in ("", channel.workspace)]
    return ours, [channel for channel in channels if workspace not in ("", channel.workspace)]


def _scopes(granted: Collection[str], who: str, cure: str) -> Finding:
    lacking = [f"{scope} ({SERVES[scope]})" for scope in SCOPES if scope not in granted]
    if lacking:
        return False, f"{who} lacks {listing(lacking)}. {cure}"
    return True, f"{who} has every scope that it uses."
