"""A Discord on loopback that discord.py takes for the real one."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.adapters.discord.bot_harness import NOW, WORKSPACE, BotHarness, open_harness
from tests.adapters.discord.event_waits import subscribe
from tests.composition import list_unexpected, store_sample
from tests.servers.discord import Discord, discord, schema


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


@pytest.fixture(scope="session")
def openapi() -> None:
    """Skip a test whose point is Discord's own OpenAPI file where that is not beside the repository."""
    if not schema.FILE.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("Discord's OpenAPI file is not beside this repository.")
        pytest.skip("Discord's OpenAPI file is not beside this repository, so that no body was held against it.")


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stores with the sample, made once."""
    folder = tmp_path_factory.mktemp("filled")
    asyncio.run(store_sample(folder, WORKSPACE, NOW))
    return folder


@pytest.fixture
def stored(filled: Path, tmp_path: Path) -> Path:
    """A test's own stores."""
    return shutil.copytree(filled, tmp_path / "data")


@pytest.fixture
async def offline(server: Discord, stored: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[BotHarness]:
    """A harness whose bot does not run yet; in the end nothing has gone wrong unnoticed."""
    async with open_harness(stored, server) as harness:
        yield harness
    assert list_unexpected(caplog.get_records("call"), harness.excused) == []


@pytest.fixture
async def harness(offline: BotHarness) -> AsyncIterator[BotHarness]:
    """A harness whose bot is connected."""
    async with offline.run_bot():
        yield offline


@pytest.fixture
async def subscribed(offline: BotHarness) -> AsyncIterator[BotHarness]:
    """A bot that hears of channels, in a server whose channel has a digest."""
    await subscribe(offline)
    async with offline.run_bot():
        yield offline
