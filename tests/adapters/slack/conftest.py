"""An office, or a chat alone, in which nothing that goes wrong stays unnoticed."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.slack.api.client import SlackClient
from adapters.slack.delivery.chat import SlackChat
from tests.adapters.slack.inbound import NOW, WORKSPACE, Office, connected, working
from tests.adapters.slack.outbound import Buttons, calling, furnish
from tests.composition import list_unexpected, store_sample
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
async def shut(stored: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Office]:
    """An office that nobody can reach yet; in the end Slack has refused nothing and waited for nothing."""
    async with working(stored) as office:
        yield office
    assert office.server.violations == []
    assert office.server.late == []
    assert list_unexpected(caplog.get_records("call"), office.excused, logging.ERROR) == []


@pytest.fixture
async def office(shut: Office) -> AsyncIterator[Office]:
    """An office that hears over Socket Mode."""
    async with connected(shut):
        yield shut


@pytest.fixture
async def server() -> AsyncIterator[Slack]:
    async with slack() as server:
        furnish(server)
        yield server
        assert server.violations == []


@pytest.fixture
async def clients(server: Slack) -> AsyncIterator[SlackClient]:
    async with calling(server.url) as clients:
        yield clients


@pytest.fixture
async def chat(clients: SlackClient) -> SlackChat:
    return SlackChat(clients, Buttons())
