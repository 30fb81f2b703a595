"""Doctor checks of Slack channels (users.conversations, conversations.info): is the bot in those with a digest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Collection, Sequence
from typing import Final

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.api.errors import get_error_code, translate_error
from adapters.slack.connection.socket_mode import create_silent_logger
from bot.domain.channels import Channel
from bot.errors import Gone
from bot.i18n.formatting import format_count

Finding = tuple[bool, str]
"""Whether it is well, and how it is; what to do where it is not."""
TIMEOUT_SECONDS: Final = 15
"""Seconds for one question."""
_PAGE_SIZE: Final = 999
_CHANNEL_TYPES: Final = {"channels:read": "public_channel", "groups:read": "private_channel"}
_DIGEST_ENDS_HINT: Final = "its digest ends by itself at the next post"


async def check_channels(
    client: AsyncWebClient, channels: Sequence[Channel], granted_scopes: Collection[str], bot: AsyncSlackResponse
) -> AsyncIterator[Finding]:
    """Look at channels of one workspace; only those that the bot does not seem to be in are asked for one by one."""
    channel_types = [kind for scope, kind in _CHANNEL_TYPES.items() if scope in granted_scopes]
    joined_ids = await _list_joined_channel_ids(client, channels[0].workspace, channel_types)
    joined_channels = [channel for channel in channels if channel.id in joined_ids]
    if joined_channels:
        yield (
            True,
            (
                f"The bot is in {format_count(len(joined_channels), 'channel')} of {bot['team']} "
                "that should have a digest."
            ),
        )
    for channel in channels:
        if channel.id not in joined_ids:
            yield await _check_unjoined_channel(client, channel, bot)


async def _list_joined_channel_ids(
    client: AsyncWebClient, workspace: str, channel_types: Collection[str]
) -> Collection[str]:
    """Return the ids of the channels of those *channel_types* that the bot is in, without archived ones."""
    ids: set[str] = set()
    more, cursor = bool(channel_types), None
    while more:
        page = await await_response(
            client.users_conversations(
                types=",".join(channel_types), team_id=workspace, exclude_archived=True, limit=_PAGE_SIZE, cursor=cursor
            )
        )
        ids |= {channel["id"] for channel in page["channels"]}
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        more = bool(cursor)
    return ids


async def _check_unjoined_channel(client: AsyncWebClient, channel: Channel, bot: AsyncSlackResponse) -> Finding:
    """Look why the bot is not in a channel."""
    name, invite_command = f"{format_channel_name(channel)} of {bot['team']}", f"/invite @{bot['user']}"
    try:
        info = (await await_response(client.conversations_info(channel=channel.id)))["channel"]
    except Gone as refusal:
        if refusal.installation:
            return False, f"{name} can't be looked at ({get_error_code(refusal)}), see above."
        hint = f"If it is there, type in it: {invite_command}; if not, leave it, and {_DIGEST_ENDS_HINT}."
        return False, f"Slack finds no {name}: it was deleted, or it is private and the bot is not in it. {hint}"
    name = f"#{info['name']} of {bot['team']}" if info.get("name") else name
    if info.get("is_archived"):
        return False, f"{name}, which has a digest, is archived. Unarchive it; or leave it, and {_DIGEST_ENDS_HINT}."
    if not info.get("is_member"):
        return False, f"The bot is not in {name}, which has a digest. Type there: {invite_command}"
    return True, f"The bot is in {name}."


def format_channel_name(channel: Channel) -> str:
    """Name a channel for people."""
    return f"#{channel.name}" if channel.name else channel.id


def create_web_client(api_url: str, token: str = "") -> AsyncWebClient:
    """Return a client that takes nothing from the environment and never asks twice."""
    client = AsyncWebClient(
        token, base_url=api_url, timeout=TIMEOUT_SECONDS, retry_handlers=[], logger=create_silent_logger()
    )
    client.proxy = None  # which it took from the environment
    return client


async def await_response(call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
    """Return Slack's answer. Raises `bot.errors.SendError` kinds, of which `Gone` is about the token or the channel."""
    try:
        return await call
    except Exception as error:
        raise translate_error(error, "") from error
