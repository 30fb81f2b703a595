"""How long a search waits for Hugging Face, by the clock on the wall."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.papers import Paper
from bot.ports.sources import SourceResponse
from bot.ports.stores import Stores
from bot.search import paper_search
from tests.papers import paper
from tests.sources import offering_search
from tests.stores import open_stores

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
THERE = Paper("2611.9", "Attention elsewhere")


@dataclass
class After:
    """Hugging Face's search, which answers after some seconds."""

    seconds: float

    async def search_papers(self, query: str, limit: int = 20) -> SourceResponse:
        await asyncio.sleep(self.seconds)
        return SourceResponse((THERE,))


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    async with open_stores(tmp_path, NOW) as opened:
        await opened.papers.add([paper("2611.1", "Attention here")], NOW)
        yield opened


async def test_an_answer_within_a_second_and_a_half_is_taken_and_a_later_one_is_not(stores: Stores) -> None:
    def asked(seconds: float) -> asyncio.Task[paper_search.SearchResults]:
        return asyncio.create_task(
            paper_search.find_papers(
                stores,
                [offering_search(After(seconds))],
                paper_search.SearchQuery("attention"),
                NOW,
            )
        )

    soon, late = await asyncio.gather(asked(0.8), asked(2.5))
    assert {found.id for found in soon.papers} == {"2611.1", "2611.9"}
    assert soon.notes == ()
    assert [found.id for found in late.papers] == ["2611.1"]
    assert late.notes == ("Hugging Face’s own search did not answer in time; stored papers only.",)
