"""The table of sources: what is in it goes together, and what was opened is closed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.config import Settings
from bot.ports.sources import Source
from bot.sources import registry
from bot.sources.http.client import Connect, SourceClient
from bot.sources.http.policies import SourcePolicy
from tests.bot.sources.fakes import Clock, Memory


@pytest.fixture
def clients() -> list[SourceClient]:
    return []


@pytest.fixture
def connect(clients: list[SourceClient], clock: Clock, memory: Memory) -> Connect:
    def connect(policy: SourcePolicy) -> SourceClient:
        clients.append(SourceClient(policy, memory, clock, version="1"))
        return clients[-1]

    return connect


@pytest.fixture
async def sources(connect: Connect) -> Sequence[Source]:
    async with registry.open_sources(Settings.model_construct(), connect) as opened:
        return opened


def test_names_are_each_sources_own(sources: Sequence[Source]) -> None:
    assert {"huggingface", "arxiv", "sample"} <= {source.name for source in sources}, "what is stored is under these"
    assert len({source.name for source in sources}) == len({source.title for source in sources}) == len(sources)


def test_one_source_has_the_lists_that_digests_are_made_of(sources: Sequence[Source]) -> None:
    """What is stored of a date is one list."""
    assert [source.name for source in sources if source.lists] == ["huggingface"]
    assert [source.name for source in sources if source.trending] == ["huggingface"]


def test_whoever_knows_every_paper_has_the_last_word(sources: Sequence[Source]) -> None:
    assert [source.name for source in sources if source.lookup][-1] == "arxiv"


def test_every_source_offers_something(sources: Sequence[Source]) -> None:
    assert [source.name for source in sources if source.is_off] == []
    assert Source("mirror", "A mirror").is_off


async def test_clients_are_closed_in_the_end_even_when_a_source_can_not_be_opened(
    clients: list[SourceClient], connect: Connect
) -> None:
    def open_broken(settings: Settings, connect: Connect) -> Source:
        connect(SourcePolicy("broken", "Broken"))
        raise RuntimeError("boom")

    with pytest.raises(RuntimeError, match="boom"):
        async with registry.open_sources(Settings.model_construct(), connect, (*registry.SOURCES, open_broken)):
            pytest.fail("It was opened.")
    assert [client.policy.name for client in clients][-1] == "broken"
    for client in clients:
        with pytest.raises(RuntimeError, match="closed"):
            await client.get("http://127.0.0.1:9", {}, bytes)
