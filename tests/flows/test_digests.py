"""Digests over days and weeks, on the real store: every list once, never two for a date, downtime made good."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.digests import planner
from bot.digests.digest_builder import DigestBuilder
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey, DeliveryState
from bot.domain.feed import DayState, FeedMode, compute_opening_time, find_newest_feed_date
from bot.domain.follows import Follow
from bot.domain.people import Person
from bot.domain.schedules import EVERY_DAY, Cadence, Schedule
from bot.ports.channels import ChannelState
from bot.ports.chat import Delivery
from bot.ports.deliveries import DigestRecord, Settlement
from bot.ports.stores import Stores
from tests.papers import paper, publish, subscribe
from tests.stores import open_stores

START = datetime(2026, 11, 13, 12, tzinfo=UTC)
"""A Friday noon."""


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    async with open_stores(tmp_path, START) as opened:
        yield opened


def channel(name: str) -> Channel:
    return Channel("web", "local", name, name=name)


def hours(first: datetime, last: datetime, step: timedelta = timedelta(minutes=30)) -> Iterator[datetime]:
    while first <= last:
        yield first
        first += step


@dataclass
class World:
    """Publishes each weekday's list when it opens and ticks; keeps what was posted."""

    stores: Stores

    async def live(self, first: datetime, last: datetime, *, ticking: bool = True) -> None:
        published: set[date] = set()
        for now in hours(first, last):
            day = find_newest_feed_date(now)
            if day not in published and day.weekday() < 5 and compute_opening_time(day) > now - timedelta(hours=1):
                await publish(self.stores, day, now)
                published.add(day)
            if ticking:
                await planner.plan_due_digests(self.stores, now)
                await self.settle(now)

    async def settle(self, now: datetime) -> None:
        for delivery in await self.stores.ledger.claim(now, now + timedelta(minutes=1), 100):
            await self.stores.ledger.settle(delivery, Settlement(DeliveryState.SENT, message=str(delivery.id)), now)

    async def posts(self, name: str, kind: str = "digest") -> dict[str, Delivery]:
        found = {}
        for n in range(60):
            subject = (START.date() + timedelta(days=n)).isoformat()
            if post := await self.stores.ledger.find_by_key(DeliveryKey(channel(name), kind, subject)):
                found[subject] = post
        return found


@pytest.fixture
def world(stores: Stores) -> World:
    return World(stores)


def lists(posts: dict[str, Delivery]) -> list[str]:
    """The lists (by the day in the id) whose papers the posts show, in the order of posting."""
    return [day for post in posts.values() for day in sorted({item.paper[:7] for item in post.card.items})]


ZONES = {"tokyo": "Asia/Tokyo", "kolkata": "Asia/Kolkata", "berlin": "Europe/Berlin", "la": "America/Los_Angeles"}


@pytest.mark.long
async def test_a_week_at_nine_covers_every_list_once_wherever_the_channel_is(world: World) -> None:
    for name, zone in ZONES.items():
        await subscribe(world.stores, channel(name), zone, START, number=100)
    await world.live(START - timedelta(days=3), START + timedelta(days=12))
    for name in ZONES:
        posts = await world.posts(name)
        shown = lists(posts)
        assert len(shown) == len(set(shown)), f"{name} got a list twice"
        for listed in range(16, 21):
            assert f"2611.{listed}" in shown, f"{name} never got the list of {listed} Nov"
        first = date.fromisoformat(min(posts))
        weekdays = [day for n in range(14) if (day := first + timedelta(days=n)).weekday() < 5]
        assert [date.fromisoformat(day) for day in posts] == weekdays[: len(posts)], "every weekday, and no other day"


async def test_five_hours_down_at_nine_posts_late_the_same_day(world: World) -> None:
    await subscribe(world.stores, channel("berlin"), "Europe/Berlin", START)
    await world.live(START - timedelta(days=2), START + timedelta(days=2))
    await publish(world.stores, date(2026, 11, 16), datetime(2026, 11, 16, 4, tzinfo=UTC))
    await planner.plan_due_digests(world.stores, datetime(2026, 11, 16, 13, tzinfo=UTC))
    assert list(await world.posts("berlin")) == ["2026-11-16"]


