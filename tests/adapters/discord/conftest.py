"""A Discord on loopback that discord.py takes for the real one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.servers.discord import Discord, discord


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Discord]:
    """Discord with a bot, a server "10" of Olga ("90"), channel "20" and Ana ("100"); in the end it refused nothing.

    A test that lets Discord refuse something on purpose clears ``violations`` once it has looked.
    """
    async with discord() as one:
        monkeypatch.setattr(Route, "BASE", one.api)
        # After an invalid session discord.py asks this address, not the one that REST named.
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(one.gateway))
        one.bot("token-1", user="1", application="2", name="Broadsheet")
        one.guild("10", name="Lab", owner="90", system="20")
        one.channel("20", guild="10", name="papers")
        one.person("90", name="Olga", guilds=("10",))
        one.person("100", name="Ana", guilds=("10",))
        yield one
    assert one.violations == []
