"""From the sources over sockets into the store: lists, their states, votes, announcements, and what failure leaves."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot import poller
from bot.digests import planner
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DeliveryKey
from bot.domain.feed import DayState
from bot.domain.follows import Follow
from bot.domain.people import Person
from bot.errors import SourceDown, StoreError
from bot.follows import alerts
from bot.ports.sources import DailyLists, Source
from bot.ports.stores import Stores
from tests.bot.sources.fakes import Clock
from tests.papers import subscribe
from tests.servers.sources import Answer, Sources, entry, page, record, status
from tests.sources import open_sources
from tests.stores import broken, open_stores

MONDAY, TUESDAY = date(2026, 2, 9), date(2026, 2, 10)
NOON = datetime(2026, 2, 10, 12, tzinfo=UTC)
LISTS = "/api/daily_papers"
PAPERS = Channel("web", "local", "papers", name="papers")


@dataclass
class World:
    server: Sources
    stores: Stores
    hub: Source
    arxiv: Source
    clock: Clock

    @property
    def lists(self) -> DailyLists:
        assert self.hub.lists
        return self.hub.lists

    async def state(self, day: date) -> DayState:
        found = await self.stores.feed_days.get_day(day)
        assert found
        return found.state


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    days = {
        MONDAY: [record(f"2602.0000{n}", f"Monday {n}", votes=n) for n in range(6)],
        TUESDAY: [record(f"2602.0010{n}", f"World model {n}", votes=n) for n in range(6)],
    }
    announced = [entry("2602.00311v1", "Speaking in Tongues"), entry("2602.00312v1", "A World Model of Words")]
    clock = Clock(NOON)
    async with (
        Sources(days, announced, closed_from=date(2026, 2, 11)) as server,
        open_stores(tmp_path, NOON) as stores,
        open_sources(stores, server.url, clock, clock.sleep) as sources,
    ):
        yield World(server, stores, sources["huggingface"], sources["arxiv"], clock)


async def test_a_week_is_read_with_its_states(world: World) -> None:
    await poller.reread_last_week(world.stores, world.lists, NOON)
    assert await world.state(MONDAY) is DayState.OK
    assert await world.state(TUESDAY) is DayState.OK
    assert await world.state(date(2026, 2, 8)) is DayState.WEEKEND
    assert await world.state(date(2026, 2, 6)) is DayState.HOLIDAY
    assert await world.stores.papers.count_papers() == 12


async def test_the_trending_rank_is_kept_in_the_sources_order(world: World) -> None:
    await poller.poll_lists(world.stores, world.hub, NOON)
    rank, at = await world.stores.feed_days.get_trending()
    assert list(rank[:2]) == ["2602.00000", "2602.00001"]
    assert at == NOON


async def test_votes_are_followed_over_time(world: World) -> None:
    await poller.poll_lists(world.stores, world.hub, NOON)
    world.server.days = {TUESDAY: [record("2602.00100", "World model 0", votes=44)]}
    later = NOON + timedelta(hours=2)
    await poller.poll_lists(world.stores, world.hub, later)
    assert [votes for _, votes in await world.stores.papers.list_vote_history("2602.00100")] == [0, 44]


async def test_a_source_that_is_down_is_said_and_what_was_good_is_kept(world: World) -> None:
    await poller.read_day(world.stores, world.lists, MONDAY, NOON)
    world.server.always(LISTS, status(503))
    await poller.poll_lists(world.stores, world.hub, NOON)
    await poller.reread_last_week(world.stores, world.lists, NOON)
    for day in (MONDAY, TUESDAY):
        with pytest.raises(SourceDown):
            await poller.read_day(world.stores, world.lists, day, NOON)
    assert await world.state(MONDAY) is DayState.OK
    assert await world.state(TUESDAY) is DayState.SOURCE_DOWN
    world.server.always(LISTS, None)
    world.clock.pass_(minutes=30)
    await poller.reread_last_week(world.stores, world.lists, world.clock())
    assert await world.state(TUESDAY) is DayState.OK


@pytest.mark.parametrize("code", [400, 401, 403, 404, 451])
async def test_a_list_that_is_refused_is_no_holiday_and_is_posted_once_it_is_there(world: World, code: int) -> None:
    world.server.days = {date(2026, 2, 6): [record("2602.00600", "Friday")], **world.server.days}
    monday, tuesday = datetime(2026, 2, 9, 2, tzinfo=UTC), datetime(2026, 2, 10, 8, tzinfo=UTC)
    await subscribe(world.stores, PAPERS, "Europe/Berlin", monday)
    world.clock.now = monday
    await poller.poll_lists(world.stores, world.hub, monday)
    await planner.plan_due_digests(world.stores, monday + timedelta(hours=6))
    world.server.always(LISTS, status(code))
    world.clock.now = tuesday
    await poller.poll_lists(world.stores, world.hub, tuesday)
    await planner.plan_due_digests(world.stores, tuesday)
    assert await world.state(MONDAY) is DayState.SOURCE_DOWN
    health = await world.stores.source_states.get_state("huggingface")
    assert health.failures
    assert f"HTTP {code}" in str(health.error)
    world.server.always(LISTS, None)
    world.clock.pass_(hours=1)
    await poller.poll_lists(world.stores, world.hub, world.clock())
    await planner.plan_due_digests(world.stores, world.clock())
    digest = await world.stores.ledger.find_by_key(DeliveryKey(PAPERS, "digest", "2026-02-10"))
    assert digest
    assert {item.paper for item in digest.card.items} <= {f"2602.0000{n}" for n in range(6)}


@pytest.mark.parametrize("fault", [status(404), page()])
async def test_one_list_that_can_not_be_read_holds_up_no_other(world: World, fault: Answer) -> None:
    for read in (
        partial(poller.poll_lists, world.stores, world.hub),
        partial(poller.reread_last_week, world.stores, world.lists),
    ):
        world.server.answer(LISTS, fault)
        await read(NOON)
        assert await world.state(date(2026, 2, 3)) is DayState.SOURCE_DOWN
        assert await world.state(TUESDAY) is DayState.OK
    assert (await world.stores.feed_days.get_trending())[0], "the rank is read as well"


async def test_a_source_that_fails_twice_is_asked_no_more_for_now(world: World) -> None:
    world.server.always(LISTS, status(403))
    await poller.reread_last_week(world.stores, world.lists, NOON)
    assert len(world.server.asked(LISTS)) == 2


async def test_an_answer_without_papers_takes_no_list_back(world: World) -> None:
    await poller.reread_last_week(world.stores, world.lists, NOON)
    world.server.days = {}
    await poller.reread_last_week(world.stores, world.lists, NOON + timedelta(hours=1))
    monday = await world.stores.feed_days.get_day(MONDAY)
    assert monday
    assert (monday.state, len(monday.papers)) == (DayState.OK, 6)


async def test_an_index_that_can_not_be_written_keeps_no_list_from_being_recorded(world: World, tmp_path: Path) -> None:
    (tmp_path / "index").write_text("not a folder")
    await poller.poll_lists(world.stores, world.hub, NOON)
    assert await world.state(TUESDAY) is DayState.OK
    assert await poller.poll_announcement(world.stores, world.arxiv, NOON) == 2
    (tmp_path / "index").unlink()
    assert {hit.paper_id for hit in await world.stores.search_index.search(("monday",), 9)} == {
        f"2602.0000{n}" for n in range(6)
    }


async def test_a_list_that_repeats_the_one_before_is_stale(world: World) -> None:
    world.server.days = {MONDAY: world.server.days[MONDAY], TUESDAY: world.server.days[MONDAY]}
    await poller.poll_lists(world.stores, world.hub, NOON)
    assert await world.state(TUESDAY) is DayState.STALE


async def test_an_unchanged_list_is_judged_again_as_time_goes_by(world: World) -> None:
    thin = [record("2602.00100", "World model 0")]
    world.server.days = {MONDAY: world.server.days[MONDAY], TUESDAY: thin}
    early = datetime(2026, 2, 10, 4, tzinfo=UTC)
    world.clock.now = early
    await poller.poll_lists(world.stores, world.hub, early)
    assert await world.state(TUESDAY) is DayState.PARTIAL
    await poller.poll_lists(world.stores, world.hub, NOON)
    assert await world.state(TUESDAY) is DayState.OK
    found = await world.stores.feed_days.get_day(TUESDAY)
    assert found
    assert found.papers == ("2602.00100",), "304 is no empty list"


@pytest.mark.parametrize("change", ["INSERT ON papers", "UPDATE ON days", "UPDATE ON validators"])
async def test_a_list_that_could_not_be_stored_is_read_again(world: World, tmp_path: Path, change: str) -> None:
    """A crash between fetching and storing must not make the next answer "unchanged"."""
    await poller.poll_lists(world.stores, world.hub, NOON)
    late = record("2602.00177", "Late")
    world.server.days = {**world.server.days, TUESDAY: [*world.server.days[TUESDAY], late]}
    with broken(tmp_path, change), pytest.raises(StoreError):
        await poller.poll_lists(world.stores, world.hub, NOON)
    await poller.poll_lists(world.stores, world.hub, NOON)
    found = await world.stores.feed_days.get_day(TUESDAY)
    assert found
    assert "2602.00177" in found.papers
    assert await world.stores.papers.get(["2602.00177"])


async def test_an_announcement_that_could_not_be_stored_is_read_again(world: World, tmp_path: Path) -> None:
    with broken(tmp_path, "INSERT ON papers"), pytest.raises(StoreError):
        await poller.poll_announcement(world.stores, world.arxiv, NOON)
    assert await poller.poll_announcement(world.stores, world.arxiv, NOON) == 2


async def test_an_announcement_that_is_known_is_not_sent_again(world: World) -> None:
    early = datetime(2026, 2, 10, 5, 10, tzinfo=UTC)
    for hours, new in ((0, 2), (1, 0)):
        assert await poller.poll_announcement(world.stores, world.arxiv, early + timedelta(hours=hours)) == new
    assert "If-None-Match" in world.server.asked("/atom/")[1].headers


async def test_a_list_that_is_not_open_is_no_failure(world: World) -> None:
    tomorrow = date(2026, 2, 11)
    assert (await poller.read_day(world.stores, world.lists, tomorrow, NOON)).state is DayState.NOT_YET_OPEN


async def test_arxiv_is_asked_once_for_each_announcement(world: World) -> None:
    assert await poller.poll_announcement(world.stores, world.arxiv, NOON) == 2
    assert await poller.poll_announcement(world.stores, world.arxiv, NOON + timedelta(hours=1)) == 0
    assert len(world.server.asked("/atom/")) == 1
    await poller.poll_announcement(world.stores, world.arxiv, NOON + timedelta(days=1))
    assert len(world.server.asked("/atom/")) == 2


async def test_without_categories_arxiv_is_left_alone(world: World) -> None:
    async with open_sources(world.stores, world.server.url, world.clock, categories=()) as sources:
        await poller.poll_source(world.stores, sources["arxiv"], NOON)
    assert not world.server.asked("/atom/")


async def test_the_categories_are_asked_for_together(world: World) -> None:
    async with open_sources(world.stores, world.server.url, world.clock, categories=("cs.CL", "cs.LG")) as sources:
        await poller.poll_source(world.stores, sources["arxiv"], NOON)
    assert [one.path for one in world.server.log] == ["/atom/cs.CL+cs.LG"]


async def test_an_arxiv_that_fails_is_asked_again(world: World) -> None:
    world.server.always("/atom/cs.CL", status(500))
    assert await poller.poll_announcement(world.stores, world.arxiv, NOON) == 0
    world.server.always("/atom/cs.CL", None)
    assert await poller.poll_announcement(world.stores, world.arxiv, NOON + timedelta(hours=1)) == 2


async def test_followers_hear_of_what_the_poller_brings_from_both_sources(world: World) -> None:
    ada = Channel("web", "local", "ada", ChannelKind.DIRECT, "Ada")
    await world.stores.channels.get_or_create(ada, NOON)
    await world.stores.follows.add(Follow(ada, '"world model"', Person("ada"), NOON - timedelta(hours=1), alerts=True))
    await poller.poll_lists(world.stores, world.hub, NOON)
    await poller.poll_announcement(world.stores, world.arxiv, NOON)
    assert await alerts.record_alerts(world.stores, NOON) == 7


async def test_what_is_imported_is_no_news(world: World) -> None:
    ada = Channel("web", "local", "ada", ChannelKind.DIRECT, "Ada")
    await world.stores.channels.get_or_create(ada, NOON)
    await world.stores.follows.add(Follow(ada, '"world model"', Person("ada"), NOON - timedelta(hours=1), alerts=True))
    reply = await world.lists.fetch_day(TUESDAY)
    await poller.import_batch(world.stores, TUESDAY, reply.papers, NOON)
    assert await alerts.record_alerts(world.stores, NOON) == 0
    assert await world.state(TUESDAY) is DayState.OK


async def test_the_sample_ends_when_a_real_list_arrives(world: World) -> None:
    await world.stores.key_values.set("sample", "yes")
    await poller.poll_lists(world.stores, world.hub, NOON)
    assert not await world.stores.key_values.get("sample")


async def test_what_is_missing_of_the_week_is_read_at_the_next_poll(world: World) -> None:
    """A machine that starts before its network gets the lists that it missed, not only the newest two."""
    world.server.days = {**world.server.days, date(2026, 2, 5): [record("2602.00500", "Thursday")]}
    world.server.always(LISTS, status(503))
    await poller.reread_last_week(world.stores, world.lists, NOON)
    world.server.always(LISTS, None)
    world.clock.pass_(minutes=30)
    await poller.poll_lists(world.stores, world.hub, world.clock())
    assert await world.state(date(2026, 2, 5)) is DayState.OK


async def test_an_outage_takes_no_weekend_or_holiday_back(world: World) -> None:
    await poller.reread_last_week(world.stores, world.lists, NOON)
    world.server.always(LISTS, status(503))
    for day in (date(2026, 2, 7), date(2026, 2, 6)):
        with pytest.raises(SourceDown):
            await poller.read_day(world.stores, world.lists, day, NOON)
    assert await world.state(date(2026, 2, 7)) is DayState.WEEKEND
    assert await world.state(date(2026, 2, 6)) is DayState.HOLIDAY


async def test_about_midnight_yesterdays_feed_does_not_pass_for_todays(world: World) -> None:
    midnight = datetime(2026, 2, 10, 5, 10, tzinfo=UTC)
    assert await poller.poll_announcement(world.stores, world.arxiv, midnight) == 2
    world.server.announced = [*world.server.announced, entry("2602.00399v1", "Today")]
    assert await poller.poll_announcement(world.stores, world.arxiv, midnight + timedelta(hours=1)) == 1