async def test_three_days_down_are_made_good_by_one_merged_digest(world: World) -> None:
    await subscribe(world.stores, channel("berlin"), "Europe/Berlin", START, number=100)
    await world.live(START - timedelta(days=2), datetime(2026, 11, 16, 12, tzinfo=UTC))
    await world.live(datetime(2026, 11, 16, 12, 30, tzinfo=UTC), datetime(2026, 11, 19, 18, tzinfo=UTC), ticking=False)
    await world.live(datetime(2026, 11, 19, 18, 30, tzinfo=UTC), datetime(2026, 11, 20, 12, tzinfo=UTC))
    posts = await world.posts("berlin")
    assert list(posts) == ["2026-11-16", "2026-11-20"]
    assert lists(posts)[1:] == ["2611.16", "2611.17", "2611.18", "2611.19"]
    missed = [e for e in await world.stores.digests.list_past_digests(channel("berlin")) if e.state == "missed"]
    assert len(missed) == 1
    assert "not running" in str(missed[0].reason)


async def test_three_weeks_down_skip_what_is_older_than_a_week_and_say_so(world: World) -> None:
    await subscribe(world.stores, channel("berlin"), "Europe/Berlin", START, number=100)
    await world.live(START - timedelta(days=2), datetime(2026, 11, 17, 12, tzinfo=UTC))
    back = datetime(2026, 12, 7, 7, tzinfo=UTC)
    for day in (date(2026, 11, 30) + timedelta(days=n) for n in range(8)):
        if day.weekday() < 5:
            await publish(world.stores, day, back)
    await world.live(back, back + timedelta(hours=30))
    posts = await world.posts("berlin")
    assert len(posts) <= 4
    assert "2612.04" in lists(posts)
    standing = await world.stores.channels.get_or_create(channel("berlin"), back)
    covered = (await world.stores.digests.list_coverage([standing.channel_id], date(2026, 11, 1)))[standing.channel_id]
    assert covered[date(2026, 11, 24)]


async def test_a_source_that_is_down_is_waited_for_and_then_explained_once(world: World) -> None:
    await subscribe(world.stores, channel("berlin"), "Europe/Berlin", START, say_when_empty=True)
    await world.live(START - timedelta(days=2), datetime(2026, 11, 17, 0, tzinfo=UTC))
    for now in hours(datetime(2026, 11, 17, 0, 30, tzinfo=UTC), datetime(2026, 11, 18, 6, tzinfo=UTC)):
        await planner.plan_due_digests(world.stores, now)
    assert "2026-11-17" in await world.posts("berlin"), "Monday's list was there before"
    for now in hours(datetime(2026, 11, 18, 6, 30, tzinfo=UTC), datetime(2026, 11, 19, 6, tzinfo=UTC)):
        await planner.plan_due_digests(world.stores, now)
    words = await world.posts("berlin", "word")
    assert list(words) == ["2026-11-18"]
    assert "Hugging Face did not answer" in words["2026-11-18"].card.text


async def test_a_source_that_comes_back_before_midnight_is_posted_the_same_day(world: World) -> None:
    await subscribe(world.stores, channel("berlin"), "Europe/Berlin", START)
    await world.live(START - timedelta(days=2), datetime(2026, 11, 17, 1, tzinfo=UTC))
    await planner.plan_due_digests(world.stores, datetime(2026, 11, 17, 8, tzinfo=UTC))
    for now in hours(datetime(2026, 11, 18, 6, tzinfo=UTC), datetime(2026, 11, 18, 19, tzinfo=UTC)):
        await planner.plan_due_digests(world.stores, now)
    assert "2026-11-18" not in await world.posts("berlin")
    await publish(world.stores, date(2026, 11, 17), datetime(2026, 11, 18, 19, tzinfo=UTC))
    await planner.plan_due_digests(world.stores, datetime(2026, 11, 18, 19, 30, tzinfo=UTC))
    assert "2026-11-18" in await world.posts("berlin")


