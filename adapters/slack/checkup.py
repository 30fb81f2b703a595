"""What `doctor` looks at in Slack: the tokens, what they may, and the channels that have a digest."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.codes import INSTALLATION
from adapters.slack.manifest import SCOPES
from bot.models import Channel

Finding = tuple[bool, str]
"""Whether it is well, and how it is; what to do where it is not."""
_PATIENCE = 15
_BASIC = "https://api.slack.com/apps → your app"


async def bot(token: str, api_url: str, channels: Sequence[Channel]) -> Sequence[Finding]:
    """Look at the bot's token, its scopes, and whether it is in each of *channels*."""
    client = AsyncWebClient(token, base_url=api_url, timeout=_PATIENCE, retry_handlers=[])
    try:
        said = await client.auth_test()
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        return [_refused("SLACK_BOT_TOKEN", error, f"Copy it from {_BASIC} → OAuth & Permissions")]
    granted = {scope for scope in str(said.headers.get("x-oauth-scopes", "")).split(",") if scope}
    found = [(True, f"Slack knows the bot as {said.get('user')} in {said.get('team')}."), *_scopes(granted)]
    return [*found, *[await _joined(client, channel) for channel in channels if channel.workspace == said["team_id"]]]


async def app(token: str, api_url: str) -> Finding:
    """Look at the app's token, with which Socket Mode is opened."""
    client = AsyncWebClient(token, base_url=api_url, timeout=_PATIENCE, retry_handlers=[])
    try:
        await client.apps_connections_open(app_token=token)
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        return _refused(
            "SLACK_APP_TOKEN", error, f"Make one under {_BASIC} → Basic Information, with connections:write"
        )
    return True, "Socket Mode can be opened."


def _scopes(granted: Collection[str]) -> Iterator[Finding]:
    lacking = sorted(set(SCOPES) - set(granted)) if granted else []
    if lacking:
        yield (
            False,
            f"The bot lacks {', '.join(lacking)}. Add them under {_BASIC} → OAuth & Permissions, and reinstall.",
        )
    elif granted:
        yield True, "The bot has every scope that it uses."


async def _joined(client: AsyncWebClient, channel: Channel) -> Finding:
    """Look at one channel that has a digest."""
    name = f"#{channel.name}" if channel.name else channel.id
    try:
        said = (await client.conversations_info(channel=channel.id))["channel"]
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError):
        said = {}
    if said.get("is_archived"):
        return False, f"{name} is archived. Unarchive it, or type there: /papers digest off"
    if not said.get("is_member"):
        return False, f"The bot is not in {name}, which has a digest. Type there: /invite @Broadsheet"
    return True, f"The bot is in {name}."


def _refused(setting: str, error: Exception, cure: str) -> Finding:
    answer = getattr(error, "response", None)
    said = str(answer.get("error", "")) if answer is not None and hasattr(answer, "get") else ""
    if said in INSTALLATION:
        return False, f"Slack turned {setting} down ({said}). {cure}."
    return False, f"Slack could not be asked about {setting} ({said or type(error).__name__}). Check the network."
