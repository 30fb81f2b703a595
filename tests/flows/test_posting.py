"""`digest` from the command line, in its own process: what it prints is what it records for each channel."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.digests import feed_selection
from bot.domain.channels import Channel
from bot.domain.feed import FeedMode, find_newest_feed_date
from bot.ports.chat import Delivery
from tests.bot.cli.test_cli import bot
from tests.papers import of_day, publish, subscribe
from tests.stores import open_stores

PAPERS = Channel("web", "local", "papers", name="papers")
NLP = Channel("web", "local", "nlp", name="nlp")
OFF = Channel("web", "local", "off", name="off")


def clock() -> datetime:
    """The command has the machine's own clock."""
    return datetime.now(UTC)


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """A store with three lists, and two channels that have a digest."""
    now = clock()
    newest = find_newest_feed_date(now)
    async with open_stores(tmp_path / "data", now) as stores:
        for age in (10, 1, 0):
            await publish(stores, newest - timedelta(days=age), now)
        await subscribe(stores, PAPERS, "UTC", now, number=3)
        await subscribe(stores, NLP, "UTC", now, number=2)
        await stores.channels.get_or_create(OFF, now)
    return tmp_path / "data"


def eligible() -> date:
    """Return the date of the newest list that has settled."""
    newest = find_newest_feed_date(clock())
    return newest if feed_selection.is_eligible(newest, FeedMode.SETTLED, clock()) else newest - timedelta(days=1)


def ids(day: date, number: int) -> list[str]:
    return [paper.id for paper in of_day(day, number)]


async def recorded(data: Path) -> dict[str, Delivery]:
    """Return what waits for the running bot, by channel."""
    now = clock()
    async with open_stores(data, now) as stores:
        return {one.key.channel.name: one for one in await stores.ledger.claim(now, now, 10)}


def shown(recorded: Delivery) -> list[str]:
    return [item.paper for item in recorded.card.items]


async def test_each_channel_gets_its_own_digest_and_is_named_with_it(data: Path) -> None:
    done = bot(data, "digest")
    assert done.returncode == 0, done.stderr
    posts = await recorded(data)
    assert {name: shown(post) for name, post in posts.items()} == {
        "papers": ids(eligible(), 3),
        "nlp": ids(eligible(), 2),
    }
    papers, nlp = done.stdout.removeprefix("For papers:\n").split("For nlp:\n")
    for number, part in ((2, nlp), (3, papers)):
        assert f"top {number} of 8" in part
        assert [paper in part for paper in ids(eligible(), 4)] == [True] * number + [False] * (4 - number)
    assert done.stderr == "Recorded for 2 channels; the running bot posts it.\n"


async def test_a_second_time_says_why_there_is_nothing(data: Path) -> None:
    bot(data, "digest")
    done = bot(data, "digest", "--format", "json")
    assert (done.returncode, json.loads(done.stdout)) == (0, [])
    assert "Nothing for papers: The digest of " in done.stderr
    assert "is on its way already." in done.stderr
    assert "Recorded for 0 channels" in done.stderr


async def test_the_list_of_a_date_is_what_is_posted(data: Path) -> None:
    old = find_newest_feed_date(clock()) - timedelta(days=10)
    done = bot(data, "digest", "--date", old.isoformat(), "--format", "json")
    assert [paper["id"] for paper in json.loads(done.stdout)] == ids(old, 3)
    assert {name: shown(post) for name, post in (await recorded(data)).items()} == {
        "papers": ids(old, 3),
        "nlp": ids(old, 2),
    }


@pytest.mark.parametrize("words", [["--dry-run"], ["--dry-run", "--format", "json"]])
async def test_a_dry_run_records_nothing(data: Path, words: list[str]) -> None:
    done = bot(data, "digest", *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert ids(find_newest_feed_date(clock()), 1)[0] in done.stdout
    assert await recorded(data) == {}


async def test_a_list_that_is_not_stored_posts_nothing(data: Path) -> None:
    done = bot(data, "digest", "--date", "2020-01-01")
    assert done.returncode == 2
    assert "There is no list of Wed 1 Jan 2020" in done.stderr
    assert await recorded(data) == {}


async def test_without_a_channel_it_is_said_that_nothing_was_posted(tmp_path: Path) -> None:
    now = clock()
    async with open_stores(tmp_path / "data", now) as stores:
        await publish(stores, find_newest_feed_date(now), now)
    done = bot(tmp_path / "data", "digest")
    assert done.returncode == 0
    assert "top 5 of 8" in done.stdout
    assert done.stderr == "No channel has a digest, so nothing was posted; a new one would get this.\n"


async def test_a_list_that_was_posted_by_hand_is_not_posted_by_the_clock(data: Path) -> None:
    bot(data, "digest", "--date", eligible().isoformat())
    async with open_stores(data, clock()) as stores:
        standings = await stores.channels.list_enabled()
        covered = await stores.digests.list_coverage([standing.channel_id for standing in standings], eligible())
    assert [eligible() in dates for dates in covered.values()] == [True, True]