async def test_a_filling_list_is_posted_after_three_hours_and_its_later_papers_next_time(world: World) -> None:
    fresh = {"mode": FeedMode.FRESH, "number": 100}
    await subscribe(world.stores, channel("berlin"), "Europe/Berlin", START, **fresh)
    await world.live(START - timedelta(days=2), datetime(2026, 11, 16, 12, tzinfo=UTC))
    tuesday = datetime(2026, 11, 17, 8, tzinfo=UTC)
    await publish(world.stores, date(2026, 11, 17), tuesday, state=DayState.PARTIAL, number=2)
    for now in hours(tuesday, tuesday + timedelta(hours=2, minutes=30)):
        await planner.plan_due_digests(world.stores, now)
    assert "2026-11-17" not in await world.posts("berlin")
    await planner.plan_due_digests(world.stores, tuesday + timedelta(hours=3))
    post = (await world.posts("berlin"))["2026-11-17"]
    assert len(post.card.items) == 2
    assert "still filling" in " ".join(post.card.footer)
    await publish(world.stores, date(2026, 11, 17), tuesday + timedelta(hours=9), number=8)
    await publish(world.stores, date(2026, 11, 18), tuesday + timedelta(hours=20), number=3)
    await planner.plan_due_digests(world.stores, tuesday + timedelta(days=1))
    later = [item.paper for item in (await world.posts("berlin"))["2026-11-18"].card.items]
    assert len(later) == 6 + 3


async def test_a_second_tick_for_the_same_moment_changes_nothing(world: World) -> None:
    await subscribe(world.stores, channel("berlin"), "Europe/Berlin", START)
    await publish(world.stores, date(2026, 11, 13), START)
    monday = datetime(2026, 11, 16, 8, tzinfo=UTC)
    assert await planner.plan_due_digests(world.stores, monday) == 1
    assert await planner.plan_due_digests(world.stores, monday) == 0
    assert len(await world.posts("berlin")) == 1


async def test_topics_of_the_channel_get_their_own_part_from_both_sources(world: World) -> None:
    await subscribe(world.stores, channel("berlin"), "Europe/Berlin", START, number=2)
    await publish(world.stores, date(2026, 11, 13), START)
    monday = datetime(2026, 11, 16, 8, tzinfo=UTC)
    extra = paper("2611.99999", "Graphs at Sea", published=date(2026, 11, 16), categories=("cs.LG",))
    await world.stores.papers.add([extra], monday)
    for topic in ("graphs", "2611.13005"):
        follow = Follow(channel("berlin"), f'"{topic}"', Person("you", "You"), START)
        await world.stores.follows.add(follow)
    await planner.plan_due_digests(world.stores, monday)
    items = (await world.posts("berlin"))["2026-11-16"].card.items
    assert [(i.section, i.paper) for i in items[2:]] == [("Your topics", "2611.13005"), ("Your topics", "2611.99999")]
    assert items[3].because == ("graphs",)
    assert [item.number for item in items] == [1, 2, 3, 4]


async def test_a_digest_now_takes_todays_date_so_that_nine_oclock_posts_no_second(world: World) -> None:
    standing = await subscribe(world.stores, channel("berlin"), "Europe/Berlin", START)
    await publish(world.stores, date(2026, 11, 13), START)
    early = datetime(2026, 11, 16, 6, tzinfo=UTC)
    assert (await planner.post_now(world.stores, standing, early, is_sample=False)).state == "posted"
    assert (await planner.post_now(world.stores, standing, early, is_sample=False)).state == "already"
    await planner.plan_due_digests(world.stores, early + timedelta(hours=2))
    assert len(await world.posts("berlin")) == 1


async def test_a_digest_now_makes_good_a_missed_one(world: World) -> None:
    standing = await subscribe(world.stores, channel("berlin"), "Europe/Berlin", START)
    await publish(world.stores, date(2026, 11, 13), START)
    evening = datetime(2026, 11, 16, 19, tzinfo=UTC)
    await planner.plan_due_digests(world.stores, evening)
    assert not await world.posts("berlin")
    assert (await planner.post_now(world.stores, standing, evening, is_sample=False)).state == "posted"
    assert list(await world.posts("berlin")) == ["2026-11-16"]


