"""What goes out to the Discord on loopback: a logged-in client, and a channel to post to."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from adapters.discord.client import Client
from adapters.discord.pace import Pace
from adapters.discord.rest import Rest
from bot.models import Channel
from tests.servers.discord import Discord

PAPERS: Final = Channel("discord", "10", "20", name="papers")
TOKEN: Final = "token-1"


def furnish(server: Discord) -> Channel:
    """Give the server a bot and a channel; return that."""
    server.bot(TOKEN, user="1", application="2", name="Broadsheet")
    server.guild("10", name="Lab", owner="90", system="20")
    server.channel(PAPERS.id, guild="10", name=PAPERS.name)
    return PAPERS


@asynccontextmanager
async def calling(server: Discord) -> AsyncIterator[Rest]:
    """Give REST as a bot that is logged in without a gateway."""
    furnish(server)
    pace = Pace(time.monotonic)
    client = Client(server.api, server.gateway, pace.trace())
    await client.login(TOKEN)
    rest = Rest(client, pace)
    try:
        yield rest
    finally:
        await rest.close()
