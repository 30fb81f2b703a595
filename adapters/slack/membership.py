"""Whether the bot is in the channels that have a digest, as `doctor` looks at it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Collection, Sequence
from typing import Final

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.errors import code, translate
from adapters.slack.line import quiet
from bot.errors import Gone
from bot.models import Channel
from bot.wording import count

Finding = tuple[bool, str]
"""Whether it is well, and how it is; what to do where it is not."""
PATIENCE: Final = 15
"""Seconds for one question."""
_PAGE: Final = 999
_KINDS: Final = {"channels:read": "public_channel", "groups:read": "private_channel"}
_ENDS: Final = "its digest ends by itself at the next post"


async def look(
    client: AsyncWebClient, channels: Sequence[Channel], granted: Collection[str], bot: AsyncSlackResponse
) -> AsyncIterator[Finding]:
    """Look at channels of one workspace; only those that the bot does not seem to be in are asked for one by one."""
    kinds = [kind for scope, kind in _KINDS.items() if scope in granted]
    joined = await _joined(client, channels[0].workspace, kinds)
    found = [channel for channel in channels if channel.id in joined]
    if found:
        yield True, f"The bot is in {count(len(found), 'channel')} of {bot['team']} that should have a digest."
    for channel in channels:
        if channel.id not in joined:
            yield await _missed(client, channel, bot)


async def _joined(client: AsyncWebClient, workspace: str, kinds: Collection[str]) -> Collection[str]:
    """Return the ids of the channels of those *kinds* that the bot is in, without archived ones."""
    ids: set[str] = set()
    more, cursor = bool(kinds), None
    while more:
        page = await answer(
            client.users_conversations(
                types=",".join(kinds), team_id=workspace, exclude_archived=True, limit=_PAGE, cursor=cursor
            )
        )
        ids |= {room["id"] for room in page["channels"]}
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        more = bool(cursor)
    return ids


async def _missed(client: AsyncWebClient, channel: Channel, bot: AsyncSlackResponse) -> Finding:
    """Look why the bot is not in a channel."""
    name, invite = f"{named(channel)} of {bot['team']}", f"/invite @{bot['user']}"
    try:
        said = (await answer(client.conversations_info(channel=channel.id)))["channel"]
    except Gone as refusal:
        if refusal.installation:
            return False, f"{name} can't be looked at ({code(refusal)}), see above."
        cure = f"If it is there, type in it: {invite}; if not, leave it, and {_ENDS}."
        return False, f"Slack finds no {name}: it was deleted, or it is private and the bot is not in it. {cure}"
    name = f"#{said['name']} of {bot['team']}" if said.get("name") else name
    if said.get("is_archived"):
        return False, f"{name}, which has a digest, is archived. Unarchive it; or leave it, and {_ENDS}."
    if not said.get("is_member"):
        return False, f"The bot is not in {name}, which has a digest. Type there: {invite}"
    return True, f"The bot is in {name}."


def named(channel: Channel) -> str:
    """Name a channel for people."""
    return f"#{channel.name}" if channel.name else channel.id


def client(api_url: str, token: str = "") -> AsyncWebClient:
    """Return a client that takes nothing from the environment and never asks twice."""
    client = AsyncWebClient(token, base_url=api_url, timeout=PATIENCE, retry_handlers=[], logger=quiet())
    client.proxy = None  # which it took from the environment
    return client


async def answer(asked: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
    """Return Slack's answer. Raises `bot.errors.SendError` kinds, of which `Gone` is about the token or the channel."""
    try:
        return await asked
    except Exception as error:
        raise translate(error, "") from error