@pytest.mark.long
@pytest.mark.parametrize("zone", ["America/Santiago", "Europe/Berlin", "Australia/Lord_Howe"])
async def test_no_date_gets_two_digests_when_the_clocks_change(world: World, zone: str) -> None:
    midnight = Schedule(time(0, 30), zone, EVERY_DAY)
    first = datetime(2026, 3, 20, tzinfo=UTC)
    await subscribe(world.stores, channel("night"), zone, first, schedule=midnight)
    now = first
    dates: list[date] = []
    while now < datetime(2026, 4, 12, tzinfo=UTC):
        await planner.plan_due_digests(world.stores, now)
        now += timedelta(hours=3)
    history = await world.stores.digests.list_past_digests(channel("night"), 100)
    dates = [edition.day for edition in history]
    assert len(dates) == len(set(dates))
    assert sorted(dates) == [min(dates) + timedelta(days=n) for n in range(len(dates))]


@pytest.mark.long
async def test_a_weekly_digest_holds_the_week(world: World) -> None:
    weekly = Schedule(time(9), "Europe/Berlin", (0,), Cadence.WEEKLY)
    await subscribe(world.stores, channel("berlin"), "Europe/Berlin", START, schedule=weekly, number=100)
    await world.live(START, START + timedelta(days=18))
    posts = await world.posts("berlin")
    assert [date.fromisoformat(day).weekday() for day in posts] == [0, 0, 0]
    assert lists(posts)[-5:] == ["2611.23", "2611.24", "2611.25", "2611.26", "2611.27"][-5:]


async def test_one_channels_topics_never_show_in_anothers_digest(world: World) -> None:
    """Cards are drawn once for equal channels; what a channel switched off, or another follows, makes them unequal."""
    await publish(world.stores, date(2026, 11, 13), START)
    await subscribe(world.stores, channel("quiet"), "Europe/Berlin", START, your_topics=False)
    await subscribe(world.stores, channel("plain"), "Europe/Berlin", START)
    await world.stores.follows.add(Follow(channel("quiet"), '"study"', Person("ada", "Ada"), START))
    await planner.plan_due_digests(world.stores, datetime(2026, 11, 16, 8, tzinfo=UTC))
    for name in ("quiet", "plain"):
        items = (await world.posts(name))["2026-11-16"].card.items
        assert not any(item.because for item in items)


async def test_what_a_muted_topic_matches_is_left_out(world: World) -> None:
    await publish(world.stores, date(2026, 11, 13), START)
    await subscribe(world.stores, channel("berlin"), "Europe/Berlin", START)
    await world.stores.mutes_and_saves.mute(channel("berlin"), "topic", '"2611.13000"', Person("ada", "Ada"), START)
    await planner.plan_due_digests(world.stores, datetime(2026, 11, 16, 8, tzinfo=UTC))
    items = (await world.posts("berlin"))["2026-11-16"].card.items
    assert [item.paper for item in items] == [f"2611.1300{n}" for n in range(1, 6)]


async def test_a_channel_that_can_not_be_planned_holds_up_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await publish(world.stores, date(2026, 11, 13), START)
    for name in ("broken", "berlin"):
        await subscribe(world.stores, channel(name), "Europe/Berlin", START)
    edition = DigestBuilder.build_digest_record

    def fragile(self: DigestBuilder, standing: ChannelState, now: datetime) -> DigestRecord:
        if standing.channel.id == "broken":
            raise KeyError("No time zone found with key Mars/Base")
        return edition(self, standing, now)

    monkeypatch.setattr(DigestBuilder, "build_digest_record", fragile)
    await planner.plan_due_digests(world.stores, datetime(2026, 11, 16, 8, tzinfo=UTC))
    assert "2026-11-16" in await world.posts("berlin")
    assert "Mars/Base" in caplog.text
    monkeypatch.undo()
    await planner.plan_due_digests(world.stores, datetime(2026, 11, 16, 9, tzinfo=UTC))
    assert "2026-11-16" in await world.posts("broken")


async def test_a_change_during_a_wait_is_not_overwritten(world: World) -> None:
    standing = await subscribe(world.stores, channel("berlin"), "Europe/Berlin", START)
    seen = await world.stores.channels.get_or_create(channel("berlin"), START)
    later = START + timedelta(days=30)
    await world.stores.channels.save_preferences(channel("berlin"), standing.preferences, later)
    await world.stores.digests.postpone_digests([(seen, START, START + timedelta(minutes=10))])
    assert (await world.stores.channels.get_or_create(channel("berlin"), START)).next_run == later
