"""A bot, or a chat alone, in which nothing that goes wrong stays unnoticed."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.slack.api.client import SlackClient
from adapters.slack.delivery.chat import SlackChat
from tests.adapters.slack.bot_harness import NOW, WORKSPACE, BotHarness, connect_socket_mode, open_harness
from tests.adapters.slack.delivery_harness import add_workspace, open_client
from tests.composition import list_unexpected, store_sample
from tests.fakes import MemoryButtonPayloads
from tests.servers.slack import Slack, slack


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
async def offline(stored: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[BotHarness]:
    """A bot that nobody can reach yet; in the end Slack has refused nothing and waited for nothing."""
    async with open_harness(stored) as harness:
        yield harness
    assert harness.server.violations == []
    assert harness.server.late == []
    assert list_unexpected(caplog.get_records("call"), harness.excused, logging.ERROR) == []


@pytest.fixture
async def harness(offline: BotHarness) -> AsyncIterator[BotHarness]:
    """A bot that hears over Socket Mode."""
    async with connect_socket_mode(offline):
        yield offline


@pytest.fixture
async def server() -> AsyncIterator[Slack]:
    async with slack() as server:
        add_workspace(server)
        yield server
        assert server.violations == []


@pytest.fixture
async def clients(server: Slack) -> AsyncIterator[SlackClient]:
    async with open_client(server.url) as clients:
        yield clients


@pytest.fixture
async def chat(clients: SlackClient) -> SlackChat:
    return SlackChat(clients, MemoryButtonPayloads())
