"""A running workspace and a client that asks it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from tests.workspace import Workspace, running


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with running(beat=0.05) as started:
        yield started


@pytest.fixture
async def client(workspace: Workspace) -> AsyncIterator[ClientSession]:
    async with ClientSession(workspace.url) as session:
        yield session
