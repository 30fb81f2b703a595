"""What a first start furnishes, and what later starts leave alone."""

import gc
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.bootstrap import web
from bot.bootstrap.run import freeze_garbage_collector
from bot.bootstrap.web import PAPERS_CHANNEL
from bot.cards.models import Card
from bot.commands.table import build_declared_table
from bot.digests import planner
from bot.domain.deliveries import DeliveryKey
from bot.domain.preferences import Preferences
from bot.ports.commands import find_command
from bot.ports.deliveries import Draft
from bot.ports.sources import Source
from bot.ports.stores import Stores
from bot.sources.sample import recordings
from tests.bot.cli.test_cli import bot
from tests.stores import open_stores

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SAMPLE = Source("sample", "Sample", recordings=recordings.FOLDER)


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    async with open_stores(tmp_path, NOW) as opened:
        await web.prepare_workspace(opened, (SAMPLE,), NOW)
        yield opened


async def test_the_first_start_posts_the_sample_and_says_so(stores: Stores) -> None:
    (waiting,) = await stores.ledger.claim(NOW, NOW, 10)
    assert waiting.key.kind == "sample"
    assert waiting.card.folio[0] == "Sample digest"
    assert waiting.card.fallback.startswith("Sample digest: "), "so that it begins as any other does"
    assert waiting.card.folio[-1] == "votes of Fri 27 Feb 2026"
    assert (await stores.channels.get_or_create(PAPERS_CHANNEL, NOW)).preferences.on


async def test_a_sample_that_was_imported_before_the_first_start_is_posted_too(tmp_path: Path) -> None:
    assert bot(tmp_path / "data", "import", str(recordings.FOLDER)).returncode == 0
    async with open_stores(tmp_path / "data", NOW) as stores:
        assert await stores.key_values.get("sample")
        await web.prepare_workspace(stores, (SAMPLE,), NOW)
        (waiting,) = await stores.ledger.claim(NOW, NOW, 10)
    assert waiting.card.folio[0] == "Sample digest"


async def test_the_sample_among_real_papers_is_no_sample(tmp_path: Path) -> None:
    (tmp_path / "real.jsonl").write_text('{"id": "2611.00001", "title": "A Real One", "abstract": "We do."}\n')
    for path in (tmp_path / "real.jsonl", recordings.FOLDER):
        assert bot(tmp_path / "data", "import", str(path)).returncode == 0
    async with open_stores(tmp_path / "data", NOW) as stores:
        assert not await stores.key_values.get("sample")


async def test_a_sample_list_with_a_paper_that_was_posted_is_posted_where_repeats_are_wanted(stores: Stores) -> None:
    now = NOW
    days = await stores.feed_days.list_between(NOW.date() - timedelta(days=400), NOW.date())
    posted = days[-2].papers
    await stores.ledger.add([Draft(DeliveryKey(PAPERS_CHANNEL, "alert", p), Card(), (p,)) for p in posted], now)
    standing = await stores.channels.get_or_create(PAPERS_CHANNEL, NOW)
    wanting = replace(standing, preferences=replace(standing.preferences, repeats=True))
    assert (await planner.post_now(stores, wanting, now, is_sample=True)).state == "posted"
    assert await stores.ledger.find_by_key(DeliveryKey(PAPERS_CHANNEL, "sample", days[-2].date.isoformat()))


async def test_the_list_of_a_date_is_posted_as_a_sample_and_once(stores: Stores) -> None:
    (_, first), (_, second) = [
        (await planner.post_to_all_channels(stores, NOW, date(2026, 2, 26), is_sample=True))[0] for _ in range(2)
    ]
    assert first.card
    assert first.card.folio[0] == "Sample digest"
    assert first.card.folio[-1] == "votes of Thu 26 Feb 2026"
    assert (second.card, second.sentence) == (None, "The list of Thu 26 Feb was posted already.")


async def test_a_digest_that_was_switched_off_stays_off(stores: Stores) -> None:
    await stores.channels.save_preferences(PAPERS_CHANNEL, Preferences(), None)
    await web.prepare_workspace(stores, (SAMPLE,), NOW)
    assert not (await stores.channels.get_or_create(PAPERS_CHANNEL, NOW)).preferences.on


async def test_a_second_start_posts_nothing_and_keeps_the_settings(stores: Stores) -> None:
    standing = await stores.channels.get_or_create(PAPERS_CHANNEL, NOW)
    await stores.channels.save_preferences(PAPERS_CHANNEL, replace(standing.preferences, number=3), standing.next_run)
    await web.prepare_workspace(stores, (SAMPLE,), NOW)
    assert len(await stores.ledger.claim(NOW, NOW, 10)) == 1
    assert (await stores.channels.get_or_create(PAPERS_CHANNEL, NOW)).preferences.number == 3


def test_what_was_imported_is_left_out_of_the_collectors_full_rounds() -> None:
    gc.unfreeze()  # of the tests' own
    freeze_garbage_collector()
    assert gc.get_freeze_count() > len(sys.modules)


@pytest.mark.parametrize("is_sample", [True, False])
def test_what_the_page_offers_is_a_command(is_sample: bool) -> None:  # noqa: FBT001 - which page
    site, table = web.build_site_info((SAMPLE,), is_sample=is_sample), build_declared_table()
    assert site.empty_channel is not None
    assert site.empty_direct_channel is not None
    starts = [each.start.line for each in (site.empty_channel, site.empty_direct_channel)]
    offered = [*(example.line for example in site.examples), *starts]
    for line in [*offered, site.help_command, site.digest_command, site.resume_command]:
        assert find_command(table.list_commands(), table.parse_line(line)[0]), line
