"""Both sources on loopback, and clients that ask them politely without anybody having to wait."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.sources.arxiv.client import ArXiv
from bot.sources.arxiv.source import POLICY as ARXIV
from bot.sources.http.client import SourceClient
from bot.sources.http.policies import SourcePolicy
from bot.sources.huggingface.client import HuggingFace
from bot.sources.huggingface.source import POLICY as HUGGING_FACE
from tests.bot.sources.fakes import Clock, Memory
from tests.servers.sources import Sources, entry, record

MONDAY = date(2026, 2, 9)
TUESDAY = date(2026, 2, 10)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
async def server() -> AsyncIterator[Sources]:
    days = {
        MONDAY: [record("2602.00001", "Slow Thinking", votes=12), record("2602.00002", "Fast Thinking", votes=3)],
        TUESDAY: [record("2602.00003", "Graphs of Thought", votes=7)],
    }
    announced = [
        entry("2602.00011v1", "Speaking in Tongues", "Languages are many.", authors="Ada Lovelace, Alan Turing"),
        entry("2602.00012v2", "Old News", kind="replace"),
        entry("2602.00013v1", "Across", kind="cross", categories=("math.CO", "cs.CL")),
    ]
    async with Sources(days, announced, closed_from=date(2026, 2, 11)) as running:
        yield running


@pytest.fixture
async def polite(clock: Clock, memory: Memory) -> AsyncIterator[Callable[..., SourceClient]]:
    """Make clients with a changed policy; they are closed at the end."""
    async with AsyncExitStack() as stack:

        def make(manners: SourcePolicy = HUGGING_FACE, **changes: Any) -> SourceClient:
            changed = replace(manners, **{"backoff": 0.0, **changes})
            client = SourceClient(changed, memory, clock, version="1.2.3", sleep=clock.sleep)
            stack.push_async_callback(client.close)
            return client

        yield make


@pytest.fixture
def hub(polite: Callable[..., SourceClient], server: Sources) -> HuggingFace:
    return HuggingFace(polite(), server.url)


@pytest.fixture
def arxiv(polite: Callable[..., SourceClient], server: Sources) -> ArXiv:
    return ArXiv(polite(ARXIV), server.url)
