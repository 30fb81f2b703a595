"""What goes out to the Discord on loopback: a logged-in client, a clock that nobody waits for, buttons in memory."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

import discord

from adapters.discord.api.rest import RestClient
from adapters.discord.composition import build_clients
from adapters.discord.delivery.chat import ChannelStyle, DiscordChat
from adapters.discord.settings import DiscordSettings
from bot.cards.models import Card, Item
from bot.domain.channels import DIRECT_MESSAGE_WORKSPACE, Channel, ChannelKind
from bot.domain.deliveries import DeliveryKey, Operation
from bot.ports.chat import Delivery
from tests.fakes import FakeMonotonic, MemoryButtonPayloads
from tests.servers.discord import Discord

PAPERS: Final = Channel("discord", "10", "20", name="papers")
DIRECT: Final = Channel("discord", DIRECT_MESSAGE_WORKSPACE, "100", ChannelKind.DIRECT)
FORUM: Final = Channel("discord", "10", "40", ChannelKind.FORUM, "reading")
THREAD: Final = Channel("discord", "10", "21", ChannelKind.THREAD, "talk")
TOKEN: Final = "token-1"
LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)
POST: Final = "POST /channels/{channel_id}/messages"
EDIT: Final = "PATCH /channels/{channel_id}/messages/{message_id}"
START: Final = "POST /channels/{channel_id}/threads"


def add_server(server: Discord) -> Channel:
    """Give the server a bot and a channel; return that."""
    server.bot(TOKEN, user="1", application="2", name="Broadsheet")
    server.guild("10", name="Lab", owner="90", system="20")
    server.channel(PAPERS.id, guild="10", name=PAPERS.name)
    return PAPERS


@asynccontextmanager
async def open_rest_client(server: Discord, clock: Callable[[], float] = time.monotonic) -> AsyncIterator[RestClient]:
    """Give REST as a bot that is logged in without a gateway."""
    add_server(server)
    settings = DiscordSettings(discord_token=TOKEN, discord_api_url=server.api, discord_gateway_url=server.gateway)
    sleep = clock.sleep if isinstance(clock, FakeMonotonic) else asyncio.sleep
    client, rest = build_clients(settings, monotonic=clock, sleep=sleep)
    await client.login(TOKEN)
    server.calls.clear()
    try:
        yield rest
    finally:
        await rest.close()


def build_chat(rest: RestClient, style: ChannelStyle | None = None) -> DiscordChat:
    """Return the chat of a bot, in which every channel has one *style*."""

    async def look_style_up(_: Channel) -> ChannelStyle:
        return style or ChannelStyle()

    return DiscordChat(rest, MemoryButtonPayloads(), style_lookup=look_style_up)


def build_delivery(
    card: Card | None = None,
    operation: Operation = "post",
    *,
    channel: Channel = PAPERS,
    part: int = 0,
    kind: str = "digest",
    **more: Any,
) -> Delivery:
    """Return a message of the ledger, recorded now."""
    key = DeliveryKey(channel, kind, "2026-11-24", part, operation)
    made = Delivery(1, key, card or Card(text="Hello"), created_at=datetime.now(UTC))
    return replace(made, **more)


def now() -> datetime:
    return datetime.now(UTC)


def build_digest(count: int, text: str = "") -> Card:
    """Return a digest of so many papers; with a long *text* each, of several messages."""
    items = tuple(
        Item(f"Paper {number}", f"https://arxiv.org/abs/2511.{number:05}", number, text=text, paper=f"2511.{number:05}")
        for number in range(1, count + 1)
    )
    return Card(folio=("Tue 24 Nov",), items=items, fallback="Papers", tone="digest")


def build_long_digest() -> Card:
    """Return a digest of three messages."""
    return build_digest(18, "A sentence that says what was found, at some length. " * 5)


def list_calls(server: Discord) -> list[str]:
    """Return what was asked of the server: "POST /channels/{}/messages"."""
    return [f"{call.method} {call.route}" for call in server.calls]


def build_refusal(
    code: int = 0, status: int = 400, *, via: bool = True, text: str | None = None
) -> discord.HTTPException:
    """Return what discord.py raises for an answer; *text* is a page instead of JSON."""
    answer: Any = _Answer(status, {"Via": "1.1 google"} if via else {})
    return discord.HTTPException(answer, {"code": code, "message": "No"} if text is None else text)


@dataclass
class _Answer:
    status: int
    headers: Mapping[str, str]
    reason: str = "refused"
