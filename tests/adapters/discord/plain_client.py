"""A plain client of discord.py, unpatched, for the tests of the server on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import discord

from adapters.discord import discord_py
from tests.servers.discord import Discord

Handler = Callable[["Client", discord.Interaction[Any]], Awaitable[None]]


class Client(discord.AutoShardedClient):
    """Notes what happens, and answers interactions by *handler*."""

    def __init__(self, handler: Handler | None = None, **more: Any) -> None:
        intents = discord.Intents.none()
        intents.guilds = intents.guild_reactions = True
        super().__init__(
            intents=intents,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            guild_ready_timeout=0.05,
            **more,
        )
        self.handler = handler
        self.happened: list[str] = []
        self.heard: list[Any] = []
        self.all: list[discord.Interaction[Any]] = []

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait for nothing: the server on loopback lets anybody identify at once."""

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Note every event."""
        self.happened.append(event)
        self.heard += [(event, *args)] if event.startswith(("guild_", "thread_", "raw_")) else []
        super().dispatch(event, *args, **kwargs)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer."""
        self.all.append(interaction)
        if self.handler:
            await self.handler(self, interaction)

    async def call(self, method: str, path: str, *, json: Any = None, params: Any = None, **ids: Any) -> Any:
        """Ask REST as our own adapter does."""
        route = discord_py.build_route(method, path, ids)
        return await discord_py.send_as_bot(self, discord_py.RestRequest(route, json, params=params))

    async def answer(self, interaction: discord.Interaction[Any], kind: int, data: Any = None) -> Any:
        """Answer an interaction first."""
        path = "/interactions/{interaction_id}/{interaction_token}/callback"
        body = {"type": kind} | ({"data": data} if data is not None else {})
        return await self.call(
            "POST", path, json=body, interaction_id=interaction.id, interaction_token=interaction.token
        )

    async def change(self, interaction: discord.Interaction[Any], data: Any) -> Any:
        """Change the first answer."""
        path = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
        return await self.call("PATCH", path, json=data, webhook_id=2, webhook_token=interaction.token)


@asynccontextmanager
async def connect_client(server: Discord, handler: Handler | None = None, **more: Any) -> AsyncIterator[Client]:
    """Log in and be ready, and close in the end."""
    client = Client(handler, **more)
    running = asyncio.create_task(client.start("token-1"))
    try:
        await server.wait(lambda: running.done() or client.is_ready())
        if running.done():
            await running
        yield client
    finally:
        await client.close()
        await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def log_in_client(server: Discord) -> AsyncIterator[Client]:
    """Log in without a gateway."""
    client = Client()
    await client.login("token-1")
    try:
        yield client
    finally:
        await client.close()
