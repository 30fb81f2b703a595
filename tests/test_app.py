"""What a first start furnishes, and what later starts leave alone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import app
from bot.app import PAPERS
from bot.models import Preferences
from bot.ports.stores import Stores
from tests.stores import open_stores

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    async with open_stores(tmp_path, NOW) as opened:
        await app.furnish(opened, NOW)
        yield opened


async def test_the_first_start_posts_the_sample_and_says_so(stores: Stores) -> None:
    (waiting,) = await stores.ledger.claim(NOW, NOW, 10)
    assert waiting.key.kind == "sample"
    assert waiting.card.folio[-1] == "votes of Fri 27 Feb, sample"
    assert (await stores.channels.open(PAPERS, NOW)).preferences.on


async def test_a_digest_that_was_switched_off_stays_off(stores: Stores) -> None:
    await stores.channels.set(PAPERS, Preferences(), None)
    await app.furnish(stores, NOW)
    assert not (await stores.channels.open(PAPERS, NOW)).preferences.on


async def test_a_second_start_posts_nothing_and_keeps_the_settings(stores: Stores) -> None:
    standing = await stores.channels.open(PAPERS, NOW)
    await stores.channels.set(PAPERS, replace(standing.preferences, number=3), standing.next_run)
    await app.furnish(stores, NOW)
    assert len(await stores.ledger.claim(NOW, NOW, 10)) == 1
    assert (await stores.channels.open(PAPERS, NOW)).preferences.number == 3
